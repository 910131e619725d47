"""Where something moved, as it is kept on disk: one record for some minutes of a channel, and the search in records.

Format: docs/reference/store-format.md, "Motion". What no record speaks of was not analysed, which is another thing
than nothing having moved.
"""

import struct
import zlib
from collections.abc import Iterable
from dataclasses import dataclass

from recorder.client.clock import SECOND_US
from recorder.client.errors import NightjarError
from recorder.client.grid import CELL_BYTES, COLUMNS, ROWS, WHOLE
from recorder.client.words import _

VERSION = 1
RECORD_S = 300
"""Seconds of one record at most. A search reads one record from the disk for each, and a power cut loses as much."""
MOST_BYTES = 32 << 10
"""Of one record: the largest possible has 18 KiB."""
BRIDGE_US = 2 * SECOND_US
"""Motion that pauses no longer than this is told as one."""
_HEAD = struct.Struct("<BBBBH")
_PAIR = struct.Struct("<HH")
_NUMBER = struct.Struct("<H")
_LARGEST_BODY = 2 * _NUMBER.size + RECORD_S * (_PAIR.size + _NUMBER.size + CELL_BYTES)


class BadMotion(NightjarError):
    """Bytes that are no record of motion."""

    status = 422
    words = _("This record of motion is damaged: {problem}.")


@dataclass(frozen=True)
class MotionRecord:
    """What was seen in the whole seconds from `start_us` on (UTC, a whole second).

    `analysed` are runs (first second, how many), in order and apart; `moved` are (second, cells) where something moved,
    in order, within the runs.
    """

    start_us: int
    seconds: int
    analysed: tuple[tuple[int, int], ...]
    moved: tuple[tuple[int, int], ...] = ()


@dataclass(frozen=True)
class Found:
    """The answer to a search: when something moved in the region, and when the pictures were looked at at all.

    Both are [start_us, end_us) in UTC, in order.
    """

    moved: tuple[tuple[int, int], ...]
    analysed: tuple[tuple[int, int], ...]


def pack(record: MotionRecord) -> bytes:
    """Give the bytes of a record."""
    body = bytearray(_NUMBER.pack(len(record.analysed)))
    for run in record.analysed:
        body += _PAIR.pack(*run)
    body += _NUMBER.pack(len(record.moved))
    for second, _cells in record.moved:
        body += _NUMBER.pack(second)
    for _second, cells in record.moved:
        body += cells.to_bytes(CELL_BYTES, "little")
    return _HEAD.pack(VERSION, COLUMNS, ROWS, 0, record.seconds) + zlib.compress(body, 6)


def parse(start_us: int, data: bytes | memoryview) -> MotionRecord:
    """Read a record; raises `BadMotion`."""
    if not _HEAD.size < len(data) <= MOST_BYTES:
        raise BadMotion(problem=f"{len(data)} bytes")
    version, columns, rows, _zero, seconds = _HEAD.unpack_from(data)
    if (version, columns, rows) != (VERSION, COLUMNS, ROWS) or not 1 <= seconds <= RECORD_S:
        raise BadMotion(problem=f"version {version}, {columns}x{rows} cells, {seconds} s")
    try:
        unpacker = zlib.decompressobj()
        body = unpacker.decompress(bytes(data[_HEAD.size :]), _LARGEST_BODY + 1)
        if len(body) > _LARGEST_BODY or not unpacker.eof or unpacker.unused_data:
            raise BadMotion(problem="its size")
        return _parse_body(start_us, seconds, body)
    except (zlib.error, struct.error) as error:
        raise BadMotion(problem=str(error)) from error


def _parse_body(start_us: int, seconds: int, body: bytes) -> MotionRecord:
    (count,) = _NUMBER.unpack_from(body)
    at = _NUMBER.size
    runs = tuple(_PAIR.unpack_from(body, at + nth * _PAIR.size) for nth in range(count))
    at += count * _PAIR.size
    (count,) = _NUMBER.unpack_from(body, at)
    at += _NUMBER.size
    if len(body) != at + count * (_NUMBER.size + CELL_BYTES):
        raise BadMotion(problem="its size")
    moments = struct.unpack_from(f"<{count}H", body, at)
    at += count * _NUMBER.size
    looked: set[int] = set()
    before = -1
    for first, length in runs:
        if first <= before or not length or first + length > seconds:
            raise BadMotion(problem="runs that overlap")
        looked.update(range(first, first + length))
        before = first + length - 1
    moved: list[tuple[int, int]] = []
    before = -1
    for nth, second in enumerate(moments):
        cells = int.from_bytes(body[at + nth * CELL_BYTES : at + (nth + 1) * CELL_BYTES], "little")
        if second <= before or second not in looked or not 0 < cells <= WHOLE:
            raise BadMotion(problem="motion where nothing was looked at")
        moved.append((second, cells))
        before = second
    return MotionRecord(start_us, seconds, runs, tuple(moved))


def search(records: Iterable[MotionRecord], region: int, start_us: int, end_us: int) -> Found:
    """Say when something moved in a region within [start_us, end_us), and when that is known."""
    moved: list[tuple[int, int]] = []
    analysed: list[tuple[int, int]] = []
    for record in sorted(records, key=lambda one: one.start_us):
        begin = record.start_us
        analysed += [
            (begin + first * SECOND_US, begin + (first + count) * SECOND_US) for first, count in record.analysed
        ]
        moved += [
            (begin + second * SECOND_US, begin + (second + 1) * SECOND_US)
            for second, cells in record.moved
            if cells & region
        ]
    return Found(_within(moved, BRIDGE_US, start_us, end_us), _within(analysed, 0, start_us, end_us))


def together(one: Found, other: Found) -> Found:
    """Join two answers to one question."""
    everything = -(1 << 62), 1 << 62
    return Found(
        _within([*one.moved, *other.moved], BRIDGE_US, *everything),
        _within([*one.analysed, *other.analysed], 0, *everything),
    )


def _within(parts: list[tuple[int, int]], bridge_us: int, start_us: int, end_us: int) -> tuple[tuple[int, int], ...]:
    """Join what touches or nearly does, and cut it to a stretch."""
    found: list[tuple[int, int]] = []
    for begin, end in sorted((max(begin, start_us), min(end, end_us)) for begin, end in parts):
        if begin >= end:
            continue
        if found and begin <= found[-1][1] + bridge_us:
            found[-1] = (found[-1][0], max(found[-1][1], end))
        else:
            found.append((begin, end))
    return tuple(found)
