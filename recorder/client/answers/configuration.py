"""The configuration as a whole: how far a reset goes, what a file holds, and what would change with it."""

from dataclasses import dataclass
from enum import StrEnum

from recorder.client.answers.update import FoundBundle


class Extent(StrEnum):
    """How much a factory reset takes away. Recordings stay, whichever it is."""

    SETTINGS = "settings"
    """All settings but users and network."""
    USERS = "users"
    """All settings and users: the recorder is set up anew."""
    EVERYTHING = "everything"
    """All that is no recording: keys, events, the log, exports that lie here, too."""


class Taking(StrEnum):
    """What a recorder becomes that takes a configuration in."""

    SAME = "same"
    """The recorder that it was taken from: its number, keys, cameras, disks and network, too."""
    CLONE = "clone"
    """One like it: name, number, keys, cameras, disks and network stay its own."""


@dataclass(frozen=True)
class ConfigurationFile:
    """A sealed configuration that was taken in to be looked at: what may be known without its password."""

    id: str
    name: str
    """What its owner called the recorder."""
    made_us: int
    firmware: str
    same_recorder: bool
    """It was taken from this recorder."""


@dataclass(frozen=True)
class Difference:
    """A setting that would become another one; `old` and `new` as JSON, secrets masked. No field: all of an item."""

    page: str
    item: str
    field: str
    old: str
    new: str


@dataclass(frozen=True)
class ConfigurationPreview:
    """What would change."""

    differences: tuple[Difference, ...]
    more: int
    """So many others are not told."""
    users: tuple[str, ...]
    """Who could log in then."""
    left_out: tuple[str, ...]
    """What of it does not fit this recorder, in words."""
    becomes: bool
    """The recorder would become again the one that this was taken from; the machine starts anew."""


@dataclass(frozen=True)
class DiskBackup:
    """How the backup of the settings stands on a recording disk. `at_us` is when one was written last; 0: never."""

    disk: str
    at_us: int
    problem: str = ""


@dataclass(frozen=True)
class SetupBackup:
    """A backup on a disk of a recorder that is not set up."""

    id: str
    name: str
    """What its owner called the recorder."""
    made_us: int
    disk: str


@dataclass(frozen=True)
class ConfigurationStatus:
    """What is on sticks, and how the backups on recording disks stand."""

    found: tuple[FoundBundle, ...] = ()
    stick_problem: str = ""
    backups: tuple[DiskBackup, ...] = ()
    left_out: str = ""
    """What an export has no room for, in words."""


@dataclass(frozen=True)
class Exported:
    """Where a configuration was written."""

    stick: str
    name: str
