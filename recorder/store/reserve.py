"""The reserve of a disk: two slots behind the catalog for backups of the configuration, the newer whole one counts.

A slot is set aside with the disk, so a backup allocates nothing and renames nothing (S8). The older slot is written; a
power cut in the middle leaves the newer one (docs/reference/store-format.md, Reserve).
"""

import os
import stat
import struct
from collections.abc import Generator
from contextlib import contextmanager
from pathlib import Path
from typing import NamedTuple

from recorder.client.words import _
from recorder.store.checksum import crc32
from recorder.store.errors import StoreError
from recorder.store.identity import Identity
from recorder.store.layout import CATALOG_FILE, PAGE

MAGIC = b"NJCB"
VERSION = 1
_HEAD = struct.Struct("<4sHHQ16sqII")
_UNTIL_CRC = _HEAD.size - 4


class ReserveTooSmall(StoreError):
    """A disk was made with less room for backups."""

    status = 507
    words = _("The disk keeps {room} bytes for a backup of the settings, and it takes {needed}.")


class OtherDisk(StoreError):
    """Another disk lies there than was meant (S10)."""

    status = 409
    words = _("Another disk is in its place now.")


class Kept(NamedTuple):
    """What a slot holds; `wall_us` is when it was written (UTC)."""

    sequence: int
    wall_us: int
    content: bytes


def keep(place: Path, disk: str, content: bytes, now_us: int) -> None:
    """Write a backup to the disk of an id; raises `StoreError`, OSError. Waits for the disk."""
    with _opened(place, os.O_RDWR) as (identity, file):
        if identity.id != disk:
            raise OtherDisk
        room = _slot_bytes(identity) - _HEAD.size
        if len(content) > room:
            raise ReserveTooSmall(room=max(0, room), needed=len(content))
        slots = [_read(identity, file, number) for number in (0, 1)]
        older = 0 if (slots[0].sequence if slots[0] else 0) <= (slots[1].sequence if slots[1] else 0) else 1
        sequence = 1 + max((one.sequence for one in slots if one), default=0)
        head = _HEAD.pack(MAGIC, VERSION, 0, sequence, identity.id_bytes, now_us, len(content), 0)[:_UNTIL_CRC]
        data = head + struct.pack("<I", crc32(content, crc32(head))) + content
        at = _slot_at(identity, older)
        while data:
            written = os.pwrite(file, data, at)
            data, at = data[written:], at + written
        os.fdatasync(file)


def newest(place: Path) -> Kept | None:
    """Give the newest whole backup of a disk; raises `StoreError`, OSError. Waits for the disk."""
    with _opened(place, os.O_RDONLY) as (identity, file):
        found = [one for one in (_read(identity, file, number) for number in (0, 1)) if one is not None]
        return max(found, default=None, key=lambda one: one.sequence)


@contextmanager
def _opened(place: Path, flags: int) -> Generator[tuple[Identity, int]]:
    """Open a disk's catalog, below the folder whose identity was read."""
    folder = os.open(place, os.O_RDONLY | os.O_DIRECTORY | os.O_CLOEXEC)
    try:
        identity = Identity.read(folder, place)
        more = os.O_CLOEXEC | os.O_NOFOLLOW | os.O_NONBLOCK
        file = os.open(CATALOG_FILE, flags | more, dir_fd=folder)
    finally:
        os.close(folder)
    try:
        found = os.fstat(file)
        if not stat.S_ISREG(found.st_mode) or found.st_size < identity.catalog_bytes:
            raise OtherDisk
        yield identity, file
    finally:
        os.close(file)


def _slot_bytes(identity: Identity) -> int:
    return identity.reserve_bytes // 2 // PAGE * PAGE


def _slot_at(identity: Identity, number: int) -> int:
    return PAGE + 2 * identity.half_bytes + number * _slot_bytes(identity)


def _read(identity: Identity, file: int, number: int) -> Kept | None:
    """Give what a slot holds; None where it holds nothing whole of this disk."""
    at, room = _slot_at(identity, number), _slot_bytes(identity) - _HEAD.size
    head = os.pread(file, _HEAD.size, at)
    if len(head) < _HEAD.size:
        return None
    magic, version, _zero, sequence, disk, wall_us, size, check = _HEAD.unpack(head)
    if (magic, version, disk) != (MAGIC, VERSION, identity.id_bytes) or size > room:
        return None
    content = os.pread(file, size, at + _HEAD.size)
    if len(content) != size or crc32(content, crc32(head[:_UNTIL_CRC])) != check:
        return None
    return Kept(sequence, wall_us, content)
