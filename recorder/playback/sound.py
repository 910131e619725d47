"""The sound of an export: AAC and Opus go in as they are; G.711 and G.726, for which MP4 has no place, become AAC.

Encoded sound is one unbroken track: where packets are missing, silence keeps it beside the picture.
"""

import io
from collections.abc import Iterator
from fractions import Fraction
from typing import TYPE_CHECKING, Any, Protocol, TypeAlias, cast

import av
from av.container import OutputContainer
from av.error import FFmpegError

from recorder.client.stream import Codec, Sample, TrackParameters
from recorder.codec.parameters import decoder_configuration

if TYPE_CHECKING:
    Packet: TypeAlias = av.Packet[Any]
else:
    Packet = av.Packet

SECOND_US = 1_000_000
FRAME_SAMPLES = 1024
BITS_PER_S = 32_000
TOLERANCE_S = 0.1
"""Sound may be so far from its place before silence is put in or a packet is left out."""
LONGEST_SILENCE_S = 600
# Sampling frequencies by index, ISO/IEC 14496-3 table 1.18
_FREQUENCIES = (96000, 88200, 64000, 48000, 44100, 32000, 24000, 22050, 16000, 12000, 11025, 8000, 7350)
_AAC_LC = 2
_DECODERS = {Codec.PCMA: "pcm_alaw", Codec.PCMU: "pcm_mulaw", Codec.G726: "g726le"}


class Sound(Protocol):
    """One sound track of a file being written."""

    def packets(self, sample: Sample, at_us: int) -> Iterator[Packet]:
        """What a sample, to be heard `at_us` after the begin of the file, becomes."""
        ...

    def rest(self) -> Iterator[Packet]:
        """What is left at the end."""
        ...


def open_sound(container: OutputContainer, parameters: TrackParameters, first: Sample) -> Sound | None:
    """Add a sound track to a file; None where it is of a kind that cannot be taken along."""
    try:
        if parameters.codec is Codec.AAC:
            return CopiedAac(container, parameters, first)
        if parameters.codec is Codec.OPUS:
            return CopiedOpus(container, parameters)
        if parameters.codec in _DECODERS:
            return EncodedSound(container, parameters)
    except (FFmpegError, ValueError, IndexError):
        pass
    return None


class CopiedAac:
    """AAC-LC as it was recorded. Raises `ValueError` for what an ADTS header cannot say."""

    def __init__(self, container: OutputContainer, parameters: TrackParameters, first: Sample) -> None:
        self._header = _adts(parameters.parameter_sets[0])
        # The muxer learns the configuration from a probed stream: PyAV cannot set it by hand.
        probe = io.BytesIO(self._framed(first.data) * 3)
        with av.open(probe, format="aac") as template:
            self._stream = container.add_stream_from_template(template.streams.audio[0], opaque=True)
        self._last_us = -1

    def packets(self, sample: Sample, at_us: int) -> Iterator[Packet]:
        """The sample itself."""
        if at_us <= self._last_us:
            return
        self._last_us = at_us
        packet = av.Packet(self._framed(sample.data))
        packet.stream = self._stream
        packet.time_base = Fraction(1, SECOND_US)
        packet.pts = packet.dts = at_us
        packet.is_keyframe = True
        yield packet

    def rest(self) -> Iterator[Packet]:
        """Nothing is held back."""
        return iter(())

    def _framed(self, data: bytes | memoryview) -> bytes:
        length = len(data) + 7
        if length > 0x1FFF:
            return b""
        head = bytearray(self._header)
        head[3] |= length >> 11
        head[4] = length >> 3 & 0xFF
        head[5] = (length & 7) << 5 | 0x1F
        return bytes(head) + bytes(data)


class CopiedOpus:
    """Opus as it was recorded ("Encapsulation of Opus in ISO Base Media File Format" §4.3)."""

    def __init__(self, container: OutputContainer, parameters: TrackParameters) -> None:
        # The muxer learns the codec from a probed stream; what it is told then counts.
        with av.open(io.BytesIO(_empty_ogg(parameters)), format="ogg") as template:
            self._stream = container.add_stream_from_template(template.streams.audio[0], opaque=True)
        self._stream.codec_context.extradata = decoder_configuration(parameters)
        self._last_us = -1

    def packets(self, sample: Sample, at_us: int) -> Iterator[Packet]:
        """The sample itself."""
        if at_us <= self._last_us:
            return
        self._last_us = at_us
        packet = av.Packet(bytes(sample.data))
        packet.stream = self._stream
        packet.time_base = Fraction(1, SECOND_US)
        packet.pts = packet.dts = at_us
        packet.is_keyframe = True
        yield packet

    def rest(self) -> Iterator[Packet]:
        """Nothing is held back."""
        return iter(())


class EncodedSound:
    """G.711 and G.726 (ITU-T, 8000 samples a second) as AAC."""

    def __init__(self, container: OutputContainer, parameters: TrackParameters) -> None:
        self._rate = parameters.clock_hz if 7000 <= parameters.clock_hz <= 48000 else 8000
        layout = "stereo" if parameters.channels == 2 else "mono"
        decoder = cast("av.AudioCodecContext", av.AudioCodecContext.create(_DECODERS[parameters.codec], "r"))
        if parameters.codec is Codec.G726:
            decoder.options = {"bits_per_coded_sample": str(parameters.parameter_sets[0][0])}
        decoder.sample_rate = self._rate
        decoder.layout = layout
        self._decoder = decoder
        stream = container.add_stream("aac", rate=self._rate, layout=layout, bit_rate=BITS_PER_S)
        self._stream = stream
        self._encoder = stream.codec_context
        self._layout = layout
        self._convert = av.AudioResampler(format="fltp", layout=layout, rate=self._rate)
        self._waiting = av.AudioFifo()
        self._heard: int | None = None  # samples of the track so far

    def packets(self, sample: Sample, at_us: int) -> Iterator[Packet]:
        """Encode one packet of sound, with silence before it where sound is missing."""
        place = round(at_us * self._rate / SECOND_US)
        if self._heard is None:
            self._heard = 0
        ahead = place - self._heard
        if ahead < -TOLERANCE_S * self._rate or ahead > LONGEST_SILENCE_S * self._rate:
            return
        if ahead > TOLERANCE_S * self._rate or (self._heard == 0 and ahead > 0):
            self._put(self._silence(ahead))
        try:
            packet = av.Packet(len(sample.data))  # a copy, because decoders want zeros behind it
            packet.update(bytes(sample.data))
            frames = self._decoder.decode(packet)
        except (FFmpegError, ValueError):
            return
        for frame in frames:
            for converted in self._convert.resample(frame):
                self._put(converted)
        yield from self._encode(FRAME_SAMPLES)

    def rest(self) -> Iterator[Packet]:
        """The last, short frame, and what the encoder held back."""
        yield from self._encode(0)
        if self._heard:
            yield from self._tagged(self._encoder.encode(None))

    def _put(self, frame: av.AudioFrame) -> None:
        assert self._heard is not None
        frame.pts = None
        self._heard += frame.samples
        self._waiting.write(frame)

    def _silence(self, samples: int) -> av.AudioFrame:
        frame = av.AudioFrame(format="fltp", layout=self._layout, samples=samples)
        frame.sample_rate = self._rate
        for plane in frame.planes:
            plane.update(bytes(plane.buffer_size))
        return frame

    def _encode(self, least: int) -> Iterator[Packet]:
        while self._waiting.samples and self._waiting.samples >= least:
            assert self._heard is not None
            begin = self._heard - self._waiting.samples
            frame = self._waiting.read(FRAME_SAMPLES, partial=True)
            if frame is None:
                return
            frame.pts = begin
            frame.time_base = Fraction(1, self._rate)
            yield from self._tagged(self._encoder.encode(frame))

    def _tagged(self, packets: list[Packet]) -> Iterator[Packet]:
        for packet in packets:
            packet.stream = self._stream
            yield packet


def _empty_ogg(parameters: TrackParameters) -> bytes:
    """A moment of silence in Opus, by an encoder."""
    buffer = io.BytesIO()
    with av.open(buffer, "w", format="ogg") as out:
        layout = "stereo" if parameters.channels == 2 else "mono"
        stream = out.add_stream("libopus", rate=48_000, layout=layout)
        frame = av.AudioFrame(format="s16", layout=layout, samples=960)
        frame.sample_rate = 48_000
        out.mux(stream.encode(frame))
        out.mux(stream.encode(None))
    return buffer.getvalue()


def _adts(configuration: bytes) -> bytes:
    """The seven bytes of an ADTS header (ISO/IEC 14496-3 §1.A.2) but for the length, from an AudioSpecificConfig."""
    kind = configuration[0] >> 3
    index = (configuration[0] & 7) << 1 | configuration[1] >> 7
    channels = configuration[1] >> 3 & 15
    if kind != _AAC_LC or index >= len(_FREQUENCIES) or not 0 < channels <= 7:
        raise ValueError(configuration[:2].hex())
    return bytes((0xFF, 0xF1, (kind - 1) << 6 | index << 2 | channels >> 2, (channels & 3) << 6, 0, 0, 0xFC))
