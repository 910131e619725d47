"""Which directories become disks, and that none is left out silently."""

from recorder.client.clock import ManualClock
from recorder.client.instance import Instance
from recorder.client.status import DiskState
from recorder.media.disks import Disks
from recorder.store.policy import MOST_DISKS


def test_more_disks_than_a_recorder_uses_are_told(tmp_path):
    instance = Instance(tmp_path)
    for number in range(MOST_DISKS + 2):
        (instance.disks / f"bay{number:03}").mkdir(parents=True)
    found = Disks(instance, ManualClock())
    assert len(found.new()) == MOST_DISKS
    told = found.beyond()
    assert [one.name for one in told] == [f"bay{MOST_DISKS:03}", f"bay{MOST_DISKS + 1:03}"]
    assert {one.state for one in told} == {DiskState.FAILED}
    assert all(str(MOST_DISKS) in one.reason for one in told)
    (instance.disks / f"bay{MOST_DISKS:03}").rmdir()
    assert found.new() == []
    assert [one.name for one in found.beyond()] == [f"bay{MOST_DISKS + 1:03}"]


def test_as_many_disks_as_it_uses_are_no_trouble(tmp_path):
    instance = Instance(tmp_path)
    for number in range(MOST_DISKS):
        (instance.disks / f"bay{number:03}").mkdir(parents=True)
    found = Disks(instance, ManualClock())
    assert len(found.new()) == MOST_DISKS
    assert found.new() == []
    assert found.beyond() == ()
