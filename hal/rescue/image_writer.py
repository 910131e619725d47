"""Writing an image to a partition, and reading back what is there now."""

import hashlib
import os
from collections.abc import Callable
from pathlib import Path
from typing import BinaryIO

from hal.errors import HalError

PIECE = 4 << 20
Told = Callable[[float], None]
"""Hears how much of it is done, from 0 to 1."""


class BadWrite(HalError):
    """What was written is not what is there, or it could not be written."""


def write_image(source: BinaryIO, count: int, node: Path, told: Told) -> None:
    """Write `count` bytes to the begin of a partition, and read them back from the disk itself.

    `source` is read twice. Raises `BadWrite` with words.
    """
    try:
        # Never made here: without its node a partition would be a file in memory.
        file = os.open(node, os.O_RDWR | os.O_CLOEXEC)
        try:
            _write(source, count, file, lambda share: told(share * 0.7))
            os.fsync(file)
            # What is still in memory would say nothing of the disk.
            os.posix_fadvise(file, 0, 0, os.POSIX_FADV_DONTNEED)
            if not _same(source, count, file, lambda share: told(0.7 + share * 0.3)):
                raise BadWrite(f"What was written to {node.name} reads back as something else: the disk is broken")
        finally:
            os.close(file)
    except OSError as error:
        raise BadWrite(f"{node.name} could not be written ({error.strerror}); the disk may be broken") from None


def holds_image(source: BinaryIO, count: int, node: Path) -> bool:
    """Whether a partition begins with an image; raises `BadWrite` where it cannot be read."""
    try:
        file = os.open(node, os.O_RDONLY | os.O_CLOEXEC)
        try:
            return _same(source, count, file, lambda _share: None)
        finally:
            os.close(file)
    except OSError as error:
        raise BadWrite(f"{node.name} could not be read ({error.strerror}); the disk may be broken") from None


def digest_of(node: Path, count: int) -> str:
    """Give the SHA-256 of the beginning of a partition; raises `BadWrite` where it cannot be read."""
    found = hashlib.sha256()
    try:
        file = os.open(node, os.O_RDONLY | os.O_CLOEXEC)
        try:
            for at in range(0, count, PIECE):
                found.update(_read(file, min(PIECE, count - at), at))
        finally:
            os.close(file)
    except OSError as error:
        raise BadWrite(f"{node.name} could not be read ({error.strerror}); the disk may be broken") from None
    return found.hexdigest()


def _write(source: BinaryIO, count: int, file: int, told: Told) -> None:
    at = 0
    source.seek(0)
    while at < count:
        piece = source.read(min(PIECE, count - at))
        if not piece:
            raise BadWrite("The image is shorter than it says")
        written = 0
        while written < len(piece):
            written += os.pwrite(file, piece[written:], at + written)
        at += len(piece)
        told(at / count)


def _same(source: BinaryIO, count: int, file: int, told: Told) -> bool:
    at = 0
    source.seek(0)
    while at < count:
        piece = source.read(min(PIECE, count - at))
        if not piece or _read(file, len(piece), at) != piece:
            return False
        at += len(piece)
        told(at / count)
    return True


def _read(file: int, count: int, at: int) -> bytes:
    data = b""
    while len(data) < count and (more := os.pread(file, count - len(data), at + len(data))):
        data += more
    return data
