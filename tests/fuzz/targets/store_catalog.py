"""Catalog frames and their rows, the identity file, and what contents make of them."""

import zlib

from recorder.store import row_format
from recorder.store.contents import Contents
from recorder.store.errors import Damaged, NotADisk
from recorder.store.frame import HEAD_BYTES, pack_frames, parse_frame
from recorder.store.identity import Identity
from recorder.store.initialise import plan
from recorder.store.rows import RowKind
from tests.recorder.store.test_format import ROWS

DISK = bytes(16)
SEEDS = (
    *(b"f" + pack_frames([row_format.pack(one)], disk=DISK, sequence=1, number=0)[0][:400] for one in ROWS),
    b"f" + pack_frames(map(row_format.pack, ROWS), disk=DISK, sequence=1, number=0, checkpoint=True)[0][:1500],
    b"j" + plan(1 << 30, 1 << 20, "disk1", 1).pack(),
)
DECLARED = (Damaged, NotADisk)


def target(data: bytes) -> None:
    kind, rest = data[:1], bytearray(data[1:])
    if kind == b"j":
        Identity.parse(bytes(rest))
        return
    if len(rest) >= HEAD_BYTES:
        body = min(int.from_bytes(rest[20:24], "little"), len(rest) - HEAD_BYTES)
        crc = zlib.crc32(rest[HEAD_BYTES : HEAD_BYTES + body], zlib.crc32(rest[:60]))
        rest[60:64] = crc.to_bytes(4, "little")
    frame = parse_frame(bytes(rest).ljust(4096, b"\0"), DISK)
    contents = Contents()
    contents.apply(frame.rows)
    for one in RowKind:
        list(contents.of(one))
    contents.forget_what_is_past()
    contents.shrink_to(100)
    again = Contents()
    again.apply(contents.packed())
    assert dict(again.blocks) == dict(contents.blocks)
