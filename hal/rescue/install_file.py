"""`nightjar-install.toml` on the installer's stick: it says what somebody before the screen would."""

import os
import stat
import tomllib
from pathlib import Path
from typing import Literal

import msgspec

from hal.errors import UNREADABLE, Refused

NAME = "nightjar-install.toml"
LARGEST = 64 << 10
LONGEST_SERIAL = 128


class InstallFile(msgspec.Struct, frozen=True, forbid_unknown_fields=True):
    """What is to be done without asking."""

    disk: str
    """The serial number of the disk."""
    erase: bool = False
    """Whether what is on it now may be lost. A disk with Nightjar on it is never taken by a file."""
    then: Literal["off", "restart"] = "off"


def read(folder: Path) -> InstallFile | None:
    """Read the file of a stick; None where there is none. Raises `Refused` with what is wrong with it."""
    try:
        file = os.open(folder / NAME, os.O_RDONLY | os.O_CLOEXEC | os.O_NOFOLLOW | os.O_NONBLOCK)
    except FileNotFoundError:
        return None
    except OSError as error:
        raise Refused(f"{NAME} cannot be read: {error.strerror}") from None
    try:
        if not stat.S_ISREG(os.fstat(file).st_mode):
            raise Refused(f"{NAME} is no file")
        return parse(os.read(file, LARGEST + 1))
    except OSError as error:
        raise Refused(f"{NAME} cannot be read: {error.strerror}") from None
    finally:
        os.close(file)


def parse(data: bytes) -> InstallFile:
    """Read its text; raises `Refused`."""
    if len(data) > LARGEST:
        raise Refused(f"{NAME} is larger than {LARGEST >> 10} KiB")
    try:
        # Windows' editor may put a mark before the first letter, and ends lines its own way.
        told = msgspec.convert(tomllib.loads(data.decode("utf-8-sig").replace("\r\n", "\n")), InstallFile)
    except (tomllib.TOMLDecodeError, *UNREADABLE) as error:
        raise Refused(f"{NAME}: {error}") from None
    if not told.disk or len(told.disk) > LONGEST_SERIAL or not told.disk.isprintable():
        raise Refused(f"{NAME}: disk must be a serial number, as it stands on the label")
    return told
