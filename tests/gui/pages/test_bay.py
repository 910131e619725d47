"""Bays on the screen: each disk in words, and nothing that loses data happens by mistake."""

from dataclasses import replace

import pytest

from gui.dialogs.message import Question
from gui.pages.bay import BayPage
from gui.pages.main_menu import MainMenu
from gui.pages.prepare_disk import TypedBack
from gui.pages.storage import Storage
from hal.kinds.array import ArrayHealth, Level, Pace
from hal.kinds.disk import SelfTest, Technology, Verdict
from recorder.client import disk_words
from recorder.client.answers import BayJob, BayTask, JobState
from recorder.client.api import ApiError
from recorder.client.status import DiskState, PoolState
from tests.gui.pages import machines
from tests.gui.pages.house import house
from tests.gui.rig import SIZES, clipped, unreachable

ALL = (machines.FIRST, machines.WORN, machines.NEW, machines.EMPTY)


class Recorder:
    """What the API is asked for, and how the bays are meanwhile."""

    def __init__(self, api, *bays, **rest):
        self.asked = []
        self.bays = list(bays)
        self.rest = rest
        api.status = lambda: machines.status(*self.bays, **self.rest)
        for name in ("scan_bay", "check_disk", "stop_disk_test", "release_disk", "cancel_bay_job", "verify_array"):
            setattr(api, name, lambda at, name=name: self.asked.append((name, at)))
        api.locate_bay = lambda bay, on: self.asked.append(("locate_bay", bay, on))
        api.test_disk = lambda bay, extended=False: self.asked.append(("test_disk", bay, extended))
        api.set_array_pace = lambda array, pace: self.asked.append(("set_array_pace", array, pace))
        api.prepare_disk = self.prepare

    def prepare(self, bay, serial):
        if serial != next(one.serial for one in self.bays if one.name == bay):
            raise ApiError(409, "WrongSerial", f"{serial} is not the serial number of sdc.")
        self.asked.append(("prepare_disk", bay, serial))


def at_bay(bay, size=(1280, 720), **rest):
    rig, rooms, api = house(size)
    recorder = Recorder(api, bay, **rest)
    rig.open(BayPage(rooms, bay.name))
    return rig, recorder


def later(rig, seconds=2.5):
    rig.clock.advance(seconds)
    rig.show()


@pytest.mark.covers("D-STO-02")
@pytest.mark.parametrize("size", SIZES)
def test_bays_arrays_and_pools_are_listed_in_words(size):
    rig, rooms, api = house(size)
    Recorder(api, *ALL, arrays=(machines.MIRROR,))
    page = rig.open(Storage(rooms))
    told = {one.value: f"{one.label} {one.detail} {one.note}" for one in page.list.entries}
    assert "WDC WD82PURX-64GVLY0 Pool 1 · recording" in told["bay", "1"]
    assert "It is well, 2.3 years in use · 38 °C" in told["bay", "1"]
    assert "3.0 TB of 8.0 TB" in told["bay", "1"]
    assert told["bay", "2"].count("12 sectors cannot be read") == 1
    assert "Not used for recording" in told["bay", "3"]
    assert "Empty" in told["bay", "4"]
    assert "Array video  RAID 5 Pool 1 · recording · since 2026" in told["array", "md127"]
    assert "is rebuilt · 34.2 % · about 24.4 hours left" in told["array", "md127"]
    assert "6.0 TB of 16.0 TB" in told["array", "md127"]
    assert "Bays 5, 6 · rebuilding 7" in told["array", "md127"]
    assert [what for what, _name in told] == ["bay"] * 4 + ["array", "pool"], "a disk in a bay stands there once"
    assert clipped(rig.screen) == []
    assert unreachable(rig.screen) == []


def test_all_that_disks_and_arrays_can_say_has_words():
    assert set(disk_words.DISKS) == set(DiskState)
    assert set(disk_words.POOLS) == set(PoolState)
    assert set(disk_words.VERDICTS) == {str(one) for one in Verdict}
    assert set(disk_words.TECHNOLOGIES) == {str(one) for one in Technology}
    assert set(disk_words.SELF_TESTS) == {str(one) for one in SelfTest}
    assert set(disk_words.LEVELS) == {str(one) for one in Level}
    assert set(disk_words.ARRAYS) == {str(one) for one in ArrayHealth}
    assert set(disk_words.PACES) == {str(one) for one in Pace}


@pytest.mark.covers("D-STO-02", "D-STO-09", "D-MNT-03")
@pytest.mark.parametrize("size", SIZES)
@pytest.mark.parametrize("bay", ALL, ids=lambda one: one.name)
def test_a_bay_tells_all_of_its_disk_and_all_of_it_is_in_reach(bay, size):
    rig, _recorder = at_bay(bay, size)
    words = rig.words()
    assert bay.serial in words
    assert clipped(rig.screen) == []
    assert unreachable(rig.screen) == []
    assert rig.focus == "locate", "the focus begins where nothing can be lost"


def test_the_light_shows_which_bay_it_is_until_it_is_told_to_stop():
    rig, recorder = at_bay(machines.FIRST)
    rig.key("ok")
    assert recorder.asked == [("locate_bay", "1", True)]
    recorder.bays = [replace(machines.FIRST, located=True)]
    later(rig)
    assert rig.focus == "locate"
    rig.key("ok")
    assert recorder.asked[-1] == ("locate_bay", "1", False)


@pytest.mark.covers("D-STO-07")
def test_a_drive_tests_itself_and_can_be_stopped():
    rig, recorder = at_bay(machines.FIRST)
    rig.go_to("test-whole")
    rig.key("ok")
    assert recorder.asked == [("test_disk", "1", True)]
    recorder.bays = [replace(machines.FIRST, self_test="running", self_test_percent=34)]
    later(rig)
    assert "Running, 34 % done" in rig.words()
    rig.go_to("stop-test")
    rig.key("ok")
    assert recorder.asked[-1] == ("stop_disk_test", "1")


@pytest.mark.covers("D-STO-02.2", "D-RULE-12")
def test_a_disk_is_emptied_only_after_its_serial_number_was_typed_back():
    rig, recorder = at_bay(machines.NEW)
    rig.go_to("prepare")
    rig.key("ok")
    assert isinstance(rig.top, TypedBack)
    assert "ALL THAT IS ON THIS DISK IS LOST" in rig.words()
    rig.click("go")
    rig.type("WD-WCC4E1234567")
    rig.click("go")
    assert recorder.asked == []
    assert "not the serial number" in rig.words()
    for _sign in "WD-WCC4E1234567":
        rig.key("backspace")
    rig.type("y8nm0001fatg")
    rig.click("go")
    assert recorder.asked == [("prepare_disk", "3", "Y8NM0001FATG")]
    assert isinstance(rig.top, BayPage)


def test_no_disk_that_is_used_can_be_emptied():
    system, member = replace(machines.NEW, system=True), replace(machines.NEW, array="video")
    for bay in (machines.FIRST, machines.WORN, system, member, machines.EMPTY):
        rig, _recorder = at_bay(bay)
        assert rig.find("prepare") is None
        assert (rig.find("release") is None) is (bay in (system, member, machines.EMPTY))


@pytest.mark.parametrize("size", SIZES)
def test_a_job_shows_how_far_it_is_can_be_given_up_and_tells_its_end(size):
    job = BayJob(BayTask.PREPARE, JobState.RUNNING, 34.0, "A file system is made.")
    rig, recorder = at_bay(replace(machines.NEW, job=job), size)
    assert "Is made ready, 34 %" in rig.words()
    assert clipped(rig.screen) == []
    assert rig.find("prepare") is None
    rig.key("ok")
    assert recorder.asked == [("cancel_bay_job", "3")]
    recorder.bays = [replace(machines.NEW, job=replace(job, state=JobState.CANCELLED, words="It was cancelled."))]
    later(rig)
    assert rig.notices == ["It was cancelled."]
    assert rig.find("prepare") is not None
    later(rig)
    assert rig.notices.count("It was cancelled.") == 1


def test_what_went_wrong_stays_to_be_read():
    job = BayJob(BayTask.RELEASE, JobState.FAILED, 20.0, "The recording service did not let go of the disk.")
    rig, _recorder = at_bay(replace(machines.FIRST, job=job))
    assert "did not let go" in rig.words()
    assert rig.find("release") is not None


@pytest.mark.covers("D-HW-14")
def test_removing_the_only_disk_that_records_says_so_first():
    rig, recorder = at_bay(machines.FIRST, disks=machines.DISKS[:1])
    rig.click("release")
    assert isinstance(rig.top, Question)
    assert "NOTHING IS RECORDED" in rig.words()
    assert rig.focus == "cancel"
    rig.click("do")
    assert recorder.asked == [("release_disk", "1")]
    rig, _recorder = at_bay(machines.FIRST)
    rig.click("release")
    assert "Recording goes on with the other disks" in rig.words()


def test_an_empty_bay_looks_for_a_disk():
    rig, recorder = at_bay(machines.EMPTY)
    assert "Nothing on it is changed" in rig.words()
    rig.go_to("scan")
    rig.key("ok")
    assert recorder.asked == [("scan_bay", "4")]


def test_a_bay_that_nobody_tells_of_any_more_says_so():
    rig, recorder = at_bay(machines.FIRST)
    recorder.bays = []
    later(rig)
    assert "does not tell of this bay now" in rig.words()
    recorder.bays = [machines.FIRST]
    later(rig)
    assert "WD-WCC4E1234567" in rig.words()


def test_an_array_is_compared_and_paced():
    rig, rooms, api = house()
    recorder = Recorder(api, arrays=(replace(machines.MIRROR, health="good", progress_percent=None),))
    page = rig.open(Storage(rooms))
    page.choose(("array", "md127"))
    rig.key("ok")
    assert recorder.asked == [("verify_array", "md127")]
    page.choose(("array", "md127"))
    rig.key("down", "ok", "down", "ok")
    assert recorder.asked[-1] == ("set_array_pace", "md127", "balanced")


@pytest.mark.covers("D-STO-03", "D-STO-02.2", "D-RULE-12")
def test_an_array_is_emptied_only_after_its_id_was_typed_back_and_never_while_it_is_recorded_to():
    rig, rooms, api = house()
    bare = replace(machines.MIRROR, place="", health="good", progress_percent=None)
    recorder = Recorder(api, arrays=(bare,), disks=())
    for name in ("prepare_array", "delete_array"):
        setattr(api, name, lambda array, typed, name=name: recorder.asked.append((name, array, typed)))
    page = rig.open(Storage(rooms))
    page.choose(("array", "md127"))
    rig.key("down", "down", "ok")
    assert isinstance(rig.top, TypedBack)
    assert "ALL THAT IS ON THIS ARRAY IS LOST" in rig.words()
    assert bare.uuid in rig.words()
    assert clipped(rig.screen) == []
    rig.type("5c3ccb0f")
    rig.click("go")
    assert recorder.asked == [("prepare_array", "md127", "5c3ccb0f")]
    page.choose(("array", "md127"))
    rig.key("down", "down", "down", "ok")
    assert "Take the array video apart?" in rig.words()
    rig.type("5c3ccb0f")
    rig.click("go")
    assert recorder.asked[-1] == ("delete_array", "md127", "5c3ccb0f")
    recorder.bays = [machines.NEW]
    api.add_to_array = lambda *words: recorder.asked.append(("add_to_array", *words))
    later(rig)
    page.choose(("array", "md127"))
    rig.key("down", "down", "ok", "ok", "ok")
    assert "Add the disk in bay 3 to the array video?" in rig.words()
    rig.type("y8nm0001fatg")
    rig.click("go")
    assert recorder.asked[-1] == ("add_to_array", "md127", "3", "Y8NM0001FATG", "spare")
    recorder.bays = []
    recorder.rest = {"arrays": (replace(bare, place="video"),)}
    later(rig)
    page.choose(("array", "md127"))
    offered = [one.label for one in rig.top.items]
    assert offered == ["Compare its disks", "Who goes first", "Pool and use"]


def test_a_bay_is_reached_from_the_main_menu_by_arrows():
    rig, rooms, api = house()
    Recorder(api, *ALL)
    rig.open(MainMenu(rooms))
    rig.go_to("storage")
    rig.key("ok", "down", "ok")
    assert isinstance(rig.top, BayPage)
    assert rig.top.bay == "2"
