"""Arrays: disks that stand for each other, as the machine's array service sees them (D-STO-03, D-STO-04, V-RAID-11)."""

from abc import abstractmethod
from dataclasses import dataclass
from enum import StrEnum

from hal.kinds.device import Device, DeviceState
from hal.kinds.verbs import verb


class Level(StrEnum):
    """How the disks of an array stand for each other."""

    RAID0 = "raid0"
    RAID1 = "raid1"
    RAID5 = "raid5"
    RAID6 = "raid6"
    RAID10 = "raid10"


FEWEST = {Level.RAID0: 2, Level.RAID1: 2, Level.RAID5: 3, Level.RAID6: 4, Level.RAID10: 4}
"""Disks that a level needs (D-STO-03)."""


class ArrayHealth(StrEnum):
    """How an array is."""

    GOOD = "good"
    DEGRADED = "degraded"
    """A disk is missing; the data is whole."""
    REBUILDING = "rebuilding"
    VERIFYING = "verifying"
    FAILED = "failed"
    """More disks are missing than the level bears."""


TOLERATED = {Level.RAID0: 0, Level.RAID5: 1, Level.RAID6: 2, Level.RAID10: 1}
"""Disks that may be missing at least (V-RAID-01); of RAID 1 all but one may."""


class Role(StrEnum):
    """What a disk does in an array."""

    ACTIVE = "active"
    REBUILDING = "rebuilding"
    SPARE = "spare"
    FAILED = "failed"


class Pace(StrEnum):
    """Who goes first while an array is rebuilt (D-STO-03.1)."""

    ADAPTIVE = "adaptive"
    """As fast as the disks are idle."""
    SYNC_FIRST = "sync_first"
    RECORDING_FIRST = "recording_first"
    BALANCED = "balanced"


@dataclass(frozen=True)
class Member:
    """A disk of an array."""

    disk: str
    role: Role
    serial: str = ""
    gone: bool = False
    """It was pulled, or answers no more."""


@dataclass(frozen=True)
class ArraySet:
    """One array."""

    name: str
    """The kernel's name of it now, such as `md127`."""
    title: str
    """The name it was given."""
    uuid: str
    level: Level
    health: ArrayHealth
    capacity_bytes: int
    disks_wanted: int
    members: tuple[Member, ...] = ()
    progress_percent: float | None = None
    """How far rebuilding or verifying is; None: neither is under way."""
    bytes_per_s: int = 0
    pace: Pace = Pace.ADAPTIVE
    mismatches: int = 0
    """Places where the copies differed at the last verifying."""
    mounts: tuple[str, ...] = ()
    untouched: bool = False
    """It is mounted so that nothing is written to it, as a disk in a bay is (`hal.kinds.bay`)."""
    prepared: bool = False
    """It was made ready for recording: control has it mounted."""
    system: bool = False
    """The recorder itself starts from it: nothing of ours is done to it."""
    shares: bool = False
    """It lends its spares to others that share, and they lend it theirs (D-STO-04)."""


@dataclass(frozen=True)
class ArrayState(DeviceState):
    """The arrays of this machine."""

    sets: tuple[ArraySet, ...] = ()
    kind: str = "array"


class Array(Device[ArrayState]):
    """The service that keeps arrays. Making and deleting one loses data, so that is asked of hal-admin, not here."""

    kind = "array"
    state_type = ArrayState

    @verb()
    @abstractmethod
    def set_pace(self, *, array: str, pace: Pace) -> None:
        """Say who goes first while an array is rebuilt; raises `BadRequest` for an array that is not there."""

    @verb()
    @abstractmethod
    def verify(self, *, array: str) -> None:
        """Compare what the disks hold (V-RAID-09); raises `BadRequest`, and `Refused` where nothing can be compared."""
