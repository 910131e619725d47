"""A few seconds of real video, as media and reader give it, and a tap that gives it."""

import asyncio
import fractions

import av
import numpy as np

from recorder.client import wire
from recorder.client.stream import Codec, Epoch, Sample, SampleFlag
from recorder.client.tap import EpochMessage, pack_sample_header
from recorder.codec.nal import length_prefixed, split_annex_b
from recorder.codec.parameters import describe

FRAMES = 24
GOP = 8
STEP_US = 40_000
PARAMETER_SETS = {Codec.H264: {7, 8}, Codec.H265: {32, 33, 34}}


def kind_of(codec, unit):
    return unit[0] & 31 if codec is Codec.H264 else unit[0] >> 1 & 63


def encode(codec=Codec.H264, width=128, height=96, b_frames=0):
    """Give an epoch and its samples in decoding order, and the frames that a decoder makes of the original stream."""
    name, options = {
        Codec.H264: ("libx264", {"preset": "ultrafast", "bf": str(b_frames), "x264-params": "scenecut=0:open-gop=0"}),
        Codec.H265: (
            "libx265",
            {"preset": "ultrafast", "x265-params": f"log-level=none:bframes={b_frames}:open-gop=0"},
        ),
    }[codec]
    coder = av.CodecContext.create(name, "w")
    coder.width, coder.height, coder.pix_fmt, coder.gop_size = width, height, "yuv420p", GOP
    coder.time_base, coder.framerate, coder.options = fractions.Fraction(1, 25), 25, options
    packets = []
    for number in range(FRAMES):
        picture = np.zeros((height, width, 3), np.uint8)
        picture[:, : (number + 1) * width // FRAMES] = 200
        frame = av.VideoFrame.from_ndarray(picture, "rgb24").reformat(format="yuv420p")
        frame.pts = number
        packets += coder.encode(frame)
    packets += coder.encode(None)
    units = [[bytes(one) for one in split_annex_b(bytes(packet))] for packet in packets]
    sets = tuple(one for one in units[0] if kind_of(codec, one) in PARAMETER_SETS[codec])
    epoch = Epoch(1, (describe(0, codec, 90_000, sets),))
    samples = [
        Sample(
            0,
            7_000_000 + packet.pts * STEP_US,
            1_700_000_000_000_000 + packet.pts * STEP_US,
            SampleFlag.KEY if packet.is_keyframe else SampleFlag.NONE,
            bytes(length_prefixed([one for one in own if kind_of(codec, one) not in PARAMETER_SETS[codec]])),
        )
        for packet, own in zip(packets, units, strict=True)
    ]
    decoder = av.CodecContext.create("h264" if codec is Codec.H264 else "hevc", "r")
    decoder.thread_count = 1
    frames = [frame for packet in packets for frame in decoder.decode(av.Packet(bytes(packet)))] + decoder.decode(None)
    return epoch, samples, [frame.to_ndarray() for frame in frames]


def sample_frame(number, epoch, sample):
    return pack_sample_header(number, epoch, sample) + bytes(sample.data)


class Tap:
    """Answers each subscription with `pieces`: epochs, samples, raw frames, calls to make, `None` to hang up."""

    def __init__(self, pieces):
        self.pieces = pieces
        self.told = []

    async def serve(self, reader, writer):
        try:
            while True:
                message = wire.decode((await wire.read_frame(reader))[1])
                self.told.append(message)
                if message["op"] == "subscribe":
                    await self.send(message["id"], writer)
        except (asyncio.IncompleteReadError, OSError):
            pass
        finally:
            writer.close()

    async def send(self, number, writer):
        for piece in self.pieces:
            if piece is None:
                writer.close()
                return
            if callable(piece):
                piece()
            elif isinstance(piece, Epoch):
                writer.write(wire.encode(EpochMessage(number, piece)))
            elif isinstance(piece, Sample):
                writer.write(sample_frame(number, 1, piece))
            else:
                writer.write(piece if isinstance(piece, bytes) else wire.encode(piece))
            await writer.drain()
