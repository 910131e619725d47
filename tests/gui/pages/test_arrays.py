"""Arrays on the screen: made of disks that are named one by one, and their disks replaced and taken out."""

from dataclasses import replace

import pytest

from gui.pages.bay import BayPage
from gui.pages.new_array import NewArray
from gui.pages.prepare_disk import USES, TypedBack
from gui.pages.storage import Storage
from recorder.client.answers import ArrayMember
from recorder.client.unix_http import ApiError
from recorder.control.array_work import Use
from tests.gui.pages import machines
from tests.gui.pages.house import house
from tests.gui.rig import SIZES, clipped, unreachable

FREE = tuple(replace(machines.NEW, name=name, serial=f"Y8NM000{name}") for name in "1234")
WHOLE = replace(
    machines.MIRROR,
    health="good",
    progress_percent=None,
    members=(
        ArrayMember("5", "active"),
        ArrayMember("6", "active"),
        ArrayMember("7", "spare"),
        ArrayMember("sdk", "failed", gone=True),
    ),
)
MEMBERS = tuple(replace(machines.NEW, name=name, serial=f"Y8NM000{name}", array="video") for name in "567")


class Asked(list):
    """What the API is asked for."""

    def __init__(self, api, *bays, arrays=()):
        api.status = lambda: machines.status(*bays, arrays=arrays)
        for name in ("create_array", "add_to_array", "replace_in_array", "remove_from_array", "forget_gone"):
            setattr(api, name, lambda *words, name=name: self.append((name, *words)))


def at_storage(*bays, arrays=(), size=(1280, 720)):
    rig, rooms, api = house(size)
    asked = Asked(api, *bays, arrays=arrays)
    return rig, rig.open(Storage(rooms)), asked, api


@pytest.mark.covers("D-STO-03", "D-STO-02.2")
@pytest.mark.parametrize("size", SIZES)
def test_an_array_is_made_of_disks_that_are_named_one_by_one(size):
    rig, _page, asked, _api = at_storage(*FREE, machines.FIRST, size=size)
    rig.click("make-array")
    assert isinstance(rig.top, NewArray)
    assert "RAID 5: one disk may fail" in rig.words()
    assert "It holds 24.0 TB. One disk may fail. ALL THAT IS ON THESE DISKS IS LOST." in rig.words()
    assert machines.FIRST.model not in rig.words(), "what is recorded to is no choice"
    assert clipped(rig.screen) == []
    assert unreachable(rig.screen) == []
    rig.find("use-4").choose("spare")
    rig.show()
    assert "It holds 16.0 TB" in rig.words()
    rig.click("go")
    for at, name in enumerate("123", 1):
        assert f"Make the array video? Disk {at} of 4" in rig.words()
        assert "ALL THAT IS ON THIS DISK IS LOST" in rig.words()
        assert clipped(rig.screen) == []
        rig.type(f"y8nm000{name}")
        rig.click("go")
        assert asked == []
    rig.type("Y8NM0003")
    rig.click("go")
    assert "Y8NM0003 is not the serial number of the disk in bay 4" in rig.words()
    rig.key(*["backspace"] * 8)
    rig.type("Y8NM0004")
    rig.click("go")
    typed = {name: f"Y8NM000{name}" for name in "1234"}
    spare = {"4": typed.pop("4")}
    assert asked == [("create_array", "video", "raid5", typed, spare)]
    assert isinstance(rig.top, Storage)


def test_what_cannot_be_made_is_told_and_not_gone_on_with():
    rig, _page, _asked, _api = at_storage(*FREE)
    rig.click("make-array")
    rig.find("level").choose("raid1")
    rig.show()
    assert "RAID 1 takes two disks. Make the others spares." in rig.words()
    rig.click("go")
    assert isinstance(rig.top, NewArray)
    rig.find("use-3").choose("spare")
    rig.find("use-4").choose("")
    rig.find("called").set("no such/name")
    rig.find("level").choose("raid0")
    rig.find("level").choose("raid1")
    rig.show()
    assert "letters, digits" in rig.words()
    rig.click("go")
    assert isinstance(rig.top, NewArray)


def test_giving_up_half_way_asks_for_nothing():
    rig, _page, asked, _api = at_storage(*FREE)
    rig.click("make-array")
    rig.click("go")
    rig.type("Y8NM0001")
    rig.click("go")
    rig.click("cancel")
    assert isinstance(rig.top, NewArray)
    rig.click("cancel")
    assert isinstance(rig.top, Storage)
    assert asked == []


def test_what_the_recorder_refuses_is_told_where_it_was_typed():
    rig, _page, _asked, api = at_storage(*FREE[:2])

    def refuse(*_words):
        raise ApiError(409, "HardwareRefused", "There is an array video already.")

    api.create_array = refuse
    rig.click("make-array")
    assert "RAID 1: each disk holds all" in rig.words()
    rig.click("go")
    for name in "12":
        rig.type(f"Y8NM000{name}")
        rig.click("go")
    assert isinstance(rig.top, TypedBack)
    assert "There is an array video already." in rig.words()


def test_without_two_free_disks_it_says_what_is_needed():
    rig, _page, _asked, _api = at_storage(machines.NEW, machines.FIRST)
    rig.click("make-array")
    assert "two disks or more" in " ".join(rig.notices)
    assert isinstance(rig.top, Storage)


def test_every_use_of_a_disk_has_words():
    assert set(USES) == {str(use) for use in Use if use is not Use.REPLACE}


@pytest.mark.covers("D-STO-03", "D-STO-04")
def test_disks_are_added_for_what_is_chosen_replaced_taken_out_and_forgotten():
    rig, page, asked, _api = at_storage(*MEMBERS, FREE[0], arrays=(WHOLE,))

    def choose(*labels):
        page.choose(("array", "md127"))
        rig.show()
        for label in labels:
            at = next(at for at, one in enumerate(rig.top.items) if one.label == label)
            rig.click(f"item-{at}")

    choose("Add a disk", "Bay 1", "The same, for all arrays that share")
    assert "It waits for all arrays that share their spares." in rig.words()
    rig.type("Y8NM0001")
    rig.click("go")
    assert asked[-1] == ("add_to_array", "md127", "1", "Y8NM0001", "shared_spare")
    choose("Add a disk", "Bay 1", "More room")
    rig.type("Y8NM0001")
    rig.click("go")
    assert asked[-1][-1] == "grow"
    choose("Replace a disk", "Bay 6", "By bay 1")
    assert "ALL THAT IS ON THE NEW DISK IS LOST" in rig.words()
    assert clipped(rig.screen) == []
    rig.type("y8nm0001")
    rig.click("go")
    assert asked[-1] == ("replace_in_array", "md127", "6", "1", "Y8NM0001")
    choose("Take a disk out", "Bay 7")
    rig.type("Y8NM0007")
    rig.click("go")
    assert asked[-1] == ("remove_from_array", "md127", "7", "Y8NM0007")
    choose("Forget pulled disks")
    assert asked[-1] == ("forget_gone", "md127")
    page.choose(("array", "md127"))
    rig.show()
    assert "Bays 5, 6 · spare 7 · failed gone" in page.list.text


def test_a_mirror_does_not_grow():
    rig, page, _asked, _api = at_storage(FREE[0], arrays=(replace(WHOLE, level="raid1"),))
    page.choose(("array", "md127"))
    rig.show()
    (bay,) = next(one for one in rig.top.items if one.label == "Add a disk").items
    assert [one.label for one in bay.items] == [USES["spare"][0], USES["shared_spare"][0]]


@pytest.mark.covers("D-STO-03", "D-HW-14")
def test_a_disk_that_wears_out_is_replaced_from_the_page_of_its_bay():
    rig, rooms, api = house()
    worn = replace(MEMBERS[0], verdict="replace", words="Replace it soon: 61 bad sectors were replaced.")
    asked = Asked(api, worn, *MEMBERS[1:], *FREE[:2], arrays=(WHOLE,))
    rig.open(BayPage(rooms, "5"))
    assert "Replace it soon" in rig.words()
    assert rig.find("release") is None
    rig.go_to("replace")
    rig.key("ok", "down", "ok")
    assert "Replace the disk in bay 5 by that in bay 2?" in rig.words()
    rig.type("Y8NM0002")
    rig.click("go")
    assert asked == [("replace_in_array", "md127", "5", "2", "Y8NM0002")]
    assert isinstance(rig.top, BayPage)
    rig.open(BayPage(rooms, "7"))
    rig.click("take-out")
    rig.type("Y8NM0007")
    rig.click("go")
    assert asked[-1] == ("remove_from_array", "md127", "7", "Y8NM0007")
