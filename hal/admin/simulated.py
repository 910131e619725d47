"""The same nouns over the simulated rack: what would format a disk empties a directory of the instance, nothing else.

What a laptop's owner would not want done by a recorder (power, clock, network) is refused in words.
"""

import time
from collections.abc import Callable
from pathlib import Path

from hal.admin.clock import Clocks, Minutes, Servers
from hal.admin.disk import Disks, FileSystem, Label
from hal.admin.firewall import Firewalls, Opening
from hal.admin.job import Done, job
from hal.admin.mount import NAME, Mounts, id_at
from hal.admin.network import WITHIN_S, Networks, Within
from hal.admin.power import Power
from hal.admin.service import Name as ServiceName
from hal.admin.service import Services
from hal.admin.simulated_array import SimulatedAdminArrays
from hal.admin.simulated_bench import Bench
from hal.admin.slot import Lamp, Slots
from hal.admin.stick import Sticks
from hal.errors import BadRequest, Refused, Unsupported
from hal.kinds.usb_port import Volume as StickVolume
from hal.machine import Machine
from hal.network.plan import NetworkPlan
from hal.simulated.pocket import Pocket
from hal.simulated.rack import Rack
from hal.simulated.usb_port import DISK

FORMAT_S = 3.0
"""What making a file system takes, so that progress and cancelling can be seen."""
STEPS = 30


def _nothing_real(argv: object, given: bytes, patience_s: float) -> Done:
    del argv, given, patience_s
    raise Unsupported("This recorder is simulated; only its simulated disks can be changed")


def _no_clock(wall_s: float) -> None:
    _nothing_real(wall_s, b"", 0)


class SimulatedDisks(Disks):
    """Simulated disks."""

    def __init__(self, bench: Bench, sleep_s: Callable[[float], None] = time.sleep) -> None:
        self._bench = bench
        self._sleep_s = sleep_s

    def initialise(self, *, disk: str, serial: str, label: Label, filesystem: FileSystem = "xfs") -> str:
        """Empty a simulated disk or array."""
        del filesystem
        self._bench.expendable_volume(self._bench.rack.look(), disk, serial)
        for step in range(STEPS):
            job().tell(100 * step / STEPS, f"{disk}: a file system is made")
            self._sleep_s(FORMAT_S / STEPS)
        with self._bench.rack.edit() as now:
            drive = self._bench.expendable_volume(now, disk, serial)
            self._bench.rack.make_empty(drive, label)
        self._bench.fresh.add(drive.serial)
        job().tell(100, f"{disk} is ready")
        return f"{disk}p1"

    def health(self, *, disk: str, wake: bool = False) -> str:
        """Refuse: the figures of a simulated disk are those that its device tells."""
        del disk, wake
        raise Unsupported("A simulated disk tells how it is by itself")

    def test(self, *, disk: str, extended: bool) -> str:
        """Begin a self-test."""
        with self._bench.rack.edit() as now:
            drive = self._bench.find(now, disk)
            drive.test_began_s, drive.test_extended, drive.test_stopped = self._bench.wall_s(), extended, False
        return "{}"

    def stop_test(self, *, disk: str) -> str:
        """Give up a self-test."""
        with self._bench.rack.edit() as now:
            self._bench.find(now, disk).test_stopped = True
        return "{}"

    def spin_down(self, *, disk: str) -> None:
        """Let it rest."""
        with self._bench.rack.edit() as now:
            drive = self._bench.find(now, disk)
            if drive.mounted:
                raise Refused(f"{disk} is in use; it would be woken at once")
            drive.standby = True


class SimulatedMounts(Mounts):
    """Directories that appear below `disks`, and vanish."""

    def __init__(self, bench: Bench) -> None:
        self._bench = bench

    def fresh(self, *, disk: str, place: str) -> str:
        """Let the directory of a disk appear that was made ready just now."""
        if not NAME.fullmatch(place):
            raise BadRequest(f"{place[:32]!r} is no name for a place")
        with self._bench.rack.edit() as now:
            drive = self._bench.volume(now, disk)
            if drive.mounted:
                raise Refused(f"{disk} is in use already")
            if drive.serial not in self._bench.fresh:
                raise Refused(f"{disk} was not made ready just now, so whose it is must be looked at first")
            drive.place, drive.untouched = place, False
            self._bench.rack.mount(drive)
            self._bench.fresh.discard(drive.serial)
            return self._bench.rack.mount_of(drive)[0]

    def recording(self, *, disk: str) -> str:
        """Let the directory of a disk that was made ready appear where it was before."""
        with self._bench.rack.edit() as now:
            drive = self._bench.volume(now, disk)
            if not drive.place:
                raise Refused(f"{disk} was not made ready for recording")
            drive.untouched = drive.untouched or not drive.mounted
            self._bench.rack.mount(drive)
            return self._bench.rack.mount_of(drive)[0]

    def writable(self, *, place: str, disk_id: str) -> None:
        """Say that it is written: its directory could be all the time."""
        with self._bench.rack.edit() as now:
            found = next((one for one in now.volumes if one.mounted and one.place == place), None)
            if found is None:
                raise Refused(f"Nothing is mounted at {place[:32]!r}")
            if id_at(Path(self._bench.rack.mount_of(found)[0])) != disk_id:
                raise Refused(f"At {place[:32]!r} is another disk than the one that is to be written")
            found.untouched = False

    def settle(self, *, place: str) -> None:
        """A directory has no journal."""
        del place

    def forget(self) -> list[str]:
        """Tell of none: the directory of a simulated disk goes with it."""
        return []

    def unmount(self, *, place: str) -> None:
        """Let it vanish."""
        with self._bench.rack.edit() as now:
            found = next((one for one in now.volumes if one.mounted and one.place == place), None)
            if found is None:
                raise Refused(f"Nothing is mounted at {place[:32]!r}")
            self._bench.rack.unmount(found)


class SimulatedSlots(Slots):
    """Slots of the rack."""

    def __init__(self, bench: Bench) -> None:
        self._bench = bench

    def release(self, *, disk: str, serial: str) -> None:
        """Let go of a disk."""
        with self._bench.rack.edit() as now:
            self._bench.expendable(now, disk, serial).released = True

    def scan(self) -> None:
        """Find released disks again."""
        with self._bench.rack.edit() as now:
            for drive in now.drives.values():
                drive.released = False

    def light(self, *, disk: str, lamp: Lamp) -> None:
        """Refuse: the simulated lamps are indicators."""
        del disk, lamp
        raise Unsupported("The lamps of this board are indicators")


class SimulatedSticks(Sticks):
    """Sticks of the pocket: folders, which are there as long as they are in."""

    def __init__(self, pocket: Pocket) -> None:
        self._pocket = pocket

    def tell(self, *, disk: str) -> StickVolume:
        """Say what is on one."""
        port = self._port(disk)
        folder = self._pocket.at(port)
        assert folder is not None
        return StickVolume(disk, "vfat", folder.name)

    def mount(self, *, disk: str, writing: bool | None = None) -> str:
        """Say whether one is written."""
        port = self._port(disk)
        written = self._pocket.is_writing(port) if writing is None else writing
        return str(self._pocket.open_for_writing(port, writing=written))

    def forget(self) -> list[str]:
        """Tell of none: the folder of a simulated stick goes with it."""
        return []

    def _port(self, disk: str) -> str:
        port = disk.removeprefix(DISK)
        if port == disk or not NAME.fullmatch(port) or self._pocket.at(port) is None:
            raise BadRequest(f"There is no stick {disk[:32]!r}")
        return port


class SimulatedFirewalls(Firewalls):
    """None: a laptop's firewall is its owner's."""

    def apply(self, *, openings: tuple[Opening, ...]) -> None:
        """Look whether it could be done."""
        for one in openings:
            one.rules()


class SimulatedServices(Services):
    """Says to the supervisor what is wanted, by a file of that name."""

    def __init__(self, folder: Path) -> None:
        self._folder = folder

    def switch(self, *, name: ServiceName, on: bool) -> None:
        """Want a process, or no more."""
        wish = self._folder / f"{name}.wanted"
        if on:
            wish.touch(mode=0o600)
        else:
            wish.unlink(missing_ok=True)


def simulated_nouns(
    rack: Rack, pocket: Pocket | None = None, wall_s: Callable[[], float] = time.time, *, run: Path = Path("/nowhere")
) -> dict[str, object]:
    """What is asked of a laptop; `run` is the folder where its supervisor looks."""
    bench = Bench(rack, wall_s)
    return {
        "disk": SimulatedDisks(bench),
        "mount": SimulatedMounts(bench),
        "stick": SimulatedSticks(pocket or Pocket()),
        "array": SimulatedAdminArrays(bench),
        "slot": SimulatedSlots(bench),
        "power": Power(_nothing_real),
        "clock": _NoClock(),
        "network": _NoNetworks(),
        "firewall": SimulatedFirewalls(),
        "service": SimulatedServices(run),
    }


class _NoClock(Clocks):
    """Sets nothing: a laptop's operating system keeps its clock."""

    def __init__(self) -> None:
        super().__init__(Machine(etc=Path("/nowhere")), _nothing_real, _no_clock)

    def follow(self, *, servers: Servers, every_min: Minutes) -> None:
        """Refuse."""
        _nothing_real((servers, every_min), b"", 0)


class _NoNetworks(Networks):
    """Parses, and changes nothing."""

    def __init__(self) -> None:
        super().__init__(Machine(etc=Path("/nowhere")), _nothing_real)

    def attempt(self, *, plan: NetworkPlan, within_s: Within = WITHIN_S) -> None:
        """Refuse."""
        plan.check()
        _nothing_real((plan, within_s), b"", 0)
