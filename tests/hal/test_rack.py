"""The simulated rack: a pulled disk is gone as a pulled disk's mount is, and comes back with all that is on it."""

import pytest

from hal.admin.simulated import simulated_nouns
from hal.errors import Offline, Refused
from hal.kinds.disk import Verdict
from hal.machine import Machine
from hal.simulated.bay import SimulatedBay
from hal.simulated.disk import SimulatedDisk
from hal.simulated.rack import HANGS_S, Rack


class Bench:
    """Two bays with the disk that the recorder has already in the first."""

    def __init__(self, data):
        self.now_s = 1e6
        self.data = data
        self.machine = Machine(wall_s=lambda: self.now_s, world={"rack": Rack(data)})
        (data / "disks" / "disk1").mkdir(parents=True)
        (data / "disks" / "disk1" / "disk.json").write_text("footage")
        self.bays = [SimulatedBay(name, self.machine) for name in ("1", "2")]
        for bay in self.bays:
            bay.open()

    def mount(self, bay):
        """Have hal-admin mount what was made ready for recording in a bay."""
        simulated_nouns(self.machine.world["rack"])["mount"].recording(disk=f"sim{bay}")
        for one in self.bays:
            one.poll()

    def there(self):
        return sorted(one.name for one in (self.data / "disks").iterdir())


@pytest.fixture
def bench(tmp_path):
    return Bench(tmp_path)


def test_the_disk_that_is_there_is_found_in_the_first_bay(bench):
    first, second = bench.bays
    assert first.state.mounts == (str(bench.data / "disks" / "disk1"),)
    assert not second.state.occupied


def test_a_pulled_disk_is_gone_and_comes_back_in_another_bay_with_what_is_on_it(bench):
    first, second = bench.bays
    serial = first.state.serial
    first.pull()
    assert bench.there() == []
    assert not first.state.occupied
    second.insert(serial=serial)
    assert (bench.there(), second.state.prepared, second.state.mounts) == ([], True, ())
    bench.mount("2")
    assert bench.there() == ["disk1"]
    assert (bench.data / "disks" / "disk1" / "disk.json").read_text() == "footage"
    assert second.state.mounts == (str(bench.data / "disks" / "disk1"),)


def test_a_pulled_disk_stays_pulled_over_a_restart(bench):
    bench.bays[0].pull()
    again = SimulatedBay("1", Machine(world={"rack": Rack(bench.data)}))
    again.open()
    assert not again.state.occupied


def test_a_new_disk_is_not_formatted_by_being_pushed_in(bench):
    bench.bays[1].insert()
    assert bench.there() == ["disk1"]
    assert bench.bays[1].state.occupied
    assert bench.bays[1].state.mounts == ()


def test_a_disk_in_place_of_the_pulled_one_does_not_take_its_directory(bench):
    first, second = bench.bays
    serial = first.state.serial
    first.pull()
    (bench.data / "disks" / "disk1").mkdir()
    second.insert(serial=serial)
    bench.mount("2")
    assert bench.there() == ["disk1", f"disk1-{serial[-4:]}"]
    assert (bench.data / "disks" / f"disk1-{serial[-4:]}" / "disk.json").read_text() == "footage"


def test_two_disks_do_not_fit_in_a_bay(bench):
    with pytest.raises(Refused):
        bench.bays[0].insert()


def test_a_disk_that_dies_is_gone_from_its_mount(bench):
    disk = SimulatedDisk("1", bench.machine)
    disk.open()
    disk.fail()
    bench.bays[0].poll()
    assert bench.there() == []
    assert not disk.state.online
    with pytest.raises(Offline, match="does not answer"):
        disk.open()


def test_a_disk_that_hangs_is_given_up_after_a_while(bench):
    disk = SimulatedDisk("1", bench.machine)
    disk.open()
    disk.hang()
    bench.bays[0].poll()
    assert bench.there() == ["disk1"]
    bench.now_s += HANGS_S
    bench.bays[0].poll()
    assert bench.there() == []


def test_a_hung_disk_is_well_again_after_it_was_pulled_and_pushed_in(bench):
    disk, bay = SimulatedDisk("1", bench.machine), bench.bays[0]
    disk.open()
    serial = disk.serial
    disk.hang()
    bay.pull()
    bay.insert(serial=serial)
    disk.open()
    bench.mount("1")
    assert bench.there() == ["disk1"]


def test_a_disk_wears_out_with_the_years(bench):
    disk = SimulatedDisk("1", bench.machine)
    disk.open()
    verdicts = []
    for _ in range(6):
        disk.age(years=1)
        verdicts.append(disk.state.verdict)
    assert verdicts == [Verdict.GOOD] * 3 + [Verdict.WATCH] + [Verdict.REPLACE] * 2


def test_a_disk_that_is_worked_too_hard_says_so(bench):
    disk = SimulatedDisk("1", bench.machine)
    disk.open()
    disk.age(years=1, tb_a_year=400)
    assert disk.state.words == "Watch it: it moves 399 TB a year and is made for 180."


def test_what_another_process_does_is_seen(bench):
    with Rack(bench.data).edit() as now:
        drive = now.in_bay("1")
        drive.temperature_c = 61
    disk = SimulatedDisk("1", bench.machine)
    disk.open()
    assert "61 °C hot" in disk.state.words
