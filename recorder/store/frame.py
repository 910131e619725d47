"""Frames of a catalog: whole pages with rows in them, each valid or not by itself.

A frame that was reported durable is never written again before its half of the catalog is: no torn write can reach it.
Layout: docs/reference/store-format.md, "Catalog".
"""

import struct
from collections.abc import Iterable, Iterator
from dataclasses import dataclass

from recorder.store.checksum import crc32
from recorder.store.errors import Damaged
from recorder.store.layout import FORMAT_VERSION, PAGE, pages

MAGIC = b"NJCF"
_HEAD = struct.Struct("<4sHHQII16sI16xI")
HEAD_BYTES = _HEAD.size
_CRC_AT = 60
_ROW = struct.Struct("<BBH")
CHECKPOINT = 1
CHECKPOINT_ENDS = 2
MOST_FRAME_BYTES = 256 << 10
LEAST_FULL_BYTES = MOST_FRAME_BYTES - (64 << 10) - PAGE
"""No frame that another one of the same append follows is smaller: its size and that of a row, which has 16 bits, and
the head of that are more than fits into a frame."""
ROW_VERSION = 1

Packed = tuple[int, bytes]


@dataclass(frozen=True, slots=True)
class Frame:
    """A frame as read: `sequence` counts checkpoints of the disk, `number` frames since the checkpoint began."""

    flags: int
    sequence: int
    number: int
    rows: list[Packed]
    frame_bytes: int


def pack_frames(
    rows: Iterable[Packed], *, disk: bytes, sequence: int, number: int, checkpoint: bool = False
) -> list[bytes]:
    """Give the frames that hold the rows, numbered from `number`, each a whole number of pages."""
    bodies: list[bytes] = []
    body = bytearray()
    for kind, data in rows:
        if body and HEAD_BYTES + len(body) + _ROW.size + len(data) > MOST_FRAME_BYTES:
            bodies.append(bytes(body))
            body = bytearray()
        body += _ROW.pack(kind, ROW_VERSION, len(data))
        body += data
    bodies.append(bytes(body))
    frames: list[bytes] = []
    for nth, one in enumerate(bodies):
        flags = CHECKPOINT if checkpoint else 0
        if checkpoint and nth == len(bodies) - 1:
            flags |= CHECKPOINT_ENDS
        head = _HEAD.pack(MAGIC, FORMAT_VERSION, flags, sequence, number + nth, len(one), disk, 0, 0)
        crc = crc32(one, crc32(head[:_CRC_AT]))
        frame = head[:_CRC_AT] + struct.pack("<I", crc) + one
        frames.append(frame.ljust(pages(len(frame)), b"\0"))
    return frames


def frame_bytes(head: bytes) -> int:
    """Give the whole size of the frame that this page begins; raises `Damaged` where none begins."""
    if len(head) < HEAD_BYTES or head[:4] != MAGIC:
        raise Damaged(what="a catalog frame", problem="none begins here")
    body = _HEAD.unpack_from(head)[5]
    if body > MOST_FRAME_BYTES:
        raise Damaged(what="a catalog frame", problem=f"{body} bytes")
    return pages(HEAD_BYTES + body)


def parse_frame(data: bytes, disk: bytes) -> Frame:
    """Read a frame; raises `Damaged`, also for one of another disk."""
    size = frame_bytes(data)
    _magic, version, flags, sequence, number, body, owner, _zero, crc = _HEAD.unpack_from(data)
    if version != FORMAT_VERSION or owner != disk:
        raise Damaged(what="a catalog frame", problem="of another format or disk")
    if len(data) < size:
        raise Damaged(what="a catalog frame", problem="cut short")
    held = memoryview(data)[HEAD_BYTES : HEAD_BYTES + body]
    if crc32(held, crc32(memoryview(data)[:_CRC_AT])) != crc:
        raise Damaged(what="a catalog frame", problem="wrong CRC")
    return Frame(flags, sequence, number, list(_rows(held)), size)


def _rows(body: memoryview) -> Iterator[Packed]:
    at = 0
    while at < len(body):
        if at + _ROW.size > len(body):
            raise Damaged(what="a catalog frame", problem="a row is cut short")
        kind, _version, size = _ROW.unpack_from(body, at)
        at += _ROW.size
        if at + size > len(body):
            raise Damaged(what="a catalog frame", problem="a row is cut short")
        yield kind, bytes(body[at : at + size])
        at += size
