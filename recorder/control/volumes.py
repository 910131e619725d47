"""What holds a file system for recordings: the disk in a bay, or an array of disks. One is used as the other."""

from collections.abc import Sequence
from dataclasses import dataclass

from hal.client import DeviceState
from hal.client.kinds import ArraySet, ArrayState, BayState

_ARRAY = "array/"


@dataclass(frozen=True)
class Volume:
    """One of them, as hal tells it."""

    key: str
    """The name of the bay, or `array_key`: what jobs are known by."""
    words: str
    """`bay 1`, `array video`: for the log."""
    disk: str
    """The kernel's name of it now."""
    serial: str
    """The serial number of a disk, or the id of an array."""
    mounts: tuple[str, ...]
    untouched: bool
    prepared: bool
    system: bool


def array_key(name: str) -> str:
    """Give what jobs of an array are known by; no bay is called so."""
    return _ARRAY + name


def is_array(key: str) -> bool:
    """Whether a key is that of an array."""
    return key.startswith(_ARRAY)


def sets(states: Sequence[DeviceState]) -> list[ArraySet]:
    """Give the arrays that run."""
    return [found for one in states if isinstance(one, ArrayState) and one.online for found in one.sets]


def volumes(states: Sequence[DeviceState]) -> list[Volume]:
    """Give what is there; a disk that is part of an array is not used by itself."""
    arrays = sets(states)
    parts = {member.disk for one in arrays for member in one.members}
    bays = [one for one in states if isinstance(one, BayState) and one.online and one.occupied]
    return [_of_bay(one) for one in bays if one.disk not in parts] + [_of_array(one) for one in arrays]


def _of_bay(one: BayState) -> Volume:
    words = f"bay {one.name}"
    return Volume(one.name, words, one.disk, one.serial, one.mounts, one.untouched, one.prepared, one.system)


def _of_array(one: ArraySet) -> Volume:
    key, words = array_key(one.name), f"array {one.title or one.name}"
    return Volume(key, words, one.name, one.uuid, one.mounts, one.untouched, one.prepared, one.system)
