"""The sound of an export: AAC and Opus go in as they are; G.711 and G.726, for which MP4 has no place, become AAC.

Where packets are missing, silence keeps encoded sound beside the picture; longer silences are holes in its track.
"""

from collections.abc import Iterator
from dataclasses import replace
from fractions import Fraction
from typing import TYPE_CHECKING, Any, Protocol, TypeAlias, cast

from recorder.client.stream import Codec, Sample, TrackParameters
from recorder.codec.errors import BadBitstream
from recorder.playback import moov

if TYPE_CHECKING:
    import av

    Packet: TypeAlias = av.Packet[Any]

SECOND_US = 1_000_000
FRAME_SAMPLES = 1024
BITS_PER_S = 32_000
TOLERANCE_S = 0.1
"""Sound may be so far from its place before silence is put in or a packet is left out."""
LONGEST_SILENCE_S = 600
"""What is longer is not encoded: whoever muted a camera for a day does not wait for a day of silence."""
_DECODERS = {Codec.PCMA: "pcm_alaw", Codec.PCMU: "pcm_mulaw", Codec.G726: "g726le"}


class Sound(Protocol):
    """One sound track of a file being written."""

    parameters: TrackParameters
    """Of what stands in the file."""

    def frames(self, sample: Sample, at_us: int) -> Iterator[tuple[int, bytes | memoryview]]:
        """What a sample, to be heard `at_us` after the begin of the file, becomes: frames, each with its time."""
        ...

    def rest(self) -> Iterator[tuple[int, bytes | memoryview]]:
        """What is left at the end."""
        ...


def open_sound(parameters: TrackParameters) -> Sound | None:
    """Begin a sound track; None where it is of a kind that cannot be taken along."""
    try:
        if parameters.codec in moov.SOUND_CODECS:
            moov.sample_entry(parameters)
            return CopiedSound(parameters)
        if parameters.codec in _DECODERS:
            return EncodedSound(parameters)
    except (BadBitstream, ValueError, IndexError):
        pass
    return None


class CopiedSound:
    """Sound as it was recorded. Times go forward only."""

    def __init__(self, parameters: TrackParameters) -> None:
        self.parameters = parameters
        self._last_us = -1

    def frames(self, sample: Sample, at_us: int) -> Iterator[tuple[int, bytes | memoryview]]:
        """The sample itself."""
        if at_us > self._last_us:
            self._last_us = at_us
            yield at_us, sample.data

    def rest(self) -> Iterator[tuple[int, bytes | memoryview]]:
        """Nothing is held back."""
        return iter(())


class EncodedSound:
    """G.711 and G.726 (ITU-T, 8000 samples a second) as AAC. Raises `ValueError` where that cannot be begun."""

    def __init__(self, parameters: TrackParameters) -> None:
        # Imported here: it takes its time, and most exports do without.
        import av
        from av.codec.context import Flags
        from av.error import FFmpegError

        self._av, self._refused = av, FFmpegError
        self._rate = parameters.clock_hz if 7000 <= parameters.clock_hz <= 48000 else 8000
        layout = "stereo" if parameters.channels == 2 else "mono"
        try:
            decoder = cast("av.AudioCodecContext", av.AudioCodecContext.create(_DECODERS[parameters.codec], "r"))
            if parameters.codec is Codec.G726:
                decoder.options = {"bits_per_coded_sample": str(parameters.parameter_sets[0][0])}
            decoder.sample_rate = self._rate
            decoder.layout = layout
            encoder = av.AudioCodecContext.create("aac", "w")
            encoder.sample_rate, encoder.layout, encoder.format = self._rate, layout, "fltp"
            encoder.bit_rate, encoder.time_base = BITS_PER_S, Fraction(1, self._rate)
            encoder.flags |= Flags.global_header
            encoder.open()
        except FFmpegError as error:
            raise ValueError(str(error)) from error
        self._decoder, self._encoder = decoder, encoder
        self.parameters = replace(
            parameters,
            codec=Codec.AAC,
            clock_hz=self._rate,
            channels=2 if layout == "stereo" else 1,
            parameter_sets=(bytes(encoder.extradata or b""),),
        )
        self._layout = layout
        self._convert = av.AudioResampler(format="fltp", layout=layout, rate=self._rate)
        self._waiting = av.AudioFifo()
        self._heard: int | None = None  # samples of the track so far

    def frames(self, sample: Sample, at_us: int) -> Iterator[tuple[int, bytes | memoryview]]:
        """Encode one packet of sound, with silence before it where sound is missing."""
        place = round(at_us * self._rate / SECOND_US)
        if self._heard is None:
            self._heard = 0
        ahead = place - self._heard
        if ahead < -TOLERANCE_S * self._rate:
            return
        if ahead > LONGEST_SILENCE_S * self._rate:
            yield from self._leap(place)
        elif ahead > TOLERANCE_S * self._rate or (self._heard == 0 and ahead > 0):
            self._put(self._silence(ahead))
        try:
            packet = self._av.Packet(len(sample.data))  # a copy, because decoders want zeros behind it
            packet.update(bytes(sample.data))
            frames = self._decoder.decode(packet)
        except (self._refused, ValueError):
            return
        for frame in frames:
            for converted in self._convert.resample(frame):
                self._put(converted)
        yield from self._encode(FRAME_SAMPLES)

    def rest(self) -> Iterator[tuple[int, bytes | memoryview]]:
        """The last, short frame, and what the encoder held back."""
        yield from self._encode(0)
        if self._heard:
            yield from self._timed(self._encoder.encode(None))

    def _leap(self, place: int) -> Iterator[tuple[int, bytes | memoryview]]:
        """Go on at a later place of the track, behind whole frames."""
        short = -self._waiting.samples % FRAME_SAMPLES
        if short:
            self._put(self._silence(short))
        yield from self._encode(FRAME_SAMPLES)
        self._heard = place

    def _put(self, frame: "av.AudioFrame") -> None:
        assert self._heard is not None
        frame.pts = None
        self._heard += frame.samples
        self._waiting.write(frame)

    def _silence(self, samples: int) -> "av.AudioFrame":
        frame = self._av.AudioFrame(format="fltp", layout=self._layout, samples=samples)
        frame.sample_rate = self._rate
        for plane in frame.planes:
            plane.update(bytes(plane.buffer_size))
        return frame

    def _encode(self, least: int) -> Iterator[tuple[int, bytes | memoryview]]:
        while self._waiting.samples and self._waiting.samples >= least:
            assert self._heard is not None
            begin = self._heard - self._waiting.samples
            frame = self._waiting.read(FRAME_SAMPLES, partial=True)
            if frame is None:
                return
            frame.pts = begin
            frame.time_base = Fraction(1, self._rate)
            yield from self._timed(self._encoder.encode(frame))

    def _timed(self, packets: "list[Packet]") -> Iterator[tuple[int, bytes | memoryview]]:
        for packet in packets:
            # The encoder begins before what it was given first; players leave that out.
            yield round((packet.pts or 0) * SECOND_US / self._rate), bytes(packet)
