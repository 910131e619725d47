"""MPEG-4 part 2 video (ISO/IEC 14496-2): its configuration, and where pictures begin that need no other."""

import re
from dataclasses import dataclass

from recorder.codec.bits import LONGEST_SET, BitReader
from recorder.codec.errors import BadBitstream

VISUAL_OBJECT_SEQUENCE, GROUP, PICTURE = 0xB0, 0xB3, 0xB6
_LAYER = re.compile(rb"\x00\x00\x01[\x20-\x2f]")
_FIRST_OF_PICTURE = re.compile(rb"\x00\x00\x01[\xb3\xb6]")
_PICTURE = b"\x00\x00\x01\xb6"
_SEQUENCE = b"\x00\x00\x01\xb0"
START = b"\x00\x00\x01"
_RECTANGLE, _BINARY_ONLY, _GREY = 0, 2, 3


@dataclass(frozen=True)
class Layer:
    """What we need of a video object layer; `profile` is profile_and_level_indication, 0 where it is not told."""

    width: int
    height: int
    profile: int


def parse_configuration(config: bytes | memoryview) -> Layer:
    """Read VOS, VO and VOL headers (§6.2.2, §6.2.3); raises `BadBitstream`."""
    data = bytes(config[: LONGEST_SET + 1])
    found = _LAYER.search(data)
    if len(data) > LONGEST_SET or found is None:
        raise BadBitstream(problem="the configuration of MPEG-4 video is missing")
    reader = BitReader(data[found.end() :])
    reader.skip(1 + 8)
    version = 1
    if reader.flag():
        version = reader.bits(4)
        reader.skip(3)
    if reader.bits(4) == 15:
        reader.skip(16)
    if reader.flag():
        reader.skip(3)
        if reader.flag():
            reader.skip(79)
    shape = reader.bits(2)
    if shape == _GREY and version != 1:
        reader.skip(4)
    reader.skip(1)
    resolution = reader.bits(16)
    reader.skip(1)
    if not resolution:
        raise BadBitstream(problem="the configuration of MPEG-4 video has no clock")
    if reader.flag():
        reader.skip(max(1, (resolution - 1).bit_length()))
    if shape != _RECTANGLE:
        raise BadBitstream(problem="MPEG-4 video that is no rectangle")
    reader.skip(1)
    width = reader.bits(13)
    reader.skip(1)
    height = reader.bits(13)
    if not width or not height:
        raise BadBitstream(problem="MPEG-4 video without area")
    sequence = data.find(_SEQUENCE)
    profile = data[sequence + 4] if 0 <= sequence < len(data) - 4 else 0
    return Layer(width, height, profile)


def configuration_of(unit: bytes | bytearray) -> bytes:
    """Give the headers that stand before the picture of an access unit, b"" where there is no layer among them."""
    if unit.startswith(_PICTURE):
        return b""
    first = _FIRST_OF_PICTURE.search(unit)
    config = bytes(unit[: first.start()]) if first else b""
    return config if _LAYER.search(config) else b""


def coding_type(unit: bytes | bytearray) -> int | None:
    """Give the vop_coding_type of the first picture (0 intra, 1 predicted, 2 both ways, 3 sprite); None without one."""
    at = unit.find(_PICTURE)
    return unit[at + 4] >> 6 if 0 <= at < len(unit) - 4 else None
