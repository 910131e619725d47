"""A small TOML file on a stick that says what somebody before the screen would: hostile until it is read."""

import os
import stat
import tomllib
from pathlib import Path
from typing import TypeVar

import msgspec

from hal.errors import UNREADABLE, Refused

LARGEST = 64 << 10
T = TypeVar("T")


def read(folder: Path, name: str, kind: type[T]) -> T | None:
    """Read a file of the top folder; None where there is none. Raises `Refused` with what is wrong with it."""
    try:
        file = os.open(folder / name, os.O_RDONLY | os.O_CLOEXEC | os.O_NOFOLLOW | os.O_NONBLOCK)
    except FileNotFoundError:
        return None
    except OSError as error:
        raise Refused(f"{name} cannot be read: {error.strerror}") from None
    try:
        if not stat.S_ISREG(os.fstat(file).st_mode):
            raise Refused(f"{name} is no file")
        return parse(os.read(file, LARGEST + 1), name, kind)
    except OSError as error:
        raise Refused(f"{name} cannot be read: {error.strerror}") from None
    finally:
        os.close(file)


def parse(data: bytes, name: str, kind: type[T]) -> T:
    """Read its text; raises `Refused`."""
    if len(data) > LARGEST:
        raise Refused(f"{name} is larger than {LARGEST >> 10} KiB")
    try:
        # Windows' editor may put a mark before the first letter, and ends lines its own way.
        return msgspec.convert(tomllib.loads(data.decode("utf-8-sig").replace("\r\n", "\n")), kind)
    except (tomllib.TOMLDecodeError, *UNREADABLE) as error:
        raise Refused(f"{name}: {error}") from None
