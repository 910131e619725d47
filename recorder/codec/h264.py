"""H.264 parameter sets (ITU-T H.264 §7.3.2) and the avcC record of MP4 (ISO/IEC 14496-15 §5.3.3)."""

from collections.abc import Sequence
from dataclasses import dataclass

from recorder.codec.bits import BitReader
from recorder.codec.errors import BadBitstream

SLICE, IDR, SEI, SPS, PPS, DELIMITER = 1, 5, 6, 7, 8, 9
SIDE_LIMIT = 16384
# §7.3.2.1.1: the profiles whose SPS carries chroma format and bit depth.
_HIGH_PROFILES = frozenset({44, 83, 86, 100, 110, 118, 122, 128, 134, 135, 138, 139, 244})


@dataclass(frozen=True)
class Sps:
    """What we need of a sequence parameter set; `width` and `height` are those of the picture, after cropping."""

    id: int
    profile: int
    constraints: int
    level: int
    width: int
    height: int
    chroma_format: int = 1
    luma_bits: int = 8
    chroma_bits: int = 8

    @property
    def high(self) -> bool:
        """The SPS carries chroma format and bit depth, and so does avcC."""
        return self.profile in _HIGH_PROFILES


def kind(unit: bytes | bytearray | memoryview) -> int:
    """Give the type of a NAL unit."""
    return unit[0] & 31


def parse_sps(unit: bytes | memoryview) -> Sps:
    """Read a whole SPS NAL unit; raises `BadBitstream`."""
    if len(unit) < 4 or kind(unit) != SPS:
        raise BadBitstream(problem="an SPS is missing")
    reader = BitReader.of_unit(unit[1:])
    profile, constraints, level = reader.bits(8), reader.bits(8), reader.bits(8)
    number = reader.unsigned(31)
    chroma, luma_bits, chroma_bits, separate = 1, 8, 8, False
    if profile in _HIGH_PROFILES:
        chroma = reader.unsigned(3)
        separate = chroma == 3 and reader.flag()
        luma_bits, chroma_bits = 8 + reader.unsigned(6), 8 + reader.unsigned(6)
        reader.skip(1)
        if reader.flag():
            for index in range(8 if chroma != 3 else 12):
                if reader.flag():
                    _skip_scaling_list(reader, 16 if index < 6 else 64)
    reader.unsigned(12)
    _skip_picture_order(reader)
    reader.unsigned(16)
    reader.skip(1)
    columns = reader.unsigned(SIDE_LIMIT // 16 - 1) + 1
    rows = reader.unsigned(SIDE_LIMIT // 16 - 1) + 1
    frames_only = reader.flag()
    if not frames_only:
        reader.skip(1)
        rows *= 2
    reader.skip(1)
    width, height = 16 * columns, 16 * rows
    if reader.flag():
        # Table 6-1: cropping counts chroma samples, and field rows where pictures may be fields.
        plain = separate or chroma in {0, 3}
        across = 1 if plain else 2
        down = (1 if plain or chroma == 2 else 2) * (1 if frames_only else 2)
        width -= across * (reader.unsigned(SIDE_LIMIT) + reader.unsigned(SIDE_LIMIT))
        height -= down * (reader.unsigned(SIDE_LIMIT) + reader.unsigned(SIDE_LIMIT))
    if width < 1 or not 0 < height <= SIDE_LIMIT:
        raise BadBitstream(problem="an SPS describes a picture without area")
    return Sps(number, profile, constraints, level, width, height, chroma, luma_bits, chroma_bits)


def parse_pps_ids(unit: bytes | memoryview) -> tuple[int, int]:
    """Read the ids of a PPS NAL unit: its own, and that of its SPS; raises `BadBitstream`."""
    if len(unit) < 2 or kind(unit) != PPS:
        raise BadBitstream(problem="a PPS is missing")
    reader = BitReader.of_unit(unit[1:])
    return reader.unsigned(255), reader.unsigned(31)


def avcc(sets: Sequence[bytes]) -> bytes:
    """Build the AVCDecoderConfigurationRecord for 4-byte lengths from SPS and PPS NAL units; raises `BadBitstream`."""
    sequences = [one for one in sets if one and kind(one) == SPS][:31]
    pictures = [one for one in sets if one and kind(one) == PPS][:255]
    if not sequences or not pictures:
        raise BadBitstream(problem="SPS or PPS is missing")
    sps = parse_sps(sequences[0])
    record = bytearray((1, sps.profile, sps.constraints, sps.level, 0xFF, 0xE0 | len(sequences)))
    for one in sequences:
        record += _counted(one)
    record.append(len(pictures))
    for one in pictures:
        record += _counted(one)
    if sps.high and sps.profile not in {44, 83, 86}:
        record += bytes((0xFC | sps.chroma_format, 0xF8 | sps.luma_bits - 8, 0xF8 | sps.chroma_bits - 8, 0))
    return bytes(record)


def codec_string(sets: Sequence[bytes]) -> str:
    """Give the name of RFC 6381 §3.3, e.g. `avc1.64001f`; raises `BadBitstream`."""
    sequence = next((one for one in sets if len(one) >= 4 and kind(one) == SPS), None)
    if sequence is None:
        raise BadBitstream(problem="an SPS is missing")
    return f"avc1.{sequence[1]:02x}{sequence[2]:02x}{sequence[3]:02x}"


def _skip_scaling_list(reader: BitReader, size: int) -> None:
    last = following = 8
    for _ in range(size):
        if following:
            following = (last + reader.signed()) & 255
        last = following or last


def _skip_picture_order(reader: BitReader) -> None:
    order = reader.unsigned(2)
    if order == 0:
        reader.unsigned(12)
    elif order == 1:
        reader.skip(1)
        reader.signed()
        reader.signed()
        for _ in range(reader.unsigned(255)):
            reader.signed()


def _counted(unit: bytes) -> bytes:
    if len(unit) > 0xFFFF:
        raise BadBitstream(problem="a parameter set is too long")
    return len(unit).to_bytes(2) + unit
