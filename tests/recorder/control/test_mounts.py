"""Disks that were made ready are mounted when they are in a bay, and nothing else is touched (simulated board)."""

import shutil
import subprocess
import sys
from contextlib import ExitStack
from dataclasses import replace

import pytest

from hal.client import HalClient, HalUnavailable
from hal.client.kinds import ArrayState, BayState
from hal.kinds.array import Level
from hal.simulated.rack import Rack, SimulatedDrive, SimulatedSet
from recorder.client.clock import SECOND_US, ManualClock
from recorder.client.instance import Instance
from recorder.client.status import DiskDoubt, DiskState, DiskStatus
from recorder.control import mounts as module
from recorder.control.mounts import AGAIN_US, LEAVES_US, Mounts
from tests.hal.fakes.until import until

FURNISHED = [("OLD", True, ()), ("NEW", False, ())]


class House:
    """hal and hal-admin of a laptop: a disk that was made ready in bay 1, a new one in bay 2; `busy`: bays at work.

    One for all tests here; each begins with `furnish`.
    """

    def __init__(self, data, processes):
        self.instance = Instance(data)
        (data / "disks").mkdir(parents=True)
        self._set()
        world = ["--world", str(data)]
        hal = ["hal", "--socket", str(self.instance.socket("hal")), "--board", "simulated", *world]
        root = ["hal.admin", "--socket", str(self.instance.socket("hal-admin")), "--audit", str(data / "audit"), *world]
        for words in (hal, root):
            process = subprocess.Popen([sys.executable, "-m", *words], stdout=subprocess.PIPE, text=True)
            processes.callback(process.stdout.close)
            processes.callback(process.wait)
            processes.callback(process.terminate)
            assert process.stdout.readline() == "ready\n"
        self.hal = processes.enter_context(HalClient(self.instance.socket("hal"), timeout_s=60))

    def _set(self):
        data = self.instance.data
        with Rack(data).edit() as now:
            for place in (*(data / "disks").iterdir(), data / "hardware" / "shelf"):
                shutil.rmtree(place, ignore_errors=True)
            now.arrays.clear()
            now.drives.clear()
            now.drives["OLD"] = SimulatedDrive("OLD", bay="1")
            Rack(data).make_empty(now.drives["OLD"], "disk1")
            now.drives["NEW"] = SimulatedDrive("NEW", bay="2")

    def furnish(self):
        """Have the two disks in their bays, as new, and hal see them so; nothing is mounted, and nobody looked yet."""
        self._set()
        until(
            lambda: [(one.serial, one.prepared, one.mounts) for one in self.bays()] == FURNISHED and not self.arrays()
        )
        self.clock = ManualClock(1_800_000_000_000_000)
        self.busy = set()
        self.disks = []
        self.mounts = Mounts(self.instance, self.clock, self.bays, lambda: self.busy, lambda: self.disks)

    def bays(self):
        return [one for one in self.hal.devices() if isinstance(one, BayState)]

    def look(self):
        self.mounts.look(self.hal.devices())

    def arrays(self):
        return [found for one in self.hal.devices() if isinstance(one, ArrayState) for found in one.sets]

    def array(self):
        return self.arrays()[0]

    def bay(self, name):
        return next(one for one in self.bays() if one.name == name)

    def mounted(self):
        """Wait until hal saw that disk1 is mounted."""
        until(lambda: self.bay("1").mounts)

    def identify(self, *, found="", **more):
        """Have media say of disk1 what it saw there."""
        (self.instance.disks / "disk1" / "disk.json").write_text(f'{{"id": "{"ab" * 16}"}}')
        state = DiskState.READ_ONLY
        seen = DiskStatus("disk1", found or "ab" * 16, state, 0, "Read-only file system", 0, 0, place="disk1")
        self.disks = [replace(seen, **more)]

    def there(self):
        return sorted(one.name for one in (self.instance.data / "disks").iterdir())


@pytest.fixture(scope="module")
def shell(tmp_path_factory):
    with ExitStack() as processes:
        yield House(tmp_path_factory.mktemp("m"), processes)


@pytest.fixture
def house(shell):
    shell.furnish()
    return shell


@pytest.mark.covers("D-STO-02")
def test_what_was_made_ready_is_mounted_at_the_start_and_nothing_else(house):
    assert house.there() == []
    house.look()
    assert house.there() == ["disk1"]
    house.mounted()
    house.look()
    assert house.there() == ["disk1"]


def test_a_disk_that_is_pushed_in_is_used_again(house):
    house.look()
    house.mounted()
    house.hal.simulate("bay", "1", "pull")
    house.look()
    assert house.there() == []
    house.hal.simulate("bay", "1", "insert", serial="OLD")
    house.look()
    assert house.there() == ["disk1"]


def test_what_something_is_done_with_is_left_alone(house):
    house.busy = {"1"}
    house.look()
    assert house.there() == []
    house.busy = set()
    house.look()
    assert house.there() == ["disk1"]


def test_a_disk_that_was_let_go_of_a_moment_ago_is_not_mounted_again(house):
    a_moment_ago = house.bays()
    house.hal.call("bay", "1", "release")
    house.mounts.look(a_moment_ago)
    assert (house.there(), house.mounts.faults) == ([], {})
    house.hal.call("bay", "1", "scan")
    house.look()
    assert house.there() == ["disk1"]


def test_a_disk_that_cannot_be_mounted_is_told_and_tried_again_after_a_while(house, monkeypatch):
    asked = []

    class Refusing:
        def __init__(self, *_where):
            pass

        def __enter__(self):
            return self

        def __exit__(self, *_exc):
            pass

        def ask(self, *words, **args):
            if words[-1] == "forget":
                return []
            asked.append((*words, args))
            raise HalUnavailable("mount: structure needs cleaning")

    monkeypatch.setattr(module, "AdminClient", Refusing)
    house.look()
    house.look()
    assert asked == [("mount", "recording", {"disk": "sim1"})]
    assert list(house.mounts._again_us) == [("OLD", "recording")]
    assert house.mounts.faults == {"OLD": "mount: structure needs cleaning"}
    house.clock.advance(AGAIN_US / SECOND_US)
    house.look()
    assert len(asked) == 2
    monkeypatch.undo()
    house.clock.advance(AGAIN_US / SECOND_US)
    house.look()
    assert (house.there(), house.mounts.faults) == (["disk1"], {})


DOUBTS = [{"doubt": one} for one in DiskDoubt if one is not DiskDoubt.NONE]


@pytest.mark.parametrize(
    "why", [*DOUBTS, {"state": DiskState.MISSING}, {"state": DiskState.FAILED}, {"set_aside": True}, {"place": "two"}]
)
def test_a_disk_stays_untouched_until_media_knows_it_as_ours(house, why):  # S4
    house.look()
    until(lambda: house.bay("1").untouched)
    house.look()
    assert house.bay("1").untouched
    house.identify(**why)
    house.look()
    assert house.bay("1").untouched
    house.identify()
    house.look()
    until(lambda: not house.bay("1").untouched)
    assert house.mounts.faults == {}


def test_another_disk_than_the_one_that_media_knew_is_not_written(house):  # S4
    house.look()
    until(lambda: house.bay("1").untouched)
    house.identify(found="cd" * 16)
    house.look()
    assert house.bay("1").untouched
    assert "another disk" in house.mounts.faults["OLD"]
    house.identify()
    house.look()
    assert house.bay("1").untouched
    house.clock.advance(AGAIN_US / SECOND_US)
    house.look()
    until(lambda: not house.bay("1").untouched)
    assert house.mounts.faults == {}


def test_what_is_left_of_a_disk_that_was_pulled_without_a_word_is_taken_away(house):
    """Also where it was never seen in use; and for a while, since the kernel takes it away in steps."""
    house.clock.advance(LEAVES_US / SECOND_US)
    asked = []
    house.mounts._forget = lambda: asked.append(True)
    house.look()
    house.look()
    assert not asked
    house.hal.simulate("bay", "1", "pull")
    house.look()
    house.look()
    assert len(asked) == 2
    house.clock.advance(LEAVES_US / SECOND_US)
    house.look()
    assert len(asked) == 2


def test_what_root_did_not_take_away_is_asked_for_until_it_does(house, monkeypatch):
    asked = []

    class Silent:
        def __init__(self, *_where):
            asked.append(True)

        def __enter__(self):
            raise HalUnavailable("the root helper does not answer")

        def __exit__(self, *_exc):
            pass

    monkeypatch.setattr(module, "AdminClient", Silent)
    house.mounts.look([])
    house.clock.advance(LEAVES_US / SECOND_US - 1)
    house.mounts.look([])
    assert len(asked) == 2
    house.clock.advance(LEAVES_US / SECOND_US - 1)
    house.mounts.look([])
    assert len(asked) == 3
    monkeypatch.undo()
    house.mounts.look([])
    house.clock.advance(LEAVES_US / SECOND_US)
    monkeypatch.setattr(module, "AdminClient", Silent)
    house.mounts.look([])
    assert len(asked) == 3


@pytest.mark.covers("D-STO-03")
def test_an_array_that_was_made_ready_is_mounted_and_written_as_a_disk_is_and_its_disks_are_not(house):
    with Rack(house.instance.data).edit() as now:
        for bay, serial in (("1", "OLD"), ("2", "NEW")):
            now.drives[serial].bay, now.drives[serial].place = bay, "stale"
        now.arrays["video"] = SimulatedSet("5c" * 16, Level.RAID1, 2, ["OLD", "NEW"])
        Rack(house.instance.data).make_empty(now.arrays["video"], "video")
    until(lambda: house.arrays() and house.array().prepared)
    house.look()
    assert house.there() == ["video"]
    until(lambda: house.array().untouched)
    (house.instance.disks / "video" / "disk.json").write_text(f'{{"id": "{"ab" * 16}"}}')
    house.disks = [DiskStatus("video", "ab" * 16, DiskState.READ_ONLY, 0, "", 0, 0, place="video")]
    house.busy = {"array/video"}
    house.look()
    assert house.array().untouched
    house.busy = set()
    house.look()
    until(lambda: not house.array().untouched)
    house.hal.simulate("bay", "1", "pull")
    until(lambda: house.array().health == "degraded")
    house.look()
    assert house.there() == ["video"], "it goes on with the other disk"
    house.hal.simulate("bay", "2", "pull")
    until(lambda: house.array().health == "failed" and not house.array().mounts)
    assert house.there() == []
