"""H.265 parameter sets (ITU-T H.265 §7.3.2) and the hvcC record of MP4 (ISO/IEC 14496-15 §8.3.3)."""

from collections.abc import Sequence
from dataclasses import dataclass

from recorder.codec.bits import BitReader
from recorder.codec.errors import BadBitstream

FIRST_KEY, LAST_KEY = 16, 23
"""The types of random access pictures: BLA, IDR, CRA and two reserved ones."""
VPS, SPS, PPS, DELIMITER = 32, 33, 34, 35
FIRST_NON_PICTURE = 32
SIDE_LIMIT = 16384


@dataclass(frozen=True)
class Sps:
    """What we need of a sequence parameter set; `width` and `height` are those of the picture, after cropping."""

    id: int
    profile_tier_level: bytes
    """The first 12 bytes of profile_tier_level(): space, tier, profile, compatibility, constraints and level."""
    sub_layers: int
    nested: bool
    width: int
    height: int
    chroma_format: int
    luma_bits: int
    chroma_bits: int


def kind(unit: bytes | bytearray | memoryview) -> int:
    """Give the type of a NAL unit."""
    return unit[0] >> 1 & 63


def parse_sps(unit: bytes | memoryview) -> Sps:
    """Read a whole SPS NAL unit; raises `BadBitstream`."""
    if len(unit) < 4 or kind(unit) != SPS:
        raise BadBitstream(problem="an SPS is missing")
    reader = BitReader.of_unit(unit[2:])
    reader.skip(4)
    sub_layers = reader.bits(3) + 1
    nested = reader.flag()
    if sub_layers > 7:
        raise BadBitstream(problem="an SPS has too many layers")
    general = b"".join(reader.bits(8).to_bytes() for _ in range(12))
    _skip_sub_layers(reader, sub_layers)
    number = reader.unsigned(15)
    chroma = reader.unsigned(3)
    separate = chroma == 3 and reader.flag()
    width, height = reader.unsigned(SIDE_LIMIT), reader.unsigned(SIDE_LIMIT)
    if reader.flag():
        across = 2 if chroma in {1, 2} and not separate else 1
        down = 2 if chroma == 1 and not separate else 1
        width -= across * (reader.unsigned(SIDE_LIMIT) + reader.unsigned(SIDE_LIMIT))
        height -= down * (reader.unsigned(SIDE_LIMIT) + reader.unsigned(SIDE_LIMIT))
    if width < 1 or height < 1:
        raise BadBitstream(problem="an SPS describes a picture without area")
    luma_bits, chroma_bits = 8 + reader.unsigned(8), 8 + reader.unsigned(8)
    return Sps(number, general, sub_layers, nested, width, height, chroma, luma_bits, chroma_bits)


def parse_vps_id(unit: bytes | memoryview) -> int:
    """Read the id of a VPS NAL unit; raises `BadBitstream`."""
    if len(unit) < 6 or kind(unit) != VPS:
        raise BadBitstream(problem="a VPS is missing")
    return unit[2] >> 4


def parse_pps_ids(unit: bytes | memoryview) -> tuple[int, int]:
    """Read the ids of a PPS NAL unit: its own, and that of its SPS; raises `BadBitstream`."""
    if len(unit) < 3 or kind(unit) != PPS:
        raise BadBitstream(problem="a PPS is missing")
    reader = BitReader.of_unit(unit[2:])
    return reader.unsigned(63), reader.unsigned(15)


def hvcc(sets: Sequence[bytes]) -> bytes:
    """Build the HEVCDecoderConfigurationRecord for 4-byte lengths from VPS, SPS and PPS; raises `BadBitstream`."""
    arrays = [(wanted, [one for one in sets if len(one) > 2 and kind(one) == wanted]) for wanted in (VPS, SPS, PPS)]
    if not all(found for _, found in arrays):
        raise BadBitstream(problem="VPS, SPS or PPS is missing")
    sps = parse_sps(arrays[1][1][0])
    record = bytearray((1,)) + sps.profile_tier_level
    # No spatial segmentation, parallelism unknown; average frame rate unknown.
    record += bytes(
        (0xF0, 0, 0xFC, 0xFC | sps.chroma_format, 0xF8 | sps.luma_bits - 8, 0xF8 | sps.chroma_bits - 8, 0, 0)
    )
    record += bytes((sps.sub_layers << 3 | sps.nested << 2 | 3, len(arrays)))
    for wanted, found in arrays:
        # Completeness is not claimed: later sets may stand in the samples.
        record.append(wanted)
        record += len(found).to_bytes(2)
        for one in found:
            if len(one) > 0xFFFF:
                raise BadBitstream(problem="a parameter set is too long")
            record += len(one).to_bytes(2) + one
    return bytes(record)


def codec_string(sets: Sequence[bytes]) -> str:
    """Give the name of ISO/IEC 14496-15 Annex E, e.g. `hvc1.1.6.L93.B0`; raises `BadBitstream`."""
    sequence = next((one for one in sets if len(one) > 2 and kind(one) == SPS), b"")
    general = parse_sps(sequence).profile_tier_level
    space = ("", "A", "B", "C")[general[0] >> 6]
    # The compatibility flags are written in reverse bit order.
    compatible = int(f"{int.from_bytes(general[1:5]):032b}"[::-1], 2)
    constraints = general[5:11].rstrip(b"\x00")
    tail = "".join(f".{one:X}" for one in constraints)
    tier = "H" if general[0] & 0x20 else "L"
    return f"hvc1.{space}{general[0] & 31}.{compatible:X}.{tier}{general[11]}{tail}"


def _skip_sub_layers(reader: BitReader, sub_layers: int) -> None:
    if sub_layers == 1:
        return
    present = [(reader.flag(), reader.flag()) for _ in range(sub_layers - 1)]
    reader.skip(2 * (9 - sub_layers))
    for profile, level in present:
        reader.skip(88 * profile + 8 * level)
