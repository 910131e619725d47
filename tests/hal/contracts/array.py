"""What every array service promises."""

import pytest

from hal.errors import BadRequest, Refused
from hal.kinds.array import ArrayHealth, Level, Pace, Role
from hal.machine import Machine
from hal.simulated.array import SimulatedArrays
from hal.simulated.rack import SimulatedSet, new_drive, rack_of
from tests.hal.contracts.device import DeviceContract, SimulatedRig


class ArrayContract(DeviceContract):
    """Its rig has no array at first. `make(level, disks)` makes one and gives its name; `lose_disk()` takes one of its
    disks; `add_spare()` adds one; `pass_time(share)` lets so much of a rebuild or verifying pass; `pace()` is what the
    kernel was told; each returns when the driver has seen it.
    """

    examples = {"set_pace": {"array": "md0", "pace": Pace.BALANCED}, "verify": {"array": "md0"}}  # noqa: RUF012

    def only(self, rig):
        (found,) = rig.device.state.sets
        return found

    def test_an_array_is_seen_with_its_disks(self, rig):
        rig.make(Level.RAID6, 4)
        rig.device.open()
        found = self.only(rig)
        assert (found.level, found.health, found.disks_wanted) == (Level.RAID6, ArrayHealth.GOOD, 4)
        assert [one.role for one in found.members] == [Role.ACTIVE] * 4
        assert all(one.disk for one in found.members)
        assert found.uuid
        assert found.capacity_bytes > 0
        assert found.progress_percent is None

    def test_a_missing_disk_is_told_and_a_spare_takes_its_place(self, rig):
        rig.make(Level.RAID5, 3)
        rig.device.open()
        rig.lose_disk()
        assert self.only(rig).health is ArrayHealth.DEGRADED
        rig.add_spare()
        found = self.only(rig)
        assert found.health is ArrayHealth.REBUILDING
        assert Role.REBUILDING in {one.role for one in found.members}
        assert found.progress_percent < 1
        rig.pass_time(0.5)
        assert 45 < self.only(rig).progress_percent < 55
        assert self.only(rig).bytes_per_s > 0
        rig.pass_time(0.6)
        assert self.only(rig).health is ArrayHealth.GOOD
        assert self.only(rig).progress_percent is None

    def test_more_missing_disks_than_the_level_bears_are_a_failure(self, rig):
        rig.make(Level.RAID5, 3)
        rig.device.open()
        rig.lose_disk()
        rig.lose_disk()
        assert self.only(rig).health is ArrayHealth.FAILED

    def test_the_pace_of_rebuilding_is_told_to_the_kernel(self, rig):
        name = rig.make(Level.RAID1, 2)
        rig.device.open()
        for pace in (Pace.SYNC_FIRST, Pace.RECORDING_FIRST, Pace.BALANCED, Pace.ADAPTIVE):
            rig.device.set_pace(array=name, pace=pace)
            assert rig.pace() is pace
            assert self.only(rig).pace is pace

    def test_disks_are_compared(self, rig):
        name = rig.make(Level.RAID1, 2)
        rig.device.open()
        rig.device.verify(array=name)
        assert self.only(rig).health is ArrayHealth.VERIFYING
        rig.pass_time(1.1)
        assert self.only(rig).health is ArrayHealth.GOOD

    def test_what_has_no_second_copy_is_not_compared(self, rig):
        name = rig.make(Level.RAID0, 2)
        rig.device.open()
        with pytest.raises(Refused):
            rig.device.verify(array=name)

    def test_an_array_that_is_not_there_is_told(self, rig):
        rig.device.open()
        with pytest.raises(BadRequest):
            rig.device.set_pace(array="md77", pace=Pace.BALANCED)
        with pytest.raises(BadRequest):
            rig.device.verify(array="../sda")


class Simulated(SimulatedRig):
    def __init__(self):
        self.now_s = 1_000_000.0
        self.machine = Machine(wall_s=lambda: self.now_s)
        super().__init__(SimulatedArrays("arrays", self.machine))
        self.rack = rack_of(self.machine.world)

    def _drive(self, now):
        drive = new_drive()
        drive.bay = str(len(now.drives) + 1)
        now.drives[drive.serial] = drive
        return drive.serial

    def make(self, level, disks):
        with self.rack.edit() as now:
            serials = [self._drive(now) for _ in range(disks)]
            now.arrays["md0"] = SimulatedSet("6b1c", level, disks, serials)
        return "md0"

    def lose_disk(self):
        with self.rack.edit() as now:
            now.drives[now.arrays["md0"].members[0]].bay = ""
        self.device.poll()

    def add_spare(self):
        with self.rack.edit() as now:
            now.arrays["md0"].spares.append(self._drive(now))
        self.device.poll()

    def pass_time(self, share):
        one = self.device.state.sets[0]
        self.now_s += share * (4_000_787_030_016 / one.bytes_per_s)
        self.device.poll()

    def pace(self):
        return self.rack.look().arrays["md0"].pace
