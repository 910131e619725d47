"""Short films whose pictures carry their own number as bars of black and white, and samples made of them."""

from dataclasses import dataclass
from fractions import Fraction
from functools import cache

import av
import numpy as np

from recorder.client.stream import Codec, Epoch, Sample, SampleFlag, TrackKind, TrackParameters
from recorder.codec.jpeg import frame_header
from recorder.codec.nal import length_prefixed, split_annex_b

BITS = 10
START_US = 1_700_000_000_000_000
FRAME_US = 40_000


@dataclass(frozen=True)
class Film:
    """Encoded samples with the number of each picture; `gop` pictures from key to key."""

    epoch: Epoch
    data: tuple[bytes, ...]
    keys: tuple[bool, ...]
    order: tuple[int, ...]
    """Number of the picture in each sample; differs from counting where pictures are reordered."""

    def samples(self, start_us: int = START_US, frame_us: int = FRAME_US, first: int = 0, count: int | None = None):
        """Samples whose picture `first + n` was taken at `start_us + n * frame_us`."""
        last = len(self.data) if count is None else first + count
        made = []
        for at in range(first, last):
            flags = SampleFlag.KEY if self.keys[at] else SampleFlag.NONE
            if at == first:
                flags |= SampleFlag.DISCONTINUITY
            time = start_us + (self.order[at] - first) * frame_us
            made.append(Sample(0, time - start_us, time, flags, self.data[at]))
        return made


def picture(number: int, width: int, height: int) -> np.ndarray:
    """I420 planes: the bits of the number as vertical bars, lowest first."""
    frame = np.full((height * 3 // 2, width), 128, np.uint8)
    bar = width // BITS
    for bit in range(BITS):
        frame[:height, bit * bar : (bit + 1) * bar] = 220 if number >> bit & 1 else 30
    return frame


def number_of(shown: np.ndarray) -> int:
    """The number in a BGRX picture, height x width x 4, of any size."""
    height, width = shown.shape[:2]
    bar = width / BITS
    row = shown[height // 2, :, 1]
    return sum(1 << bit for bit in range(BITS) if row[int((bit + 0.5) * bar)] > 127)


@cache
def film(
    count: int = 50,
    gop: int = 10,
    width: int = 320,
    height: int = 240,
    codec: str = "h264",
    b_frames: int = 0,
    *,
    rough: bool = False,
) -> Film:
    """Encode a film; cached, because encoding takes a while. A `rough` one shows what a deblocking filter does."""
    name = {"h264": "libx264", "h265": "libx265"}.get(codec, codec)
    context = av.VideoCodecContext.create(name, "w")
    context.width, context.height = width, height
    context.pix_fmt = pixels = "yuvj420p" if codec == "mjpeg" else "yuv420p"
    context.time_base, context.framerate, context.thread_count = Fraction(1, 25), 25, 1
    if codec == "h264":
        preset, crf = ("superfast", "38") if rough else ("ultrafast", "20")
        context.options = {"preset": preset, "bf": str(b_frames), "g": str(gop), "sc_threshold": "0", "crf": crf}
    elif codec == "mpeg4":
        context.options = {"flags": "+global_header", "bf": str(b_frames), "g": str(gop), "sc_threshold": "1000000000"}
        context.bit_rate = 2_000_000
    elif codec == "h265":
        context.options = {
            "preset": "ultrafast",
            "x265-params": f"keyint={gop}:min-keyint={gop}:bframes={b_frames}:scenecut=0:log-level=none:pools=none",
        }
    packets = []
    for number in range(count):
        drawn = picture(number, width, height)
        if rough:
            drawn[:height] = (
                drawn[:height] // 2 + np.random.default_rng(number // 3).integers(0, 120, (height, width)) // 2
            )
        frame = av.VideoFrame.from_ndarray(drawn, format=pixels)
        frame.pts = number
        packets += context.encode(frame)
    packets += context.encode(None)
    parameter_sets: dict[int, bytes] = {}
    data, keys, order = [], [], []
    for packet in packets:
        if codec in {"mjpeg", "mpeg4"}:
            data.append(bytes(packet))
            keys.append(packet.is_keyframe)
            order.append(packet.pts)
            continue
        units = []
        for unit in split_annex_b(bytes(packet)):
            kind = unit[0] & 31 if codec == "h264" else unit[0] >> 1 & 63
            if kind in ((7, 8) if codec == "h264" else (32, 33, 34)):
                parameter_sets[kind] = bytes(unit)
            else:
                units.append(unit)
        data.append(bytes(length_prefixed(iter(units))))
        keys.append(packet.is_keyframe)
        order.append(packet.pts)
    sets = tuple(parameter_sets[kind] for kind in sorted(parameter_sets))
    if codec == "mjpeg":
        sets = (frame_header(data[0]),)
    elif codec == "mpeg4":
        sets = (bytes(context.extradata),)
    video = TrackParameters(0, TrackKind.VIDEO, Codec(codec), 90_000, sets, width, height)
    return Film(Epoch(1, (video,)), tuple(data), tuple(keys), tuple(order))
