"""`nightjar-install.toml` on the installer's stick: it says what somebody before the screen would."""

from pathlib import Path
from typing import Annotated, Literal

import msgspec

from hal.errors import Refused
from hal.rescue import stick_file

NAME = "nightjar-install.toml"
LONGEST_SERIAL = 128


class InstallFile(msgspec.Struct, frozen=True, forbid_unknown_fields=True):
    """What is to be done without asking."""

    disk: Annotated[str, msgspec.Meta(min_length=1, max_length=LONGEST_SERIAL)]
    """The serial number of the disk."""
    erase: bool = False
    """Whether what is on it now may be lost. A disk with Nightjar on it is never taken by a file."""
    then: Literal["off", "restart"] = "off"


def read(folder: Path) -> InstallFile | None:
    """Read the file of a stick; None where there is none. Raises `Refused` with what is wrong with it."""
    return _checked(stick_file.read(folder, NAME, InstallFile))


def parse(data: bytes) -> InstallFile:
    """Read its text; raises `Refused`."""
    told = _checked(stick_file.parse(data, NAME, InstallFile))
    assert told is not None
    return told


def _checked(told: InstallFile | None) -> InstallFile | None:
    if told is not None and not told.disk.isprintable():
        raise Refused(f"{NAME}: disk must be a serial number, as it stands on the label")
    return told
