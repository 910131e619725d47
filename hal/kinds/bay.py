"""Bays: places a disk is pushed into, each with a light that tells which one is meant (D-HW-14, D-STO-02)."""

from abc import abstractmethod
from dataclasses import dataclass
from enum import StrEnum

from hal.kinds.device import Device, DeviceState
from hal.kinds.verbs import verb


class BayLight(StrEnum):
    """What the light of a bay says; activity is the drive's own doing."""

    NORMAL = "normal"
    LOCATE = "locate"
    FAULT = "fault"
    REBUILD = "rebuild"


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
    system: bool = False
    """The recorder itself starts from it: nothing of ours is done to it."""
    light: BayLight = BayLight.NORMAL
    kind: str = "bay"


class Bay(Device[BayState]):
    """A place for a disk, known by its connector and never by the order in which disks were found."""

    kind = "bay"
    state_type = BayState

    @verb()
    @abstractmethod
    def show(self, *, light: BayLight) -> None:
        """Let the light say this; raises `Offline`, and `Unsupported` where the bay has none that can be told."""

    @verb(destructive=True, patience_s=30.0)
    @abstractmethod
    def release(self) -> None:
        """Let go of the disk so that it can be pulled; raises `Refused` while it is in use, `Offline`."""

    @verb(patience_s=30.0)
    @abstractmethod
    def scan(self) -> None:
        """Look whether there is a disk, also one that was released; raises `Offline`."""
