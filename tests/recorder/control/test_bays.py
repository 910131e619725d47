"""Which bay is meant: the one that the disk was last seen in, whatever the reason that it is gone."""

import time
from dataclasses import replace
from pathlib import Path

from hal.client.follower import Follower
from hal.client.kinds import BayState, DiskState, IndicatorState, Meaning
from recorder.client.instance import Instance
from recorder.client.status import DiskState as Recording
from recorder.client.status import DiskStatus
from recorder.control.bays import FOUND_S, Bays


def recording(place, state=Recording.WRITABLE, reason="", *, set_aside=False):
    return DiskStatus(place, "id", state, 0, reason, 0, 0, place=place, set_aside=set_aside)


def bay(name, data, place=""):
    mounts = (str(data / "disks" / place),) if place else ()
    return BayState(name, online=True, reason="", occupied=bool(place), mounts=mounts)


def following(tmp_path):
    return Bays(Instance(tmp_path), events=None, hal=Follower(Path("nowhere")))


def faults(bays, devices, *disks):
    return {one.name: one.fault for one in bays._statuses(devices, disks)}


def test_a_disk_that_is_gone_is_missed_in_the_bay_that_it_was_last_seen_in(tmp_path):
    bays = following(tmp_path)
    both = [bay("1", tmp_path, "disk1"), bay("2", tmp_path, "disk2")]
    assert faults(bays, both, recording("disk1"), recording("disk2")) == {"1": "", "2": ""}
    gone = [bay("1", tmp_path, "disk1"), bay("2", tmp_path)]
    missing = recording("disk2", Recording.MISSING)
    assert faults(bays, gone, recording("disk1"), missing) == {"1": "", "2": "disk disk2 is missing"}
    assert faults(bays, both, recording("disk1"), recording("disk2")) == {"1": "", "2": ""}


def test_the_light_that_finds_a_bay_is_told_from_one_that_shows_what_its_disk_does(tmp_path):
    finds = IndicatorState(
        "BAY1", True, "", group="bay 1", meanings=(Meaning.LOCATE,), told=frozenset((Meaning.LOCATE,))
    )
    works = IndicatorState("ACT1", True, "", group="bay 1", meanings=(Meaning.BAY_ACTIVITY,))
    for lights in ([finds, works], [works, finds], [works]):
        [told] = following(tmp_path)._statuses([bay("1", tmp_path, "disk1"), *lights], [])
        assert (told.light, told.located) == (finds in lights, finds in lights)


def test_a_disk_that_failed_where_it_is_is_told_with_its_reason(tmp_path):
    bays = following(tmp_path)
    there = [bay("1", tmp_path, "disk1")]
    failed = recording("disk1", Recording.FAILED, "Input/output error")
    assert faults(bays, there, failed) == {"1": "disk disk1: Input/output error"}


def test_a_disk_that_its_owner_set_aside_is_no_fault(tmp_path):
    bays = following(tmp_path)
    faults(bays, [bay("1", tmp_path, "disk1")], recording("disk1"))
    aside = recording("disk1", Recording.MISSING, set_aside=True)
    assert faults(bays, [bay("1", tmp_path)], aside) == {"1": ""}


def test_a_bay_with_another_disk_misses_nothing(tmp_path):
    bays = following(tmp_path)
    faults(bays, [bay("1", tmp_path, "disk1")], recording("disk1"))
    now = [bay("1", tmp_path, "disk9")]
    assert faults(bays, now, recording("disk1", Recording.MISSING), recording("disk9")) == {"1": ""}


def test_a_drive_that_expects_to_fail_or_is_silent_is_told(tmp_path):
    bays = following(tmp_path)
    here = bay("1", tmp_path, "disk1")
    dying = DiskState("1", online=True, reason="", verdict="replace", words="Replace it soon.")
    assert faults(bays, [here, dying], recording("disk1")) == {"1": dying.words}
    silent = DiskState("1", reason="It does not answer")
    bays._monotonic_s = lambda: time.monotonic() + FOUND_S
    assert faults(bays, [here, silent], recording("disk1")) == {"1": "It does not answer"}


def test_a_drive_that_was_just_pushed_in_may_be_silent_until_it_is_found(tmp_path):
    now_s = 0.0
    bays = Bays(Instance(tmp_path), events=None, hal=Follower(Path("nowhere")), monotonic_s=lambda: now_s)
    here = replace(bay("1", tmp_path, "disk1"), serial="A")
    silent = DiskState("1", reason="There is no disk in bay 1")
    assert faults(bays, [here, silent]) == {"1": ""}
    now_s = FOUND_S - 1
    assert faults(bays, [here, silent]) == {"1": ""}
    now_s = FOUND_S
    assert faults(bays, [here, silent]) == {"1": "There is no disk in bay 1"}
    other = replace(here, serial="B")
    assert faults(bays, [other, silent]) == {"1": ""}
    now_s = 2 * FOUND_S
    assert faults(bays, [replace(other, occupied=False), silent]) == {"1": ""}
    assert faults(bays, [other, silent]) == {"1": ""}, "it was pulled and pushed in again"


def test_a_disk_that_is_mounted_elsewhere_is_no_recording_disk(tmp_path):
    bays = following(tmp_path)
    usb = BayState("1", online=True, reason="", occupied=True, mounts=("/media/stick/disk1",))
    (status,) = bays._statuses([usb], [])
    assert (status.place, status.fault) == ("", "")
