"""Encoded clips for benchmarks, and the samples they are made of."""

from fractions import Fraction

import av
import numpy as np

from recorder.client.stream import Codec, Epoch, TrackKind, TrackParameters
from recorder.codec.nal import length_prefixed, split_annex_b


def street(
    width: int, height: int, fps: int, gop: int, bits_per_s: int, seconds: int
) -> tuple[Epoch, list[tuple[bytes, bool]]]:
    """Encode a street of sorts: texture, sensor noise, and something that moves."""
    context = av.VideoCodecContext.create("libx264", "w")
    context.width, context.height, context.pix_fmt = width, height, "yuv420p"
    context.time_base, context.framerate, context.bit_rate = Fraction(1, fps), fps, bits_per_s
    context.options = {
        "preset": "veryfast",
        "g": str(gop),
        "keyint_min": str(gop),
        "bf": "0",
        "sc_threshold": "0",
        "x264-params": f"vbv-maxrate={bits_per_s // 1000}:vbv-bufsize={bits_per_s // 500}:nal-hrd=cbr",
    }
    chance = np.random.default_rng(1)
    ground = np.full((height * 3 // 2, width), 128, np.uint8)
    coarse = chance.integers(40, 200, (height // 20 + 1, width // 20 + 1), np.uint8)
    ground[:height] = np.kron(coarse, np.ones((20, 20), np.uint8))[:height, :width]
    packets = []
    for number in range(seconds * fps):
        picture = ground.copy()
        picture[:height] += chance.integers(0, 4, (height, width), np.uint8)
        left = number * 7 % (width - 200)
        picture[height // 3 : height * 2 // 3, left : left + 200] = 230
        frame = av.VideoFrame.from_ndarray(picture, format="yuv420p")
        frame.pts = number
        packets += context.encode(frame)
    packets += context.encode(None)
    sets: dict[int, bytes] = {}
    samples = []
    for packet in packets:
        units = []
        for unit in split_annex_b(bytes(packet)):
            kind = unit[0] & 31
            if kind in {7, 8}:
                sets[kind] = bytes(unit)
            else:
                units.append(unit)
        samples.append((bytes(length_prefixed(iter(units))), packet.is_keyframe))
    video = TrackParameters(0, TrackKind.VIDEO, Codec.H264, 90_000, (sets[7], sets[8]), width, height)
    return Epoch(1, (video,)), samples
