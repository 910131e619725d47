"""NAL units in their two forms: behind 4-byte lengths as in MP4 samples, and behind start codes (Annex B)."""

import re
import struct
from collections.abc import Iterator

from recorder.codec.errors import BadBitstream

LENGTH = struct.Struct(">I")
START_CODE = b"\x00\x00\x00\x01"
_START = re.compile(rb"\x00\x00\x01")


def units(sample: bytes | bytearray | memoryview) -> Iterator[memoryview]:
    """Give each NAL unit of a sample (4-byte lengths) as a view into it; raises `BadBitstream` where one is cut off."""
    view = memoryview(sample)
    at, end = 0, len(view)
    while at < end:
        if at + 4 > end:
            raise BadBitstream(problem="a NAL unit's length is cut off")
        (length,) = LENGTH.unpack_from(view, at)
        at += 4
        if length > end - at:
            raise BadBitstream(problem="a NAL unit is cut off")
        if length:
            yield view[at : at + length]
        at += length


def is_whole(sample: bytes | bytearray | memoryview) -> bool:
    """Whether a sample is NAL units behind their 4-byte lengths, none of them cut off."""
    at, last = 0, len(sample) - 4
    read = LENGTH.unpack_from
    while at <= last:
        (length,) = read(sample, at)
        at += 4 + length
    return at == last + 4


def annex_b(sample: bytes | bytearray | memoryview) -> bytearray:
    """Copy a sample (4-byte lengths) into Annex B, each length replaced by a start code; raises `BadBitstream`."""
    out = bytearray(sample)
    at, end = 0, len(out)
    while at < end:
        if at + 4 > end:
            raise BadBitstream(problem="a NAL unit's length is cut off")
        (length,) = LENGTH.unpack_from(out, at)
        if length > end - at - 4:
            raise BadBitstream(problem="a NAL unit is cut off")
        out[at : at + 4] = START_CODE
        at += 4 + length
    return out


def split_annex_b(data: bytes | bytearray | memoryview) -> Iterator[memoryview]:
    """Give each NAL unit of an Annex B stream (3- or 4-byte start codes), without trailing zero bytes, as views.

    What stands before the first start code is ignored (ITU-T H.264 Annex B leaves only zeros there).
    """
    view = memoryview(data)
    begin = -1
    for match in _START.finditer(view):
        if begin >= 0:
            yield from _trimmed(view, begin, match.start())
        begin = match.end()
    if begin >= 0:
        yield from _trimmed(view, begin, len(view))


def length_prefixed(nal_units: Iterator[memoryview] | list[bytes] | tuple[bytes, ...]) -> bytearray:
    """Join NAL units into one sample, each behind its 4-byte length."""
    out = bytearray()
    for one in nal_units:
        out += LENGTH.pack(len(one))
        out += one
    return out


def _trimmed(view: memoryview, begin: int, end: int) -> Iterator[memoryview]:
    while end > begin and view[end - 1] == 0:
        end -= 1
    if end > begin:
        yield view[begin:end]
