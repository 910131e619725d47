"""What an installer's stick carries beside the bundle, and the digests by which it is known to be whole."""

import hashlib
from collections.abc import Callable
from pathlib import Path
from typing import Annotated

import msgspec

from hal.errors import UNREADABLE, Refused

ABOUT = Path("/usr/share/nightjar/installer.json")
"""In the memory that the stick's boot loader filled, not on the file system that anybody can write."""
PIECE = 1 << 20
Name = Annotated[str, msgspec.Meta(pattern=r"^[A-Za-z0-9][A-Za-z0-9._+-]{0,80}$")]


class Content(msgspec.Struct, frozen=True, forbid_unknown_fields=True):
    """Which bundle belongs to it, the files that become partitions, and the table of these."""

    version: str
    bundle: Name
    files: dict[Name, str]
    """By the name of the file on the stick, the SHA-256 of it."""
    table: str
    """As sfdisk(8) reads it."""
    least_bytes: int
    """Of the smallest disk that holds all partitions."""


def read(path: Path = ABOUT) -> Content:
    """Read it; raises `Refused` where this is no installer."""
    try:
        return msgspec.json.decode(path.read_bytes(), type=Content)
    except (OSError, *UNREADABLE):
        raise Refused("This is no installer's stick") from None


def check(content: Content, folder: Path, name: str, told: Callable[[float], None]) -> Path:
    """Compare a file of the stick with its digest; gives its path. Raises `Refused` where it is another."""
    path = folder / name
    found = hashlib.sha256()
    try:
        with path.open("rb") as file:
            count = max(1, path.stat().st_size)
            while piece := file.read(PIECE):
                found.update(piece)
                told(file.tell() / count)
    except OSError as error:
        raise Refused(f"{name} could not be read from the stick ({error.strerror}); take another stick") from None
    if found.hexdigest() != content.files[name]:
        raise Refused(f"{name} on the stick is damaged; write the stick anew")
    return path
