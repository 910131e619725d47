"""Where the parts of a recording disk lie on its drive: `python3 -m tests.guest.inside.places DISK`.

Prints JSON: by part, the first of the 8 sectors of a page, and the times of the footage that stands and falls with it.
Each part is of another block, so that all may be spoilt at once. With `--extents`: where all of its files lie.
"""

import fcntl
import json
import os
import struct
import sys
from pathlib import Path
from typing import Any

from recorder.store.catalog import half_offset, newest
from recorder.store.files import SystemFiles
from recorder.store.inspection import Inspection
from recorder.store.layout import CATALOG_FILE, PAGE, BlockState, block_name
from recorder.store.walk import entries_of_block, sealed_index

FIEMAP = 0xC020660B
"""FS_IOC_FIEMAP of linux/fs.h, with `struct fiemap` and one `struct fiemap_extent` of linux/fiemap.h."""
_ASKED = struct.Struct("<QQLLLL")
_EXTENT = struct.Struct("<QQQ16xLLLL")
SECTOR = 512
PARTS = ("header", "chunk", "payload", "index", "tail")
TORN = "torn "
"""Each part is found twice: to be lost, and to be torn."""


def extents(path: Path, most: int = 64) -> list[tuple[int, int, int]]:
    """Give the extents of a file: offset in the file, offset on the drive, bytes."""
    asked = bytearray(_ASKED.pack(0, (1 << 64) - 1, 0, 0, most, 0) + bytes(most * _EXTENT.size))
    file = os.open(path, os.O_RDONLY)
    try:
        fcntl.ioctl(file, FIEMAP, asked)
    finally:
        os.close(file)
    count = _ASKED.unpack_from(asked)[3]
    assert 0 < count < most, f"{path} has {count} extents"
    return [_EXTENT.unpack_from(asked, _ASKED.size + nth * _EXTENT.size)[:3] for nth in range(count)]


def sector(path: Path, offset: int) -> int:
    """Give where on the drive a page of a file lies."""
    found = [at + offset - begin for begin, at, length in extents(path) if begin <= offset < begin + length]
    return found[0] // SECTOR


def places(place: Path) -> dict[str, dict[str, Any]]:
    """Find a page of each part."""
    found: dict[str, dict[str, Any]] = {}
    with Inspection(place) as disk:
        identity = disk.identity
        blocks = [one for one in disk.contents().blocks.values() if one.state == BlockState.SEALED and one.channel]
        parts = [*PARTS, *(f"{TORN}{part}" for part in PARTS)]
        for part, row in zip(parts, sorted(blocks, key=lambda one: one.serial), strict=False):
            file = disk.block(row.number)
            where = (identity.id_bytes, row.number, row.incarnation, identity.block_bytes)
            entries, sealed = entries_of_block(file, *where), sealed_index(file, *where)
            file.close()
            assert sealed is not None
            entry = entries[1]
            payload = (entry.offset + entry.header_bytes + entry.payload_bytes // 2) // PAGE * PAGE
            at = {
                "header": 0,
                "chunk": entry.offset,
                "payload": payload,
                "index": sealed[0].index_offset,
                "tail": identity.block_bytes - PAGE,
            }[part.removeprefix(TORN)]
            found[part] = {
                "sector": sector(place / block_name(row.number), at),
                "channel": row.channel,
                "first_us": entry.first_us,
                "last_us": entry.last_us,
            }
        catalog = SystemFiles().open_to_read(CATALOG_FILE, disk.directory)
        log = newest(catalog, identity)
        catalog.close()
        begin = half_offset(identity, log.half)
        starts = [sum(frame.frame_bytes for frame in log.frames[:nth]) for nth in range(len(log.frames))]
        for part, at in {"first": 0, "middle": starts[len(starts) // 2], "end": log.end}.items():
            found[f"catalog {part}"] = {"sector": sector(place / CATALOG_FILE, begin + at)}
        for row in disk.contents().blocks.values():
            if row.state == BlockState.OPEN:
                name = f"open {row.channel}"
                found[name] = {"sector": sector(place / block_name(row.number), identity.block_bytes - PAGE)}
    return found


def main() -> None:
    place = Path(sys.argv[1])
    if "--extents" in sys.argv:
        files = [CATALOG_FILE, *(f"blocks/{one.name}" for one in (place / "blocks").iterdir())]
        print("EXTENTS " + json.dumps([(name, *one) for name in files for one in extents(place / name)]))
    else:
        print("PLACES " + json.dumps(places(place)))


if __name__ == "__main__":
    main()
