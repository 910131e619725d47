"""AudioSpecificConfig of AAC (ISO/IEC 14496-3 §1.6.2.1): what a decoder must know before the first frame."""

from dataclasses import dataclass

from recorder.codec.bits import BitReader
from recorder.codec.errors import BadBitstream

RATES_HZ = (96000, 88200, 64000, 48000, 44100, 32000, 24000, 22050, 16000, 12000, 11025, 8000, 7350)
# Table 1.19; configuration 0 says that the count stands elsewhere.
CHANNELS = {0: 0, 1: 1, 2: 2, 3: 3, 4: 4, 5: 5, 6: 6, 7: 8, 11: 7, 12: 8, 14: 8}
SBR, PARAMETRIC_STEREO = 5, 29
LOW_COMPLEXITY = 2


@dataclass(frozen=True)
class AudioConfig:
    """The fields of the configuration; `samples_per_frame` counts at `rate_hz`, the rate of the core coder."""

    object_type: int
    rate_hz: int
    channels: int
    samples_per_frame: int = 1024


def parse(config: bytes) -> AudioConfig:
    """Read an AudioSpecificConfig; raises `BadBitstream`."""
    if not 2 <= len(config) <= 64:
        raise BadBitstream(problem="the configuration of AAC has a wrong length")
    reader = BitReader(config)
    kind = _object_type(reader)
    rate_hz = _rate(reader)
    layout = reader.bits(4)
    if layout not in CHANNELS:
        raise BadBitstream(problem="the configuration of AAC has a reserved channel layout")
    core = kind
    if kind in {SBR, PARAMETRIC_STEREO}:
        _rate(reader)
        core = _object_type(reader)
    short = core in {1, 2, 3, 4, 6, 7} and reader.flag()
    return AudioConfig(kind, rate_hz, CHANNELS[layout], 960 if short else 1024)


def build(rate_hz: int, channels: int, object_type: int = LOW_COMPLEXITY) -> bytes:
    """Give the AudioSpecificConfig of plain AAC; raises `BadBitstream` where it cannot be said in two bytes."""
    layout = next((number for number, count in CHANNELS.items() if count == channels and number), None)
    if layout is None or rate_hz not in RATES_HZ or not 1 <= object_type <= 30:
        raise BadBitstream(problem=f"AAC of {rate_hz} Hz and {channels} channels")
    return (object_type << 11 | RATES_HZ.index(rate_hz) << 7 | layout << 3).to_bytes(2)


def _object_type(reader: BitReader) -> int:
    kind = reader.bits(5)
    return 32 + reader.bits(6) if kind == 31 else kind


def _rate(reader: BitReader) -> int:
    index = reader.bits(4)
    if index == 15:
        rate_hz = reader.bits(24)
    elif index < len(RATES_HZ):
        rate_hz = RATES_HZ[index]
    else:
        raise BadBitstream(problem="the configuration of AAC has a reserved rate")
    if not rate_hz:
        raise BadBitstream(problem="the configuration of AAC has no rate")
    return rate_hz
