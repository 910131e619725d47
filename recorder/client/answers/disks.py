"""Bays with their disks, arrays, USB sticks, and all of them in words."""

from dataclasses import dataclass, field
from enum import StrEnum

from recorder.client.answers.hardware import Fact
from recorder.client.answers.jobs import JobState
from recorder.client.tone import Tone


class BayTask(StrEnum):
    """What is done with the disk in a bay and takes a while."""

    PREPARE = "prepare"
    """All on it is lost; then it records."""
    RELEASE = "release"
    """Its files are closed, then it can be pulled."""
    ARRAY = "array"
    """It becomes part of an array; all on it is lost."""
    APART = "apart"
    """The array is taken apart; all on it is lost."""
    OUT = "out"
    """It is taken out of its array."""


@dataclass(frozen=True)
class BayJob:
    """Work at a bay or an array, under way or over; `words` say what is done now, or what went wrong."""

    work: BayTask
    state: JobState
    percent: float = 0.0
    words: str = ""


@dataclass(frozen=True)
class BayStatus:
    """One bay, the disk in it, and what is wrong with either. None: the drive does not tell."""

    name: str
    occupied: bool
    place: str = ""
    """The recording disk that is here, or is missing from here: the name of its directory."""
    disk: str = ""
    """The kernel's name of it now; destructive requests name it together with its serial number."""
    model: str = ""
    serial: str = ""
    capacity_bytes: int = 0
    verdict: str = "unknown"
    """What to think of the drive: `unknown`, `good`, `watch`, `replace` or `failed`."""
    words: str = ""
    temperature_c: int | None = None
    power_on_h: int | None = None
    fault: str = ""
    """Why the light of the bay is on; empty while it is not."""
    technology: str = "hdd"
    """What the disk is made of: `hdd`, `ssd` or `nvme`."""
    firmware: str = ""
    worn_percent: int | None = None
    """How much is used up of what its flash is made for."""
    year_bytes: int | None = None
    """What it moves in a year, and what it may as its maker says."""
    year_rating_bytes: int | None = None
    standby: bool = False
    """It rests; the figures are from before."""
    self_test: str = "none"
    """How the last self-test ended: `none`, `running`, `passed`, `failed` or `stopped`."""
    self_test_percent: int = 0
    system: bool = False
    """The recorder itself starts from it."""
    array: str = ""
    """The array that its disk belongs to."""
    light: bool = False
    """The bay has a light that can show which one it is; `located`: it does."""
    located: bool = False
    job: BayJob | None = None
    """What is done with the disk, or was done last."""


@dataclass(frozen=True)
class DiskPlace:
    """A place for a disk that the machine has, which is a bay where an owner or the board's file says so."""

    path: str
    """Its udev path, which stays the same."""
    words: str
    """Where it is: "SATA port 3 of 0000:00:1f.2"."""
    bay: str = ""
    """The bay that it is; empty: it is none."""
    added: bool = False
    """An owner said so, and may take it back."""
    disk: str = ""
    """Model and size of what sits there; empty: nothing does."""
    serial: str = ""
    system: bool = False
    """The recorder itself starts from it."""


@dataclass(frozen=True)
class ArrayMember:
    """A disk of an array: the bay it sits in (the kernel's name where it sits in none), and what it does there."""

    bay: str
    role: str
    """`active`, `rebuilding`, `spare` or `failed`."""
    gone: bool = False
    """It was pulled, or answers no more; `bay` is empty, or the kernel's former name of it."""


@dataclass(frozen=True)
class ArrayStatus:
    """Disks that stand for each other."""

    name: str
    """The kernel's name of it now."""
    title: str
    level: str
    """`raid0`, `raid1`, `raid5`, `raid6` or `raid10`."""
    health: str
    """`good`, `degraded`, `rebuilding`, `verifying` or `failed`."""
    capacity_bytes: int
    disks_wanted: int
    members: tuple[ArrayMember, ...] = ()
    progress_percent: float | None = None
    bytes_per_s: int = 0
    pace: str = "adaptive"
    """Who goes first while it is rebuilt: `adaptive`, `sync_first`, `recording_first` or `balanced`."""
    mismatches: int = 0
    """Places where the copies differed at the last verifying."""
    place: str = ""
    """The recording disk that it is: the name of its directory."""
    uuid: str = ""
    """Its id; destructive requests carry at least the first eight digits, typed back."""
    system: bool = False
    """The recorder itself starts from it."""
    fault: str = ""
    """Why it is not recorded to though it was made ready; empty: nothing is wrong with that."""
    shares: bool = False
    """It lends its spares to all arrays that share, and takes theirs."""
    job: BayJob | None = None
    """What is done with it, or was done last."""


@dataclass(frozen=True)
class ArrayPlan:
    """What an array of some disks would be: its room, what it bears, and why it cannot be made (`refusal`)."""

    capacity_bytes: int
    words: str
    refusal: str = ""


@dataclass(frozen=True)
class StickStatus:
    """A USB stick that is in one of the recorder's ports, and can be written or at least read."""

    port: str
    label: str
    place: str
    """The folder where its files are."""
    capacity_bytes: int
    free_bytes: int
    read_only: bool = False
    writing: bool = False
    """It can be written now: who pulls it out may lose what is not on it yet."""


@dataclass(frozen=True)
class StorageRow:
    """A bay, array, disk elsewhere or pool in words. `kind` is `bay`, `array`, `disk` or `pool`, `item` which one."""

    kind: str
    item: str
    label: str
    words: str
    tone: Tone
    note: str = ""
    facts: tuple[Fact, ...] = ()
    """Of an array, or of a bay with a disk: all that is known of that."""
    deeds: tuple[str, ...] = ()
    """What can be done. Of a bay: `cancel` its work, `locate`, `locate_off`, `scan`, `check`, `test`, `stop_test`,
    `release`, `prepare`. Of an array: `cancel`, `verify`, `pace`, `add`, `replace`, `remove`, `forget`, `prepare`,
    `delete`."""
    disk: str = ""
    """The id of the recording disk that it is, which has a page of settings; empty: it is none."""
    pace: str = ""
    """Of an array: who goes first while it is rebuilt."""
    free: tuple[str, ...] = ()
    """Of an array: the bays whose disks could be added, since nothing uses them."""
    active: tuple[str, ...] = ()
    """Of an array: the bays whose disks could be replaced by such a one."""
    idle: tuple[str, ...] = ()
    """Of an array: the bays whose disks, spares or failed, could be taken out."""


@dataclass(frozen=True)
class FreeDisk:
    """A disk that is used for nothing, so that an array can be made of it."""

    bay: str
    words: str
    """Model and size."""
    serial: str
    capacity_bytes: int


@dataclass(frozen=True)
class Storage:
    """All that is recorded to, in words, in the order of the bays."""

    rows: tuple[StorageRow, ...] = ()
    free: tuple[FreeDisk, ...] = ()
    """The disks that arrays can be made of."""


@dataclass(frozen=True)
class RecoveryKey:
    """The key of an encrypted pool as it is written down: groups of four signs between dashes."""

    pool: int
    key: str = field(repr=False)
