"""A USB port known by its udev path, and the stick in it; where no path is given, any USB port of the machine."""

import os
from typing import Annotated

import msgspec
from msgspec import Meta

from hal.drivers.block_watch import BlockWatch
from hal.errors import Offline
from hal.kernel.block import BlockDisk, disks
from hal.kernel.connector import usb_ports_of
from hal.kinds.usb_port import UsbPort, UsbPortState, Volume
from hal.machine import Machine

PortPath = Annotated[str, Meta(pattern=r"^[a-z]+-[A-Za-z0-9:._-]{4,120}-usb-0:[0-9.]+\Z")]


class StickPort(BlockWatch[UsbPortState], UsbPort):
    """Tells which stick is in. What is on it is asked of hal-admin once."""

    def __init__(self, name: str, machine: Machine, paths: tuple[PortPath, ...] = ()) -> None:
        """`paths` is what the port is called by `udevadm info` before the last colon, `pci-0000:00:14.0-usb-0:1`.

        A connector for USB 2 and 3 may have two. Without any, the first stick at any port is taken.
        """
        super().__init__(name, machine)
        self._paths = frozenset(paths)
        self._known: BlockDisk | None = None
        self._volume = Volume()

    def open(self) -> None:
        """Come online with the stick that is in."""
        self._known = None
        super().open()

    def _seen(self) -> UsbPortState:
        found = self._find()
        state = UsbPortState(self.name, online=True, reason="")
        if found is None:
            self._known = None
            return state
        if self._known is None or _same(self._known) != _same(found):
            volume = self._ask(found)
            if volume is None:
                return state
            self._volume = volume
        self._known = found
        place = next(iter(found.mounts), "")
        return UsbPortState(
            self.name,
            online=True,
            reason="",
            occupied=True,
            disk=found.name,
            label=self._volume.label or found.model or self.name,
            model=found.model,
            serial=found.serial,
            capacity_bytes=found.size_bytes,
            free_bytes=_free(place),
            read_only=found.read_only,
            place=place,
            writing=place in found.writable,
            problem=self._volume.problem,
        )

    def _find(self) -> BlockDisk | None:
        """Find the stick; the one that is in already stays the one, whatever else is pushed in."""
        here = [one for one in disks(self._machine) if not one.system and self._is_ours(one)]
        name = self._known.name if self._known is not None else ""
        return min(here, key=lambda one: (one.name != name, not one.size_bytes), default=None)

    def _is_ours(self, disk: BlockDisk) -> bool:
        ports = usb_ports_of(disk.sys_path)
        return bool(ports & self._paths) if self._paths else bool(ports) and not disk.recording

    def _ask(self, disk: BlockDisk) -> Volume | None:
        """Ask hal-admin what is on a stick; None where it was pulled out meanwhile."""
        try:
            told = self._machine.admin("stick", "tell", {"disk": disk.name})
        except Offline:
            if not disk.sys_path.exists():
                return None
            raise
        return msgspec.convert(told, Volume, from_attributes=True)


def _same(disk: BlockDisk) -> tuple[object, ...]:
    """What makes it another stick, or the same one with another table of partitions."""
    return disk.name, disk.sys_path, disk.serial, disk.size_bytes, disk.partitions


def _free(place: str) -> int:
    if not place:
        return 0
    try:
        told = os.statvfs(place)
    except OSError:  # pulled out just now
        return 0
    return told.f_bavail * told.f_frsize


DRIVER = StickPort
