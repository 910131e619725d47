"""What is done with arrays of the simulated rack has the course that md gives it."""

import pytest

from hal.admin.simulated import simulated_nouns
from hal.errors import BadRequest, Refused
from hal.kinds.array import ArrayHealth, Level, Role
from hal.machine import Machine
from hal.simulated.array import SimulatedArrays
from hal.simulated.rack import Rack, SimulatedDrive, SimulatedSet

SIZE = 1_000_000_000_000


class Bench:
    """Six new disks in the ports 1 to 6; `pass_hours` lets time go."""

    def __init__(self):
        self.now_s = 1e6
        self.rack = Rack()
        self.machine = Machine(wall_s=lambda: self.now_s, world={"rack": self.rack})
        with self.rack.edit() as now:
            for port in "123456":
                now.drives[f"S{port}"] = SimulatedDrive(f"S{port}", bay=port, capacity_bytes=SIZE)
        self.service = SimulatedArrays("ARRAYS", self.machine)
        self.service.open()
        self.ask = simulated_nouns(self.rack, wall_s=self.machine.wall_s)["array"]

    def make(self, name, level, *ports, **more):
        with self.rack.edit() as now:
            now.arrays[name] = SimulatedSet(f"{name}-id", level, len(ports), [f"S{port}" for port in ports], **more)
        return self.found(name)

    def found(self, name):
        self.service.poll()
        return next(one for one in self.service.state.sets if one.name == name)

    def pass_hours(self, hours):
        self.now_s += 3600 * hours
        self.service.poll()

    def pull(self, port):
        with self.rack.edit() as now:
            now.in_bay(port).bay = ""

    def roles(self, name):
        return {one.disk: one.role for one in self.found(name).members}


@pytest.fixture
def bench():
    return Bench()


@pytest.mark.covers("D-STO-03")
def test_an_array_grows_by_a_disk_with_time(bench):
    before = bench.make("video", Level.RAID5, "1", "2", "3").capacity_bytes
    bench.ask.grow(array="video", disk="sim4", serial="S4")
    found = bench.found("video")
    assert (found.health, found.capacity_bytes) == (ArrayHealth.REBUILDING, before)
    with pytest.raises(Refused, match="at work"):
        bench.ask.grow(array="video", disk="sim5", serial="S5")
    bench.pass_hours(20)
    found = bench.found("video")
    assert (found.health, found.disks_wanted, found.capacity_bytes) == (ArrayHealth.GOOD, 4, before * 3 // 2)
    bench.make("pair", Level.RAID1, "5", "6")
    with pytest.raises(Refused, match="raid1 does not grow"):
        bench.ask.grow(array="pair", disk="sim5", serial="S5")


@pytest.mark.covers("D-STO-03")
def test_a_disk_is_replaced_without_one_missing_and_is_given_up_at_the_end(bench):
    bench.make("video", Level.RAID5, "1", "2", "3")
    with pytest.raises(BadRequest):
        bench.ask.replace(array="video", old="sim9", disk="sim4", serial="S4")
    bench.ask.replace(array="video", old="sim1", disk="sim4", serial="S4")
    assert bench.roles("video") == {
        "sim1": Role.ACTIVE, "sim2": Role.ACTIVE, "sim3": Role.ACTIVE, "sim4": Role.REBUILDING,
    }  # fmt: skip
    with pytest.raises(Refused, match="no spare and no failed disk"):
        bench.ask.remove(array="video", disk="sim1", serial="S1")
    bench.pass_hours(20)
    assert bench.found("video").health is ArrayHealth.GOOD
    assert bench.roles("video") == {
        "sim1": Role.FAILED, "sim2": Role.ACTIVE, "sim3": Role.ACTIVE, "sim4": Role.ACTIVE,
    }  # fmt: skip
    bench.ask.remove(array="video", disk="sim1", serial="S1")
    assert "sim1" not in bench.roles("video")


def test_a_disk_that_dies_while_it_is_replaced_is_rebuilt_from_the_others(bench):
    bench.make("video", Level.RAID5, "1", "2", "3")
    bench.ask.replace(array="video", old="sim1", disk="sim4", serial="S4")
    bench.pull("1")
    bench.pass_hours(20)
    found = bench.found("video")
    assert found.health is ArrayHealth.GOOD
    assert [(one.serial, one.role, one.gone) for one in found.members if one.gone] == [("", Role.FAILED, True)]
    bench.ask.forget(array="video")
    assert len(bench.found("video").members) == 3
    with pytest.raises(Refused, match="All disks of video are there"):
        bench.ask.forget(array="video")


@pytest.mark.covers("D-STO-04")
def test_a_shared_spare_helps_every_array_that_shares_and_an_own_one_its_array_alone(bench):
    bench.make("first", Level.RAID1, "1", "2", shares=True)
    bench.make("second", Level.RAID1, "3", "4")
    bench.ask.spare(array="second", disk="sim5", serial="S5")
    bench.pull("1")
    assert bench.found("first").health is ArrayHealth.DEGRADED
    bench.ask.remove(array="second", disk="sim5", serial="S5")
    bench.ask.spare(array="second", disk="sim5", serial="S5", shared=True)
    assert bench.found("second").shares
    assert bench.found("first").health is ArrayHealth.REBUILDING
    assert bench.roles("first")["sim5"] is Role.REBUILDING
    assert "sim5" not in bench.roles("second")
