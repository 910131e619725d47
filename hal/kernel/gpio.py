"""The kernel's GPIO character device, version 2: the structures of linux/gpio.h, packed and taken apart.

Numbers are equal on x86-64 and aarch64; `tests/hal/kernel/test_gpio.py` compiles them from the header.
"""

import struct
from dataclasses import dataclass

GET_CHIPINFO = 0x8044B401
GET_LINEINFO = 0xC100B405
GET_LINE = 0xC250B407
GET_VALUES = 0xC010B40E
SET_VALUES = 0xC010B40F

USED = 1 << 0
ACTIVE_LOW = 1 << 1
INPUT = 1 << 2
OUTPUT = 1 << 3
EDGE_RISING = 1 << 4
EDGE_FALLING = 1 << 5
BIAS_PULL_UP = 1 << 8
BIAS_PULL_DOWN = 1 << 9

ATTRIBUTE_OUTPUT_VALUES = 2
ATTRIBUTE_DEBOUNCE_US = 3
RISING_EDGE = 1

_CHIP = struct.Struct("=32s32sI")
_INFO = struct.Struct("=32s32sIIQ160x16x")
_REQUEST = struct.Struct("=64I32sQI20x240sII20xi")
_ATTRIBUTE = struct.Struct("=I4xQQ")
_VALUES = struct.Struct("=QQ")
_EVENT = struct.Struct("=QIIII24x")
EVENT_BYTES = _EVENT.size


@dataclass(frozen=True)
class ChipInfo:
    """A chip: its name (gpiochip0), its label, and how many lines it has."""

    name: str
    label: str
    lines: int


@dataclass(frozen=True)
class LineInfo:
    """A line: its name in the device tree, who holds it, and its flags."""

    name: str
    consumer: str
    offset: int
    flags: int


@dataclass(frozen=True)
class LineEvent:
    """An edge. `sequence` counts the edges of this line from 1; a gap means that the kernel dropped some."""

    monotonic_ns: int
    rising: bool
    sequence: int


def empty_chip_info() -> bytearray:
    """Give the argument of GET_CHIPINFO."""
    return bytearray(_CHIP.size)


def chip_info(answer: bytes | bytearray) -> ChipInfo:
    """Take apart what GET_CHIPINFO gave."""
    name, label, lines = _CHIP.unpack(answer)
    return ChipInfo(_text(name), _text(label), lines)


def ask_line_info(offset: int) -> bytearray:
    """Give the argument of GET_LINEINFO."""
    return bytearray(_INFO.pack(b"", b"", offset, 0, 0))


def line_info(answer: bytes | bytearray) -> LineInfo:
    """Take apart what GET_LINEINFO gave."""
    name, consumer, offset, _attributes, flags = _INFO.unpack(answer)
    return LineInfo(_text(name), _text(consumer), offset, flags)


def line_request(
    offset: int, consumer: str, flags: int, *, debounce_us: int = 0, value: bool | None = None, events: int = 0
) -> bytearray:
    """Give the argument of GET_LINE for one line; with `value` an output begins so, `events` is the queue's length."""
    attributes = b""
    count = 0
    if debounce_us:
        attributes += _ATTRIBUTE.pack(ATTRIBUTE_DEBOUNCE_US, debounce_us, 1)
        count += 1
    if value is not None:
        attributes += _ATTRIBUTE.pack(ATTRIBUTE_OUTPUT_VALUES, int(value), 1)
        count += 1
    offsets = (offset, *[0] * 63)
    return bytearray(_REQUEST.pack(*offsets, consumer.encode()[:31], flags, count, attributes, 1, events, 0))


def requested_descriptor(answer: bytes | bytearray) -> int:
    """Take the line's descriptor from what GET_LINE gave."""
    return _REQUEST.unpack(answer)[-1]


def values(*, value: bool = False) -> bytearray:
    """Give the argument of GET_VALUES and SET_VALUES for the one line of a request."""
    return bytearray(_VALUES.pack(int(value), 1))


def value_of(answer: bytes | bytearray) -> bool:
    """Take the line's value from what GET_VALUES gave."""
    bits, _mask = _VALUES.unpack(answer)
    return bool(bits & 1)


def line_events(data: bytes) -> list[LineEvent]:
    """Take apart what was read from a line's descriptor; the kernel gives whole events only."""
    whole = len(data) // EVENT_BYTES * EVENT_BYTES
    return [
        LineEvent(timestamp, edge == RISING_EDGE, line_sequence)
        for timestamp, edge, _offset, _sequence, line_sequence in _EVENT.iter_unpack(data[:whole])
    ]


def _text(field: bytes) -> str:
    return field.split(b"\0")[0].decode(errors="replace")
