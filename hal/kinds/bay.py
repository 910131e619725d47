"""Bays: places a disk is pushed into (D-HW-14, D-STO-02). Lights of bay 1 are the indicators of the group `bay 1`."""

from abc import abstractmethod
from collections.abc import Hashable
from dataclasses import dataclass

from hal.kinds.device import Device, DeviceState
from hal.kinds.verbs import verb

QUIET_S = 5.0
"""A disk that moved nothing for so long is idle: recording writes every few seconds, and no light shall flicker."""


@dataclass(frozen=True)
class BayState(DeviceState):
    """One bay. It is online while its connector works, with a disk or without."""

    occupied: bool = False
    """A disk answers here. After `release` it no longer does, though it may not be pulled yet."""
    disk: str = ""
    """The kernel's name of the disk now, such as `sda`; another one after every boot."""
    model: str = ""
    serial: str = ""
    capacity_bytes: int = 0
    mounts: tuple[str, ...] = ()
    """Where its file systems are, as the kernel says."""
    untouched: bool = False
    """It is mounted so that nothing is written to it, not even by its journal: until it is known whose it is (S4)."""
    prepared: bool = False
    """It was made ready for recording, here or elsewhere: control has it mounted."""
    busy: bool = False
    """Its disk reads or writes, or did so within `QUIET_S`."""
    system: bool = False
    """The recorder itself starts from it: nothing of ours is done to it."""
    kind: str = "bay"


@dataclass(frozen=True)
class Connector:
    """A place for a disk that the kernel knows, with what sits there now; it is a bay where somebody says so."""

    path: str
    """Its udev path, such as `pci-0000:00:1f.2-ata-1`."""
    bay: str = ""
    """The bay that it is; empty: nobody said that it is one."""
    disk: str = ""
    """The kernel's name of what sits there; empty: nothing does."""
    model: str = ""
    serial: str = ""
    capacity_bytes: int = 0
    system: bool = False
    """The recorder itself starts from it."""


class Traffic:
    """Whether a disk is busy, from what counts its reads and writes."""

    def __init__(self) -> None:
        self._count: Hashable = None
        self._moved_s: float | None = None

    def is_busy(self, count: Hashable, now_s: float) -> bool:
        """Take the count as it is now; None: there is no disk. How a disk begins counts as nothing moved."""
        if count is None or self._count is None:
            self._moved_s = None
        elif count != self._count:
            self._moved_s = now_s
        self._count = count
        return self._moved_s is not None and now_s - self._moved_s < QUIET_S


class Bay(Device[BayState]):
    """A place for a disk, known by its connector and never by the order in which disks were found."""

    kind = "bay"
    state_type = BayState

    @verb(destructive=True, patience_s=30.0)
    @abstractmethod
    def release(self) -> None:
        """Let go of the disk so that it can be pulled; raises `Refused` while it is in use, `Offline`."""

    @verb(patience_s=30.0)
    @abstractmethod
    def scan(self) -> None:
        """Look whether there is a disk, also one that was released; raises `Offline`."""
