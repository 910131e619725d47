"""Places for disks on the screen: an owner says which is which bay, and takes that back."""

import pytest

from gui.dialogs.message import Question
from gui.pages.disk_places import DiskPlaces, NewBay
from gui.pages.storage import Storage
from recorder.client.answers import DiskPlace
from recorder.client.unix_http import ApiError
from tests.gui.held_worker import HeldWorker
from tests.gui.pages import machines
from tests.gui.pages.house import house
from tests.gui.rig import SIZES, clipped, unreachable

PLACES = [
    DiskPlace("pci-0000:00:1f.2-ata-1", "SATA port 1 of 0000:00:1f.2", "", False, "Samsung SSD, 250 GB", "S3", True),
    DiskPlace("pci-0000:00:1f.2-ata-2", "SATA port 2 of 0000:00:1f.2", "1", True, "TOSHIBA HDWT380, 8 TB", "Y8NM0001"),
    DiskPlace("pci-0000:00:1f.2-ata-3", "SATA port 3 of 0000:00:1f.2"),
    DiskPlace("pci-0000:00:1f.2-ata-4", "SATA port 4 of 0000:00:1f.2", "9"),
]  # fmt: skip


def at_places(size=(1280, 720)):
    rig, rooms, api = house(size)
    api.asked = []
    api.status = lambda: machines.status(machines.FIRST)
    api.disk_places = lambda: list(PLACES)
    api.add_bay = lambda *words: api.asked.append(words)
    api.remove_bay = api.asked.append
    rig.open(Storage(rooms))
    rig.click("places")
    assert isinstance(rig.top, DiskPlaces)
    return rig, rig.top, api


@pytest.mark.covers("D-HW-14")
@pytest.mark.parametrize("size", SIZES)
def test_each_place_says_what_sits_there_and_which_bay_it_is(size):
    rig, page, _api = at_places(size)
    told = page.list.text.splitlines()
    assert "SATA port 1 of 0000:00:1f.2 · Samsung SSD, 250 GB · S3 · the recorder starts from it · no bay" in told
    assert "TOSHIBA HDWT380, 8 TB · Y8NM0001 · Bay 1" in told[1]
    assert told[2] == "SATA port 3 of 0000:00:1f.2 · empty · no bay"
    assert clipped(rig.screen) == []
    assert unreachable(rig.screen) == []


@pytest.mark.covers("D-HW-14")
def test_a_place_becomes_a_bay_and_what_is_refused_is_told():
    rig, page, api = at_places()
    page.choose(PLACES[2].path)
    rig.show()
    assert isinstance(rig.top, NewBay)
    assert "SATA port 3 of 0000:00:1f.2: empty" in rig.words()
    assert clipped(rig.screen) == []

    def taken(*_words):
        raise ApiError(409, "HardwareRefused", "There is a bay 1 already; choose another name.")

    keep, api.add_bay = api.add_bay, taken
    rig.type("1")
    rig.click("go")
    assert "There is a bay 1 already" in rig.words()
    api.add_bay = keep
    rig.key("backspace")
    rig.type("2")
    rig.click("go")
    assert api.asked == [("2", PLACES[2].path)]
    assert isinstance(rig.top, DiskPlaces)


def test_whoever_presses_enter_twice_says_it_once():
    rig, page, api = at_places()
    page.choose(PLACES[2].path)
    rig.show()
    worker = rig.screen._worker = HeldWorker()
    rig.type("2")
    rig.key("ok", "ok")
    worker.release()
    rig.show()
    assert api.asked == [("2", PLACES[2].path)]


def test_what_an_owner_said_is_taken_back_and_what_the_board_says_is_not():
    rig, page, api = at_places()
    page.choose(PLACES[1].path)
    rig.key("ok")
    assert isinstance(rig.top, Question)
    assert "stays as it is" in rig.words()
    rig.click("do")
    assert api.asked == ["1"]
    page.choose(PLACES[3].path)
    assert "This bay belongs to the recorder itself." in rig.notices
