"""Renders and encodes a clip, GOP by GOP, into its place in the cache."""

import fcntl
from collections.abc import Iterator
from fractions import Fraction
from pathlib import Path
from typing import BinaryIO, cast

import av
import av.logging
import numpy as np
from av.video.codeccontext import VideoCodecContext

from recorder.client.stream import Codec
from recorder.codec.jpeg import frame_header
from recorder.rtsp.packetise.units import join
from recorder.simulate import sound
from recorder.simulate.clip import BENCH, ClipSpec, ClipWriter, Head
from recorder.simulate.film import open_film

_WHOLE = frozenset({Codec.MJPEG, Codec.MPEG4})
_LIBRARY = {Codec.H264: "libx264", Codec.H265: "libx265"}
_PRESET = {Codec.H264: "superfast", Codec.H265: "ultrafast"}
# One thread each: several clips are encoded at once, and a laptop shows a wall meanwhile.
_LIBRARY_PARAMETERS = {
    Codec.H264: "threads=1",
    Codec.H265: "log-level=error:pools=1:frame-threads=1:open-gop=0",
}
_PARAMETER_SETS = {Codec.H264: (7, 8), Codec.H265: (32, 33, 34)}
# Encoder banners and access unit delimiters: cameras do not send the former, and the stamp takes their place.
_NOT_KEPT = {Codec.H264: (6, 9), Codec.H265: (35, 39)}


def encode(spec: ClipSpec, cache: Path) -> Iterator[bool]:
    """Make a clip, giving True after every GOP; does nothing where it is complete already.

    Who writes the growing file holds a lock. Where somebody else does, this gives False until it is gone, so that two
    simulators that share a cache do the work once.
    """
    cache.mkdir(parents=True, exist_ok=True)
    place, growing = spec.place(cache), spec.growing_place(cache)
    with (cache / f"{spec.key}.lock").open("w") as lock:
        while not _locked(lock.fileno()):
            yield False
        if place.exists():
            return
        growing.unlink(missing_ok=True)
        with growing.open("wb") as file:
            yield from _ENCODERS.get(spec.codec, _encode_pictures)(file, spec)
        growing.replace(place)
        Path(lock.name).unlink(missing_ok=True)


def _locked(descriptor: int) -> bool:
    try:
        fcntl.flock(descriptor, fcntl.LOCK_EX | fcntl.LOCK_NB)
    except BlockingIOError:
        return False
    return True


def _encode_pictures(file: BinaryIO, spec: ClipSpec) -> Iterator[bool]:
    film = open_film(spec)
    context = _encoder(spec)
    writer: ClipWriter | None = None
    for number in range(spec.frames + 1):
        frame = None
        if number < spec.frames:
            frame = av.VideoFrame.from_ndarray(film.picture(number), format="yuv420p")
            frame.pts = number
        if frame is not None and spec.codec is Codec.MJPEG:
            frame = frame.reformat(format="yuvj420p", threads=1)
        for packet in context.encode(frame):
            if spec.codec in _WHOLE:
                data = bytes(packet)
                if writer is None:
                    config = frame_header(data) if spec.codec is Codec.MJPEG else bytes(context.extradata or b"")
                    head = Head(spec.codec, spec.width, spec.height, spec.frames, spec.gop_frames, (config,))
                    writer = ClipWriter(file, head)
                writer.add(data, key=packet.is_keyframe)
                if writer.frames % spec.gop_frames in {0, 1}:
                    writer.flush()
                    yield True
                continue
            units = nal_units(bytes(packet))
            if writer is None:
                sets = tuple(unit for unit in units if _kind(spec.codec, unit) in _PARAMETER_SETS[spec.codec])
                writer = ClipWriter(file, Head(spec.codec, spec.width, spec.height, spec.frames, spec.gop_frames, sets))
            kept = [unit for unit in units if _kind(spec.codec, unit) not in _NOT_KEPT[spec.codec]]
            writer.add(join(kept), key=packet.is_keyframe)
            if writer.frames % spec.gop_frames in {0, 1}:
                writer.flush()
                yield True


def _encode_sound(file: BinaryIO, spec: ClipSpec) -> Iterator[bool]:
    context = av.CodecContext.create("aac", "w")
    context.sample_rate, context.bit_rate = sound.AAC_HZ, spec.bits_per_s
    context.layout, context.format = "mono", av.AudioFormat("fltp")
    context.open()
    writer = ClipWriter(file, Head(spec.codec, 0, 0, spec.frames, 1, (bytes(context.extradata or b""),)))
    samples = np.asarray(sound.waveform(sound.AAC_HZ), np.float32)[None] / 32768
    # The encoder looks one unit ahead: what it gives first is the silence before, and the loop's end joins its start.
    again = np.concatenate([samples, samples[:, : 2 * sound.AAC_CHUNK]], axis=1)
    units: list[bytes] = []
    for at in range(0, again.shape[1], sound.AAC_CHUNK):
        frame = av.AudioFrame.from_ndarray(again[:, at : at + sound.AAC_CHUNK].copy(), format="fltp", layout="mono")
        frame.sample_rate, frame.pts = sound.AAC_HZ, at
        units += map(bytes, context.encode(frame))
    for unit in units[-spec.frames :]:
        writer.add(unit, key=True)
    yield True


def _encode_opus(file: BinaryIO, spec: ClipSpec) -> Iterator[bool]:
    context = av.CodecContext.create("libopus", "w")
    context.sample_rate, context.bit_rate = sound.OPUS_HZ, spec.bits_per_s
    context.layout, context.format = "mono", av.AudioFormat("s16")
    context.open()
    writer = ClipWriter(file, Head(spec.codec, 0, 0, spec.frames, 1, ()))
    samples = np.asarray(sound.waveform(sound.OPUS_HZ), np.int16)[None]
    # As with AAC: what the encoder looks ahead is taken from the loop's start.
    again = np.concatenate([samples, samples[:, : 2 * sound.OPUS_CHUNK]], axis=1)
    packets: list[bytes] = []
    for at in range(0, again.shape[1], sound.OPUS_CHUNK):
        frame = av.AudioFrame.from_ndarray(again[:, at : at + sound.OPUS_CHUNK].copy(), format="s16", layout="mono")
        frame.sample_rate, frame.pts = sound.OPUS_HZ, at
        packets += map(bytes, context.encode(frame))
    for packet in packets[-spec.frames :]:
        writer.add(packet, key=True)
    yield True


def _encode_g726(file: BinaryIO, spec: ClipSpec) -> Iterator[bool]:
    context = av.CodecContext.create("g726le", "w")
    context.sample_rate, context.bit_rate = sound.G726_HZ, spec.bits_per_s
    context.layout, context.format = "mono", av.AudioFormat("s16")
    context.options = {"code_size": str(sound.G726_BITS)}
    context.open()
    writer = ClipWriter(file, Head(spec.codec, 0, 0, spec.frames, 1, (bytes((sound.G726_BITS,)),)))
    samples = np.asarray(sound.waveform(sound.G726_HZ), np.int16)[None]
    frame = av.AudioFrame.from_ndarray(samples, format="s16", layout="mono")
    frame.sample_rate, frame.pts = sound.G726_HZ, 0
    coded = b"".join(map(bytes, [*context.encode(frame), *context.encode(None)]))
    size = sound.G726_CHUNK * sound.G726_BITS // 8
    for number in range(spec.frames):
        writer.add(coded[number * size : (number + 1) * size], key=True)
    yield True


_ENCODERS = {Codec.AAC: _encode_sound, Codec.OPUS: _encode_opus, Codec.G726: _encode_g726}


def _whole_encoder(spec: ClipSpec) -> VideoCodecContext:
    """For codecs whose samples are what the encoder gives."""
    context = cast("VideoCodecContext", av.CodecContext.create(spec.codec.value, "w"))
    context.width, context.height = spec.width, spec.height
    context.time_base = Fraction(1, spec.frames_per_s)
    context.framerate = Fraction(spec.frames_per_s)
    context.thread_count = 1
    if spec.codec is Codec.MJPEG:
        context.pix_fmt = "yuvj420p"
        # RTP carries no Huffman tables but those of Annex K (RFC 2435 §3.1.4).
        context.options = {"huffman": "default", "qmin": "5", "qmax": "5"}
    else:
        context.pix_fmt = "yuv420p"
        context.bit_rate = spec.bits_per_s
        context.gop_size = spec.gop_frames
        context.options = {"flags": "+global_header", "bf": "0", "sc_threshold": "1000000000"}
    context.open()
    return context


def _encoder(spec: ClipSpec) -> VideoCodecContext:
    if spec.codec in _WHOLE:
        return _whole_encoder(spec)
    context = cast("VideoCodecContext", av.CodecContext.create(_LIBRARY[spec.codec], "w"))
    context.width, context.height = spec.width, spec.height
    context.pix_fmt = "yuv420p"
    context.framerate = Fraction(spec.frames_per_s)
    context.time_base = Fraction(1, spec.frames_per_s)
    context.bit_rate = spec.bits_per_s
    context.gop_size = spec.gop_frames
    context.thread_count = 1
    kbps = spec.bits_per_s // 1000
    common = (
        f"keyint={spec.gop_frames}:min-keyint={spec.gop_frames}:scenecut=0:bframes=0:repeat-headers=1"
        f":vbv-maxrate={kbps}:vbv-bufsize={kbps}:{_LIBRARY_PARAMETERS[spec.codec]}"
    )
    if spec.scene == BENCH:
        common += ":rc-lookahead=0"
    name = "x264-params" if spec.codec is Codec.H264 else "x265-params"
    context.options = {"preset": _PRESET[spec.codec], name: common}
    return context


def nal_units(stream: bytes) -> list[bytes]:
    """Cut what an encoder gives (start codes, H.264 Annex B) into NAL units."""
    parts = stream.replace(b"\0\0\0\1", b"\0\0\1").split(b"\0\0\1")
    return [part for part in parts if part]


def _kind(codec: Codec, unit: bytes) -> int:
    return unit[0] & 0x1F if codec is Codec.H264 else unit[0] >> 1 & 0x3F


av.logging.set_level(av.logging.ERROR)
