"""The drive at a connector, by S.M.A.R.T.: what hal-admin's `smartctl` answers is parsed here, where nobody is root."""

from hal.drivers.bay.connector import UdevPath
from hal.errors import Offline, Unsupported
from hal.kernel.block import BlockDisk
from hal.kernel.connector import disk_at
from hal.kinds.disk import Disk, DiskState, SelfTest, Technology
from hal.kinds.verdict import judge
from hal.machine import Machine
from hal.protocols.smartctl import parse, refusal

ASKED_S = 300.0
"""How often a drive is asked how it is; one that rests is not woken for it."""


class SmartDisk(Disk):
    """Looks whether the drive is there often, and asks it how it is rarely, or while it tests itself."""

    poll_s = 10.0

    def __init__(self, name: str, machine: Machine, path: UdevPath) -> None:
        """`path` is that of the bay of the same name."""
        super().__init__(name)
        self._machine = machine
        self._path = path
        self._due_s = 0.0

    def open(self) -> None:
        """Come online with what the drive tells."""
        disk = self._disk()
        self.become(DiskState(self.name))
        self._ask(disk, wake=True)

    def close(self) -> None:
        """Go; the drive does not notice."""

    def poll(self) -> None:
        """See that it is there; ask it when it is time, or it is another one."""
        disk = self._disk()
        other = disk.name != self.state.disk
        if other or self._machine.monotonic_s() >= self._due_s or self.state.self_test is SelfTest.RUNNING:
            self._ask(disk, wake=other)

    def _disk(self) -> BlockDisk:
        disk = disk_at(self._machine, self._path)
        if disk is None:
            self.model = self.serial = self.revision = ""
            raise Offline(f"There is no disk in bay {self.name}")
        return disk

    def _ask(self, disk: BlockDisk, *, wake: bool) -> None:
        smart = parse(str(self._machine.admin("disk", "health", {"disk": disk.name, "wake": wake})))
        self._due_s = self._machine.monotonic_s() + ASKED_S
        if smart.standby:
            self.change(standby=True)
            return
        figures = smart.figures
        verdict, words, faults = judge(figures)
        self.model, self.serial = smart.model or disk.model, smart.serial or disk.serial
        self.revision = smart.firmware
        self.come_online(
            disk=disk.name,
            model=self.model,
            serial=self.serial,
            firmware=smart.firmware,
            technology=figures.technology,
            capacity_bytes=disk.size_bytes,
            verdict=verdict,
            words=words,
            faults=faults,
            temperature_c=figures.temperature_c,
            power_on_h=figures.power_on_h,
            reallocated_sectors=figures.reallocated,
            pending_sectors=figures.pending,
            worn_percent=figures.worn_percent,
            year_bytes=figures.year_bytes,
            year_rating_bytes=figures.year_rating_bytes,
            standby=False,
            self_test=figures.self_test,
            self_test_percent=smart.self_test_percent,
        )

    def check(self) -> None:
        """Wake it and ask."""
        self.require_online()
        self._ask(self._disk(), wake=True)

    def test(self, *, extended: bool) -> None:
        """Begin a self-test."""
        self.require_online()
        self._do("test", extended=extended)

    def stop_test(self) -> None:
        """Give up a self-test."""
        self.require_online()
        self._do("stop_test")

    def _do(self, verb: str, **args: object) -> None:
        disk = self._disk()
        if words := refusal(str(self._machine.admin("disk", verb, {"disk": disk.name, **args}))):
            raise Unsupported(f"{self.name}: {words}")
        self._ask(disk, wake=True)

    def spin_down(self) -> None:
        """Let it rest."""
        self.require_online()
        if self.state.technology is not Technology.HDD:
            raise Unsupported(f"The disk in bay {self.name} has nothing that spins")
        self._machine.admin("disk", "spin_down", {"disk": self._disk().name})
        self.change(standby=True)


DRIVER = SmartDisk
