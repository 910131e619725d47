"""A disk that ages, fails and hangs when a hand says so."""

from hal.errors import Offline, Refused
from hal.kinds.disk import Disk, DiskState, SelfTest
from hal.kinds.verbs import gesture
from hal.kinds.verdict import Figures, judge
from hal.machine import Machine
from hal.simulated.breakable import Breakable
from hal.simulated.rack import YEAR_H, SimulatedDrive, rack_of

RATING_BYTES = 180_000_000_000_000
"""What disks for recorders are made for in a year."""
MOST_YEARS = 30.0
GIVES_UP = 400
"""Replaced sectors at which such a drive expects to fail."""


class SimulatedDisk(Breakable[DiskState], Disk):
    """The drive in the simulated bay of the same name."""

    poll_s = 0.5

    def __init__(self, name: str, machine: Machine, port: str = "") -> None:
        """`port` is that of the bay of the same name."""
        super().__init__(name)
        self._port = port or name
        self._rack = rack_of(machine.world)
        self._wall_s = machine.wall_s

    def open(self) -> None:
        """Come online if a disk is in the bay."""
        self.require_whole()
        self.come_online(**self._seen(self._drive()))

    def close(self) -> None:
        """Go."""

    def poll(self) -> None:
        """See what hands, hal-admin and time did."""
        self.change(**self._seen(self._drive()))

    def _drive(self) -> SimulatedDrive:
        drive = self._rack.look().in_bay(self._port)
        if drive is None or drive.released:
            self.model = self.serial = ""
            raise Offline(f"There is no disk in bay {self.name}")
        if drive.failed or drive.hung_at_s:
            raise Offline("It does not answer")
        return drive

    def _seen(self, drive: SimulatedDrive) -> dict[str, object]:
        self.model, self.serial = drive.model, drive.serial
        test, percent = self._test(drive)
        year = round(drive.moved_bytes / max(drive.power_on_h, 1.0) * YEAR_H)
        figures = Figures(
            self.state.technology,
            passed=drive.reallocated < GIVES_UP,
            temperature_c=drive.temperature_c,
            power_on_h=int(drive.power_on_h),
            reallocated=drive.reallocated,
            pending=drive.pending,
            year_bytes=year,
            year_rating_bytes=RATING_BYTES,
            self_test=test,
        )
        verdict, words, faults = judge(figures)
        return {
            "disk": f"sim{self._port}",
            "model": drive.model,
            "serial": drive.serial,
            "capacity_bytes": drive.capacity_bytes,
            "verdict": verdict,
            "words": words,
            "faults": faults,
            "temperature_c": drive.temperature_c,
            "power_on_h": int(drive.power_on_h),
            "reallocated_sectors": drive.reallocated,
            "pending_sectors": drive.pending,
            "year_bytes": year,
            "year_rating_bytes": RATING_BYTES,
            "standby": drive.standby,
            "self_test": test,
            "self_test_percent": percent,
        }

    def _test(self, drive: SimulatedDrive) -> tuple[SelfTest, int]:
        if drive.test_stopped:
            return SelfTest.STOPPED, 0
        if not drive.test_began_s:
            return SelfTest.NONE, 0
        done = max(0.0, self._wall_s() - drive.test_began_s) / drive.test_s()
        if done < 1:
            return SelfTest.RUNNING, int(done * 100)
        return (SelfTest.FAILED if drive.pending else SelfTest.PASSED), 100

    def _change(self, **fields: object) -> None:
        with self._rack.edit() as now:
            drive = now.in_bay(self._port)
            if drive is None:
                raise Refused(f"There is no disk in bay {self.name}")
            for field, value in fields.items():
                setattr(drive, field, value)

    def check(self) -> None:
        """Wake it and look."""
        self.require_online()
        self._change(standby=False)
        self.poll()

    def test(self, *, extended: bool) -> None:
        """Begin a self-test."""
        self.require_online()
        self._change(standby=False, test_began_s=self._wall_s(), test_extended=extended, test_stopped=False)
        self.poll()

    def stop_test(self) -> None:
        """Give up a running self-test."""
        self.require_online()
        if self.state.self_test is SelfTest.RUNNING:
            self._change(test_stopped=True)
        self.poll()

    def spin_down(self) -> None:
        """Let it rest."""
        self.require_online()
        self._change(standby=True)
        self.poll()

    @gesture
    def age(self, *, years: float, tb_a_year: float = 60.0) -> None:
        """Let years pass: hours and data moved add up; bad sectors come after the third year, unreadable ones after."""
        drive = self._drive()
        years = max(0.0, min(years, MOST_YEARS))
        hours = drive.power_on_h + years * YEAR_H
        old = max(0.0, hours / YEAR_H - 3)
        moved = drive.moved_bytes + round(years * tb_a_year * 1e12)
        bad, unreadable = round(old * 20), round(max(0.0, old - 1) * 4)
        self._change(power_on_h=hours, moved_bytes=moved, reallocated=bad, pending=unreadable)
        self.poll()

    @gesture
    def fail(self) -> None:
        """Let its electronics die: it answers no more, and its mount is gone."""
        self._drive()
        self._change(failed=True)
        self._lost()

    @gesture
    def hang(self) -> None:
        """Let it answer no more; the kernel gives it up after a while, and its mount goes."""
        self._drive()
        self._change(hung_at_s=self._wall_s())
        self._lost()

    def _lost(self) -> None:
        self.go_offline("It does not answer")


DRIVER = SimulatedDisk
