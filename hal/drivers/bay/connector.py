"""A bay known by the udev path of its connector, whatever controller it hangs on."""

from typing import Annotated

from msgspec import Meta

from hal.drivers.block_watch import BlockWatch
from hal.errors import Refused
from hal.kernel.block import moved
from hal.kernel.connector import disk_at
from hal.kinds.bay import Bay, BayState, Traffic
from hal.machine import Machine

UdevPath = Annotated[str, Meta(pattern=r"^[a-z]+-[A-Za-z0-9:._-]{4,120}\Z")]


class ConnectorBay(BlockWatch[BayState], Bay):
    """Tells what is at its connector."""

    def __init__(self, name: str, machine: Machine, path: UdevPath) -> None:
        """`path` is what `udevadm info` calls ID_PATH, such as `pci-0000:00:1f.2-ata-1`."""
        super().__init__(name, machine)
        self._path = path
        self._traffic = Traffic()

    def _seen(self) -> BayState:
        disk = disk_at(self._machine, self._path)
        count = None if disk is None else (disk.name, disk.serial, *moved(disk))
        busy = self._traffic.is_busy(count, self._machine.monotonic_s())
        if disk is None:
            return BayState(self.name, online=True, reason="")
        return BayState(
            self.name,
            online=True,
            reason="",
            occupied=True,
            disk=disk.name,
            model=disk.model,
            serial=disk.serial,
            capacity_bytes=disk.size_bytes,
            mounts=disk.mounts,
            untouched=bool(disk.untouched),
            prepared=bool(disk.recording),
            busy=busy,
            system=disk.system,
        )

    def release(self) -> None:
        """Let hal-admin flush the disk and let the kernel forget it."""
        self.require_online()
        disk = disk_at(self._machine, self._path)
        if disk is None:
            raise Refused(f"Bay {self.name} is empty")
        if disk.mounts or disk.holders:
            raise Refused(f"The disk in bay {self.name} is in use at {(*disk.mounts, *disk.holders)[0]}")
        self._machine.admin("slot", "release", {"disk": disk.name, "serial": disk.serial})
        self.poll()

    def scan(self) -> None:
        """Let hal-admin ask every controller for disks."""
        self.require_online()
        self._machine.admin("slot", "scan", {})
        self.poll()


DRIVER = ConnectorBay
