"""Slots: let go of a disk, look for new ones, light the lamp of one."""

from contextlib import suppress
from typing import Literal

from hal.admin.guard import Guard
from hal.admin.job import Run, must, run
from hal.errors import Unsupported
from hal.kinds.verbs import verb

Lamp = Literal["normal", "locate", "failure", "rebuild"]
"""The names of IBPI (SFF-8489) that ledctl takes."""


class Slots:
    """What can be asked of slots."""

    def __init__(self, guard: Guard, run: Run = run) -> None:
        self._guard = guard
        self._run = run

    @verb(destructive=True, patience_s=30.0)
    def release(self, *, disk: str, serial: str) -> None:
        """Flush a disk, let it park its heads and let the kernel forget it. Raises `Refused` while it is in use."""
        found = self._guard.expendable(disk, serial)
        with self._guard.alone(found):
            must(self._run, ["blockdev", "--flushbufs", self._guard.node(found)])
            for place in ("device/delete", "device/device/remove"):  # SCSI and ATA; NVMe by its PCI function
                if (switch := found.sys_path / place).exists():
                    switch.write_text("1")
                    return
        raise Unsupported(f"{disk} cannot be released; switch the recorder off to pull it")

    @verb(patience_s=30.0)
    def scan(self) -> None:
        """Let every controller look for disks."""
        for host in sorted((self._guard.machine.sys / "class/scsi_host").glob("host*/scan")):
            with suppress(OSError):  # one that cannot be scanned
                host.write_text("- - -")
        with suppress(OSError):
            if (bus := self._guard.machine.sys / "bus/pci/rescan").exists():
                bus.write_text("1")

    @verb()
    def light(self, *, disk: str, lamp: Lamp) -> None:
        """Light the lamp beside a disk by ledctl(8), which knows SGPIO, SES-2, NPEM; raises `ProgramFailed`."""
        must(self._run, ["ledctl", f"{lamp}={self._guard.node(self._guard.find(disk))}"])
