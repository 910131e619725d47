"""The stored bytes of catalog rows: a fixed little-endian layout for each kind, texts behind it.

Described in docs/reference/store-format.md, "Catalog rows".
"""

import struct
from collections.abc import Callable

from recorder.store.errors import Damaged
from recorder.store.ids import ID_BYTES, RowId
from recorder.store.rows import (
    BlockRow,
    BootRow,
    ClockMapRow,
    CopyRow,
    DueRow,
    GapRow,
    GoneRow,
    HeadRow,
    HoldRow,
    KeptRow,
    KeyRow,
    MarkRow,
    PieceRow,
    RootRow,
    Row,
    RowKind,
    SpanRow,
    StreamCode,
    TagRow,
)

_BLOCK = struct.Struct("<IBBHQQIIqqqIIHBx")
_SPAN = struct.Struct("<16sHBBBB2x16sqqq")
_PIECE = struct.Struct("<IQ16sHBB16sqqqQII")
_GAP = struct.Struct("<16sHBBB3xqq")
_DUE = struct.Struct("<HBxqB3xIq")
DUE_KEY = struct.Struct("<HBxq")
"""What tells due rows apart: channel, stream, start."""
_MARK = struct.Struct("<BBBxqqqH")
_STREAM = struct.Struct("<HB")
_HOLD = struct.Struct("<16sHBBqqqIqq")
_TAG = struct.Struct("<16sHBBqqIq")
_CLOCK_MAP = struct.Struct("<16sqqq")
_BOOT = struct.Struct("<QI16sqqq")
_ROOT = struct.Struct("<QIQQ32sIIqqq")
_HEAD = struct.Struct("<16sIQIqQI32s32s32s64s")
_KEY = struct.Struct("<32s32sIq64s64s")
_COPY = struct.Struct("<IQ16sQqHBB16sqqQII")
_KEPT = struct.Struct("<16sQqq")
_TEXT = struct.Struct("<H")
LONGEST_TEXT = 1024
MOST_STREAMS = 255


def _text(text: str) -> bytes:
    data = text.encode()[:LONGEST_TEXT]
    return _TEXT.pack(len(data)) + data


def _read_text(data: memoryview, at: int) -> tuple[str, int]:
    (size,) = _TEXT.unpack_from(data, at)
    end = at + _TEXT.size + size
    if size > LONGEST_TEXT or end > len(data):
        raise Damaged(what="a catalog row", problem="text cut short")
    return bytes(data[at + _TEXT.size : end]).decode("utf-8", "replace"), end


def _pack_mark(row: MarkRow) -> bytes:
    name = row.id.encode()[:LONGEST_TEXT]
    # The id stands right behind the fixed part's beginning, so that the key of a row is found without reading it all.
    head = _TEXT.pack(len(name)) + name
    fixed = _MARK.pack(row.record_type, row.is_open, 0, row.event_us, row.pre_us, row.until_us, len(row.streams))
    return head + fixed + b"".join(_STREAM.pack(*one) for one in row.streams)


def _parse_mark(data: memoryview) -> MarkRow:
    name, at = _read_text(data, 0)
    record_type, is_open, _zero, event_us, pre_us, until_us, count = _MARK.unpack_from(data, at)
    at += _MARK.size
    streams = tuple(StreamCode(*_STREAM.unpack_from(data, at + n * _STREAM.size)) for n in range(count))
    return MarkRow(name, record_type, is_open, event_us, pre_us, until_us, streams)


def _parse_block(data: memoryview) -> BlockRow:
    return BlockRow(*_BLOCK.unpack_from(data))


def _parse_span(data: memoryview) -> SpanRow:
    first, *rest = _SPAN.unpack_from(data)
    return SpanRow(RowId.parse(first), *rest)


def _parse_piece(data: memoryview) -> PieceRow:
    block, incarnation, span, *rest = _PIECE.unpack_from(data)
    return PieceRow(block, incarnation, RowId.parse(span), *rest)


def _parse_gap(data: memoryview) -> GapRow:
    first, *rest = _GAP.unpack_from(data)
    return GapRow(RowId.parse(first), *rest)


def _pack_due(row: DueRow) -> bytes:
    return _DUE.pack(row.channel, row.stream, row.start_us, row.record_type, row.boot, row.end_us)


def _parse_due(data: memoryview) -> DueRow:
    channel, stream, start_us, record_type, boot, end_us = _DUE.unpack_from(data)
    return DueRow(channel, stream, record_type, start_us, end_us, boot)


def _parse_hold(data: memoryview) -> HoldRow:
    first, *rest = _HOLD.unpack_from(data)
    texts: list[str] = []
    at = _HOLD.size
    for _nth in range(4):
        text, at = _read_text(data, at)
        texts.append(text)
    return HoldRow._make((RowId.parse(first), *rest, *texts))


def _parse_tag(data: memoryview) -> TagRow:
    first, *rest = _TAG.unpack_from(data)
    owner, at = _read_text(data, _TAG.size)
    words, _end = _read_text(data, at)
    return TagRow._make((RowId.parse(first), *rest, owner, words))


def _parse_clock_map(data: memoryview) -> ClockMapRow:
    return ClockMapRow(*_CLOCK_MAP.unpack_from(data))


def _parse_boot(data: memoryview) -> BootRow:
    return BootRow(*_BOOT.unpack_from(data))


def _parse_root(data: memoryview) -> RootRow:
    return RootRow(*_ROOT.unpack_from(data))


def _parse_head(data: memoryview) -> HeadRow:
    return HeadRow(*_HEAD.unpack_from(data))


def _parse_key(data: memoryview) -> KeyRow:
    return KeyRow(*_KEY.unpack_from(data))


def _parse_gone(data: memoryview) -> GoneRow:
    return GoneRow(data[0], bytes(data[1:]))


def _parse_copy(data: memoryview) -> CopyRow:
    block, incarnation, span, *rest = _COPY.unpack_from(data)
    return CopyRow(block, incarnation, RowId.parse(span), *rest)


def _parse_kept(data: memoryview) -> KeptRow:
    first, *rest = _KEPT.unpack_from(data)
    return KeptRow(RowId.parse(first), *rest)


def pack(row: Row) -> tuple[RowKind, bytes]:
    """Give the kind and the stored bytes of a row."""
    match row:
        case BlockRow():
            return RowKind.BLOCK, _BLOCK.pack(*row)
        case SpanRow():
            return RowKind.SPAN, _SPAN.pack(row.id.pack(), *row[1:])
        case PieceRow():
            return RowKind.PIECE, _PIECE.pack(row.block, row.incarnation, row.span.pack(), *row[3:])
        case GapRow():
            return RowKind.GAP, _GAP.pack(row.id.pack(), *row[1:])
        case DueRow():
            return RowKind.DUE, _pack_due(row)
        case MarkRow():
            return RowKind.MARK, _pack_mark(row)
        case HoldRow():
            return RowKind.HOLD, _HOLD.pack(row.id.pack(), *row[1:10]) + b"".join(map(_text, row[10:]))
        case TagRow():
            return RowKind.TAG, _TAG.pack(row.id.pack(), *row[1:8]) + b"".join(map(_text, row[8:]))
        case ClockMapRow():
            return RowKind.CLOCK_MAP, _CLOCK_MAP.pack(*row)
        case BootRow():
            return RowKind.BOOT, _BOOT.pack(*row)
        case GoneRow():
            return RowKind.GONE, bytes([row.kind]) + row.key
        case RootRow():
            return RowKind.ROOT, _ROOT.pack(*row)
        case HeadRow():
            return RowKind.HEAD, _HEAD.pack(*row)
        case KeyRow():
            return RowKind.KEY, _KEY.pack(*row)
        case CopyRow():
            return RowKind.COPY, _COPY.pack(row.block, row.incarnation, row.span.pack(), *row[3:])
        case KeptRow():
            return RowKind.KEPT, _KEPT.pack(row.hold.pack(), *row[1:])


_PARSERS: dict[int, Callable[[memoryview], Row]] = {
    RowKind.BLOCK: _parse_block,
    RowKind.SPAN: _parse_span,
    RowKind.PIECE: _parse_piece,
    RowKind.GAP: _parse_gap,
    RowKind.DUE: _parse_due,
    RowKind.MARK: _parse_mark,
    RowKind.HOLD: _parse_hold,
    RowKind.TAG: _parse_tag,
    RowKind.CLOCK_MAP: _parse_clock_map,
    RowKind.BOOT: _parse_boot,
    RowKind.GONE: _parse_gone,
    RowKind.ROOT: _parse_root,
    RowKind.HEAD: _parse_head,
    RowKind.KEY: _parse_key,
    RowKind.COPY: _parse_copy,
    RowKind.KEPT: _parse_kept,
}
_KEY_BYTES = {
    RowKind.BLOCK: 4,
    RowKind.SPAN: ID_BYTES,
    RowKind.PIECE: 12 + ID_BYTES,
    RowKind.GAP: ID_BYTES,
    RowKind.DUE: DUE_KEY.size,
    RowKind.HOLD: ID_BYTES,
    RowKind.TAG: ID_BYTES,
    RowKind.CLOCK_MAP: 24,
    RowKind.BOOT: 12,
    RowKind.ROOT: 8,
    RowKind.HEAD: 20,
    RowKind.KEY: 32,
    RowKind.COPY: 28 + ID_BYTES,
    RowKind.KEPT: ID_BYTES + 8,
}


def parse(kind: int, data: bytes | memoryview) -> Row | None:
    """Read a row; None for a kind that this version does not know. Raises `Damaged`."""
    parser = _PARSERS.get(kind)
    if parser is None:
        return None
    try:
        return parser(memoryview(data))
    except (struct.error, IndexError) as error:
        raise Damaged(what="a catalog row", problem=str(error)) from error


def key_of(kind: int, data: bytes) -> bytes:
    """Give the bytes by which a stored row is replaced; of an unknown kind, all of them."""
    if kind == RowKind.MARK:
        return data[: _TEXT.size + _TEXT.unpack_from(data)[0]] if len(data) >= _TEXT.size else data
    return data[: _KEY_BYTES[RowKind(kind)]] if kind in _KEY_BYTES else data
