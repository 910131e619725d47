"""Which keys a disk needs: whether it is encrypted, and whether it is locked on this recorder."""

import contextlib
from functools import partial
from pathlib import Path

from recorder.store.contents import Contents
from recorder.store.disk_lane import Lanes
from recorder.store.errors import StoreError
from recorder.store.inspection import Inspection, disks_below, header_of
from recorder.store.keys import PoolKeys
from recorder.store.layout import BlockState, Cipher

LOOKED_AT = 64
"""Blocks, the newest: a disk is of one pool, whose key seldom changes."""


def key_numbers(disk: Inspection, contents: Contents) -> set[int]:
    """Give the numbers of the keys that the newest footage of a disk is encrypted with; empty: none of it is."""
    used = [one for one in contents.blocks.values() if one.state != BlockState.FREE]
    found: set[int] = set()
    for row in sorted(used, key=lambda one: one.serial)[-LOOKED_AT:]:
        try:
            file = disk.block(row.number)
        except OSError:
            continue
        try:
            header = header_of(file, disk.identity.id_bytes, row.number)
        finally:
            file.close()
        if header is not None and header.cipher != Cipher.NONE:
            found.add(header.key_number)
    return found


def missing_keys(disk: Inspection, contents: Contents, keys: PoolKeys) -> set[int]:
    """Give the numbers of the keys that must be entered before all of a disk can be played; empty: it is not locked."""
    return {number for number in key_numbers(disk, contents) if keys.of(number) is None}


def missing_keys_below(place: Path, disk_id: str, keys: PoolKeys, lanes: Lanes) -> set[int]:
    """Give the missing keys of the disks with an id in a directory; one that cannot be read tells none."""
    found: set[int] = set()
    for path in disks_below(place):
        with contextlib.suppress(StoreError, OSError):
            found |= lanes.of(path).do(path.name, partial(_missing_keys_at, path, disk_id, keys))
    return found


def _missing_keys_at(path: Path, disk_id: str, keys: PoolKeys) -> set[int]:
    with Inspection(path) as disk:
        return missing_keys(disk, disk.contents(), keys) if disk.identity.id == disk_id else set()
