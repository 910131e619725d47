"""A bay whose disk a hand pulls and pushes in."""

from dataclasses import replace

from hal.errors import BadRequest, Refused
from hal.kinds.bay import Bay, BayState, Traffic
from hal.kinds.verbs import gesture
from hal.machine import Machine
from hal.simulated.breakable import Breakable
from hal.simulated.rack import Contents, new_drive, rack_of


class SimulatedBay(Breakable[BayState], Bay):
    """A bay of the simulated rack."""

    poll_s = 0.5

    def __init__(self, name: str, machine: Machine, port: str = "") -> None:
        """`port` is the port of the rack that the bay is, if not that of its name."""
        super().__init__(name)
        self._port = port or name
        self._rack = rack_of(machine.world)
        self._wall_s = machine.wall_s
        self._monotonic_s = machine.monotonic_s
        self._traffic = Traffic()

    def open(self) -> None:
        """Come online with what is in the bay."""
        self.require_whole()
        self._rack.find_new(self._port)
        self.become(self._seen(self._rack.look()))

    def close(self) -> None:
        """Go."""

    def poll(self) -> None:
        """See what hands, hal-admin and time did."""
        self._rack.find_new(self._port)
        now = self._rack.look()
        drive = now.in_bay(self._port)
        if drive is not None and drive.mounted and not drive.answers(self._wall_s()):
            with self._rack.edit() as now:
                if (drive := now.in_bay(self._port)) is not None:
                    self._rack.unmount(drive)
        self.become(self._seen(now))

    def _seen(self, now: Contents) -> BayState:
        state = BayState(self.name, online=True, reason="")
        drive = now.in_bay(self._port)
        if drive is None or not drive.answers(self._wall_s()):
            self._traffic.is_busy(None, self._monotonic_s())
            return state
        return replace(
            state,
            occupied=True,
            disk=f"sim{self._port}",
            model=drive.model,
            serial=drive.serial,
            capacity_bytes=drive.capacity_bytes,
            mounts=self._rack.mount_of(drive),
            untouched=drive.mounted and drive.untouched,
            prepared=bool(drive.place),
            busy=self._traffic.is_busy((drive.serial, self._rack.moved(drive)), self._monotonic_s()),
        )

    def release(self) -> None:
        """Let go of the disk."""
        self.require_online()
        with self._rack.edit() as now:
            drive = now.in_bay(self._port)
            if drive is None:
                raise Refused(f"Bay {self.name} is empty")
            if drive.mounted:
                raise Refused(f"The disk in bay {self.name} is in use; take it out of use first")
            if array := now.array_of(drive.serial):
                raise Refused(f"The disk in bay {self.name} belongs to array {array}")
            drive.released = True
        self.poll()

    def scan(self) -> None:
        """Look for a disk, also one that was released."""
        self.require_online()
        with self._rack.edit() as now:
            drive = now.in_bay(self._port)
            if drive is not None and drive.released:
                drive.released = False
        self.poll()

    @gesture
    def pull(self) -> None:
        """Pull the disk out, whatever it is doing; what was on it stays on it."""
        with self._rack.edit() as now:
            drive = now.in_bay(self._port)
            if drive is None:
                raise Refused(f"Bay {self.name} is empty")
            self._rack.pull(drive)
        self.poll()

    @gesture
    def insert(self, *, serial: str = "") -> None:
        """Push a disk in: the one of that serial from the shelf, or a new one; nothing is formatted."""
        with self._rack.edit() as now:
            drive = now.drives.get(serial) if serial else new_drive()
            if drive is None or drive.bay:
                raise BadRequest(f"No disk {serial} lies on the shelf")
            self._rack.push(now, drive, self._port)
            now.drives[drive.serial] = drive
        self.poll()


DRIVER = SimulatedBay
