"""A stream of a simulated camera as a source of our RTSP server, and the library of all of them."""

import asyncio
import re
from collections.abc import Mapping
from dataclasses import dataclass, replace

from recorder.client.clock import SECOND_US, Clock
from recorder.client.errors import Invalid
from recorder.client.stream import Codec, StreamName, TrackKind, TrackParameters
from recorder.client.words import _
from recorder.rtsp.packetise import g711
from recorder.rtsp.packetise.packets import Packets
from recorder.rtsp.server.source import MediaRequest, MediaSource, NoSuchSource, OfferedTrack, Sink, Subscription
from recorder.simulate import faults, sound
from recorder.simulate.clip import ClipSpec, Head
from recorder.simulate.faults import Faults
from recorder.simulate.options import CameraOptions
from recorder.simulate.player import AUDIO, VIDEO, VIDEO_HZ, Cadence, Picture, Player, Sound
from recorder.simulate.reel import LoopOrder, Reel
from recorder.simulate.workshop import Workshop

VIDEO_TYPE, JPEG_TYPE, ALAW_TYPE = 96, 26, 8
_PATH = re.compile(r"cam([1-9]\d{0,3})/(main|sub)")
_GOLDEN = 0.6180339887


@dataclass(frozen=True)
class Tape:
    """Sound that plays from a clip: how it is offered and timed."""

    clip: ClipSpec
    payload_type: int
    clock_hz: int
    chunk_ticks: int


TAPES = {
    Codec.AAC: Tape(sound.AAC_CLIP, 97, sound.AAC_HZ, sound.AAC_CHUNK),
    Codec.OPUS: Tape(sound.OPUS_CLIP, 98, sound.OPUS_HZ, sound.OPUS_CHUNK),
    Codec.G726: Tape(sound.G726_CLIP, 99, sound.G726_HZ, sound.G726_CHUNK),
}


class SimulatedStream(MediaSource):
    """One stream of one camera, with the faults that its URL asks for."""

    def __init__(
        self,
        name: str,
        cadence: Cadence,
        pictures: tuple[Picture, Picture | None],
        audio: Reel | Codec | None,
        wrong: Faults,
        epoch_us: float,
    ) -> None:
        self.name = name
        self._cadence = cadence
        self._pictures = pictures
        self._audio = audio
        self._wrong = wrong
        self._epoch_us = epoch_us

    async def describe(self) -> tuple[OfferedTrack, ...]:
        """Tell the tracks; waits for the first pictures to be made. Raises `SourceNotReady`."""
        first, other = self._pictures
        head = await first.reel.ready()
        if other is not None:
            await other.reel.ready()
        video = TrackParameters(
            VIDEO, TrackKind.VIDEO, head.codec, VIDEO_HZ, head.parameter_sets, head.width, head.height
        )
        offered = [OfferedTrack(video, _video_type(head.codec), self._cadence.frames_per_s)]
        if isinstance(self._audio, Reel):
            offered.append(_taped_track(await self._audio.ready()))
        elif self._audio is Codec.PCMA:
            parameters = TrackParameters(AUDIO, TrackKind.AUDIO, Codec.PCMA, sound.ALAW_HZ, channels=1)
            offered.append(OfferedTrack(parameters, ALAW_TYPE))
        return tuple(offered)

    def subscribe(self, sink: Sink, tracks: frozenset[int]) -> Subscription:
        """Begin at the next key picture."""
        heard = self._sound() if AUDIO in tracks else None
        return Player(sink, self._cadence, self._pictures, heard, self._wrong, self._epoch_us)

    def _sound(self) -> Sound | None:
        if isinstance(self._audio, Reel):
            reel, tape = self._audio, TAPES[self._audio.spec.codec]
            return Sound(lambda chunk: reel.packets(chunk % reel.frames, None), tape.clock_hz, tape.chunk_ticks)
        return Sound(_alaw, sound.ALAW_HZ, sound.ALAW_CHUNK)


class SimulatedLibrary:
    """All streams of a set of cameras: `camN/main` and `camN/sub`."""

    def __init__(self, options: CameraOptions, workshop: Workshop, clock: Clock) -> None:
        self._options = options
        self._workshop = workshop
        self._epoch_us = clock.now_us() - asyncio.get_running_loop().time() * SECOND_US
        self._reels: dict[str, Reel] = {}
        self._orders: dict[tuple[int, str], LoopOrder] = {}

    def find(self, request: MediaRequest) -> SimulatedStream:
        """Find a stream; raises `NoSuchSource`, and `Invalid` for options that cannot be read."""
        found = _PATH.fullmatch(request.path)
        if found is None or not 1 <= int(found[1]) <= self._options.cameras:
            raise NoSuchSource(path=request.path)
        camera, stream = int(found[1]), StreamName(found[2])
        asked = {**self._options.faults.get(camera, {}), **request.options}
        wrong = faults.parse(asked)
        spec = self._options.clip(camera, stream)
        cadence = Cadence(spec.frames_per_s, spec.gop_frames, self._offset_us(camera, spec))
        other = None
        if wrong.resolution is not None:
            other = self._picture(
                camera, replace(spec, width=spec.width * 2 // 3 & ~15, height=spec.height * 2 // 3 & ~15)
            )
        pictures = self._picture(camera, spec), other
        return SimulatedStream(f"Camera {camera}", cadence, pictures, self._audio(asked), wrong, self._epoch_us)

    def close(self) -> None:
        """Let go of all files."""
        for reel in self._reels.values():
            reel.close()

    @staticmethod
    def _offset_us(camera: int, spec: ClipSpec) -> int:
        """Spread the cameras over a GOP, as evenly as any number of them can be."""
        return int(camera * _GOLDEN % 1 * spec.gop_frames * SECOND_US / spec.frames_per_s)

    def _picture(self, camera: int, spec: ClipSpec) -> Picture:
        reel = self._reel(spec, _video_type(spec.codec))
        key = camera, spec.key
        if key not in self._orders:
            self._orders[key] = LoopOrder(reel, self._options.phase(camera))
        return Picture(reel, self._orders[key])

    def _reel(self, spec: ClipSpec, payload_type: int) -> Reel:
        if spec.key not in self._reels:
            self._reels[spec.key] = Reel(spec, self._workshop, payload_type)
        return self._reels[spec.key]

    def _audio(self, asked: Mapping[str, str]) -> Reel | Codec | None:
        named = asked.get("audio", self._options.audio or "")
        tape = next((tape for codec, tape in TAPES.items() if codec == named), None)
        if tape is not None:
            return self._reel(tape.clip, tape.payload_type)
        if named not in {"", "none", Codec.PCMA}:
            raise Invalid(problem=_("Sound is one of none, pcma, g726, aac, opus."))
        return Codec.PCMA if named == Codec.PCMA else None


def _alaw(chunk: int) -> Packets:
    loop = sound.alaw_loop()
    return g711.packetise(loop[chunk % len(loop)], ALAW_TYPE)


def _video_type(codec: Codec) -> int:
    """JPEG has a type of its own (RFC 3551 §6)."""
    return JPEG_TYPE if codec is Codec.MJPEG else VIDEO_TYPE


def _taped_track(head: Head) -> OfferedTrack:
    tape = TAPES[head.codec]
    parameters = TrackParameters(AUDIO, TrackKind.AUDIO, head.codec, tape.clock_hz, head.parameter_sets, channels=1)
    return OfferedTrack(parameters, tape.payload_type)
