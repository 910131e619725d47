"""Sound files of people, from a USB stick or a browser: hostile until they are plain samples, of a length and a size.

What a file is is told by its first bytes (`container_of`), and nothing else is tried.
"""

import io
import time
from collections.abc import Iterator
from dataclasses import dataclass
from typing import TypeAlias

import av
from av.container import InputContainer
from av.error import FFmpegError

from recorder.client.errors import NightjarError
from recorder.client.sound_files import KEPT_BYTES, LARGEST_FILE, LONGEST_S, container_of
from recorder.client.words import _

RATES_HZ = (48_000, 16_000)
"""As good as it is while that has room; else as good as speech needs to be. A minute at 16 kHz has room."""
SLOWEST_S = 15.0
"""Of the processor. A minute of music takes a tenth of a second."""
LOWEST_HZ, HIGHEST_HZ = 4000, 192_000
MOST_CHANNELS = 8
MOST_SAMPLES = 1 << 17
"""Of one frame: the largest of FLAC has 65 535."""
SAMPLE_BYTES = 2
_CODECS = frozenset({"mp3", "mp3float", "flac", "vorbis", "opus", "libopus", "libvorbis", "aac", "alac"})
Resampled: TypeAlias = list[av.AudioFrame]


class NoSoundFile(NightjarError):
    """A file that no sound can be made of."""

    status = 422
    words = _("This sound cannot be played: {problem}. WAV, MP3, FLAC, OGG and M4A files are what is known.")


@dataclass(frozen=True)
class Samples:
    """One channel of signed samples of 16 bits, little-endian."""

    rate_hz: int
    data: bytes


def decoded(data: bytes) -> Samples:
    """Decode a file into at most `LONGEST_S` and `KEPT_BYTES`; raises `NoSoundFile`. Takes seconds at the worst."""
    if len(data) > LARGEST_FILE:
        raise NoSoundFile(problem=_("it is larger than {most} MiB").format(most=LARGEST_FILE >> 20))
    if not (container := container_of(data)):
        raise NoSoundFile(problem=_("nobody knows what it is"))
    try:
        with av.open(io.BytesIO(data), "r", format=container, options={"probesize": "1000000"}) as file:
            if not file.streams.audio:
                raise NoSoundFile(problem=_("there is no sound in it"))
            whole = _resampled(_frames(file, file.streams.audio[0]), RATES_HZ[0])
    except (FFmpegError, ValueError, MemoryError, EOFError, IndexError) as error:
        raise NoSoundFile(problem=_("it is damaged")) from error
    for rate_hz in RATES_HZ:
        found = whole if rate_hz == RATES_HZ[0] else _resampled(iter(whole), rate_hz)
        samples = b"".join(one.to_ndarray().astype("<i2", copy=False).tobytes() for one in found)
        if not samples:
            raise NoSoundFile(problem=_("there is nothing in it"))
        if len(samples) > LONGEST_S * rate_hz * SAMPLE_BYTES:
            raise _too_long()
        if len(samples) <= KEPT_BYTES:
            return Samples(rate_hz, samples)
    raise _too_long()


def _frames(file: InputContainer, stream: av.AudioStream) -> Iterator[av.AudioFrame]:
    """Give what is heard, and look at each before anything is made of it."""
    # PyAV has no context where libavcodec has no decoder.
    name = str(getattr(stream.codec_context, "name", _("nobody knows what")))
    if name not in _CODECS and not name.startswith(("pcm_", "adpcm_")):
        raise NoSoundFile(problem=_("it is coded as {codec}").format(codec=name[:20]))
    begun, heard_s = time.thread_time(), 0.0
    for packet in file.demux(stream):
        if time.thread_time() - begun > SLOWEST_S:
            raise NoSoundFile(problem=_("decoding it takes too long"))
        for frame in packet.decode():
            bounded = LOWEST_HZ <= frame.sample_rate <= HIGHEST_HZ and frame.samples <= MOST_SAMPLES
            if not bounded or frame.layout.nb_channels > MOST_CHANNELS:
                raise NoSoundFile(problem=_("it is damaged"))
            heard_s += frame.samples / frame.sample_rate
            if heard_s > LONGEST_S:
                raise _too_long()
            yield frame


def _resampled(frames: Iterator[av.AudioFrame], rate_hz: int) -> Resampled:
    made: Resampled = []
    resampler: av.AudioResampler | None = None
    shape: tuple[int, str, str] | None = None
    for frame in frames:
        now = frame.sample_rate, frame.layout.name, frame.format.name
        if now != shape:
            # Files that change in the middle are rare and not forbidden.
            made += resampler.resample(None) if resampler is not None else []
            resampler, shape = av.AudioResampler(format="s16", layout="mono", rate=rate_hz), now
        assert resampler is not None
        made += resampler.resample(frame)
    made += resampler.resample(None) if resampler is not None else []
    return made


def _too_long() -> NoSoundFile:
    return NoSoundFile(problem=_("it is longer than {most} s").format(most=LONGEST_S))
