"""The sound of a simulated camera: a soft chord, and somebody walking. Loops without a seam."""

import math
import random
from array import array
from functools import cache

from recorder.client.stream import Codec
from recorder.simulate.clip import ClipSpec

LOOP_S = 9.6
CHORD_HZ = (220.0, 277.5, 330.0)  # whole numbers of periods in the loop
STEP_EVERY_S = 0.6
STEP_S = 0.09

ALAW_HZ = 8000
ALAW_CHUNK = 320
"""Samples of one packet of A-law: 40 ms."""

AAC_HZ = 16_000
AAC_CHUNK = 1024
"""Samples of one access unit of AAC: 64 ms."""

AAC_CLIP = ClipSpec("sound", Codec.AAC, 0, 0, 0, 32_000, 1, round(LOOP_S * AAC_HZ / AAC_CHUNK))

OPUS_HZ = 48_000
OPUS_CHUNK = 960
"""Samples of one packet of Opus: 20 ms."""

OPUS_CLIP = ClipSpec("sound", Codec.OPUS, 0, 0, 0, 32_000, 1, round(LOOP_S * OPUS_HZ / OPUS_CHUNK))

G726_HZ = 8000
G726_CHUNK = 320
"""Samples of one packet of G.726: 40 ms, or 160 bytes at 32 kbit/s."""
G726_BITS = 4

G726_CLIP = ClipSpec("sound", Codec.G726, 0, 0, 0, 32_000, 1, round(LOOP_S * G726_HZ / G726_CHUNK))

_TREMOLO_HZ = 1 / 3.2
_CHORD_LEVEL, _STEP_LEVEL = 900, 5200


def waveform(rate_hz: int) -> "array[int]":
    """Give the loop as 16-bit samples."""
    noise = random.Random(9)
    count = round(LOOP_S * rate_hz)
    samples = array("h", bytes(2 * count))
    step, every = round(STEP_S * rate_hz), round(STEP_EVERY_S * rate_hz)
    muffled = 0.0
    for at in range(count):
        time = at / rate_hz
        swell = 0.6 + 0.4 * math.sin(math.tau * _TREMOLO_HZ * time)
        level = swell * _CHORD_LEVEL * sum(math.sin(math.tau * hz * time) for hz in CHORD_HZ) / len(CHORD_HZ)
        if (into := at % every) < step:
            muffled += 0.35 * (noise.uniform(-1, 1) - muffled)
            level += _STEP_LEVEL * muffled * math.exp(-5 * into / step)
        samples[at] = round(level)
    return samples


@cache
def alaw_loop() -> tuple[bytes, ...]:
    """Give the loop in A-law at 8 kHz, in chunks of `ALAW_CHUNK` samples."""
    coded = bytes(map(_alaw, waveform(ALAW_HZ)))
    return tuple(coded[at : at + ALAW_CHUNK] for at in range(0, len(coded), ALAW_CHUNK))


def _alaw(sample: int) -> int:
    """Code one 16-bit sample (ITU-T G.711, even bits inverted)."""
    sign = 0x80 if sample >= 0 else 0
    magnitude = min(sample if sample >= 0 else -sample - 1, 0x7FFF)
    exponent = max(magnitude.bit_length() - 8, 0)
    mantissa = magnitude >> (exponent + 3 if exponent else 4) & 0x0F
    return (sign | exponent << 4 | mantissa) ^ 0x55
