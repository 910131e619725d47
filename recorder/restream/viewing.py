"""One client's live stream: samples of media as packets, for as long as control lets him have them."""

import asyncio
import contextlib
import logging
from collections.abc import Callable
from contextlib import aclosing
from dataclasses import dataclass

from recorder.client.clock import SECOND_US, Clock
from recorder.client.errors import NightjarError
from recorder.client.grants import Grant, Verifier
from recorder.client.instance import Instance
from recorder.client.stream import Codec, Epoch, Sample, SampleFlag, StreamName, TrackParameters
from recorder.restream import tap
from recorder.restream.desk import Desk
from recorder.restream.messages import Fetched
from recorder.restream.offered import goes_on
from recorder.restream.pace import Pace
from recorder.rtsp.packetise import Packetiser, packetiser
from recorder.rtsp.packetise.units import LENGTH_BYTES, join, split
from recorder.rtsp.server.source import OfferedTrack, Sink, Unit

log = logging.getLogger("rtsp")

LOOK_S = 1.0
"""How often is looked whether a grant still counts: who may less since is sent no more within about a second."""
RENEW_US = 300 * SECOND_US
"""So long before its end a grant is asked for anew."""
CATCH_UP_US = SECOND_US // 2
BURST_BYTES_PER_S = 8 << 20
"""What is older than half a second comes no faster than this: a GOP at once would overflow a client's buffers."""


@dataclass(frozen=True)
class _Kinds:
    """Where the first byte of a NAL unit has its type, and which types are what."""

    shift: int
    mask: int
    sets: range
    slices: range
    delimiter: int


_KINDS = {
    Codec.H264: _Kinds(0, 0x1F, range(7, 9), range(1, 6), 9),
    Codec.H265: _Kinds(1, 0x3F, range(32, 35), range(32), 35),
}


class Viewing:
    """Sends to one sink from `begin` until it is closed, the stream ends, or the client may not have it any more."""

    def __init__(
        self,
        instance: Instance,
        desk: Desk,
        verifier: Verifier,
        clock: Clock,
        channel: int,
        stream: StreamName,
        epoch: Epoch,
        fetched: Fetched,
    ) -> None:
        """`epoch` is what the client was offered, `fetched` what control said when it was."""
        self._instance = instance
        self._desk = desk
        self._verifier = verifier
        self._clock = clock
        self._channel = channel
        self._stream = stream
        self._epoch = epoch
        self._fetched = fetched
        self._pace = Pace()
        self._tracks: dict[int, tuple[TrackParameters, Packetiser]] = {}
        self._task: asyncio.Task[None] | None = None

    def begin(self, sink: Sink, tracks: tuple[OfferedTrack, ...]) -> Callable[[], object]:
        """Begin to send these tracks; gives what ends it."""
        made = {one.number: packetiser(one.parameters, one.payload_type) for one in tracks}
        self._tracks = {one.number: (one.parameters, made[one.number]) for one in tracks}
        self._task = asyncio.get_running_loop().create_task(self._run(sink))
        return self._task.cancel

    async def _run(self, sink: Sink) -> None:
        sending = asyncio.create_task(self._send(sink))
        minding = asyncio.create_task(self._mind())
        try:
            await asyncio.wait({sending, minding}, return_when=asyncio.FIRST_COMPLETED)
        finally:
            for task in (sending, minding):
                task.cancel()
            for task in (sending, minding):
                await self._over(task)
        sink.end()

    async def _over(self, task: asyncio.Task[None]) -> None:
        """Take how one half ended; whatever it was, the client is told that the stream is over."""
        try:
            with contextlib.suppress(asyncio.CancelledError):
                await task
        except NightjarError as error:
            log.info("channel %d %s ends for a client: %s", self._channel, self._stream, error)
        except Exception:  # one client's stream must not take the others with it
            log.exception("channel %d %s failed for a client", self._channel, self._stream)

    async def _send(self, sink: Sink) -> None:
        await self._again(begins=True)
        audio = self._fetched.audio
        parts = tap.live(self._instance, self._channel, self._stream, self._fetched.grant, audio=audio)
        async with aclosing(parts):
            async for part in parts:
                if isinstance(part, Epoch):
                    if not goes_on(self._epoch, part):
                        log.info(
                            "channel %d %s is coded otherwise now; its clients come anew", self._channel, self._stream
                        )
                        return
                    self._take(part)
                elif part.track in self._tracks:
                    await self._put(sink, part)

    def _take(self, epoch: Epoch) -> None:
        for track in epoch.tracks:
            if (known := self._tracks.get(track.track)) is not None:
                self._tracks[track.track] = track, known[1]

    async def _put(self, sink: Sink, sample: Sample) -> None:
        track, packets = self._tracks[sample.track]
        key = bool(int(sample.flags) & SampleFlag.KEY)
        time = self._pace.time_us(sample) * track.clock_hz // SECOND_US
        data = with_sets(sample.data, track) if key else sample.data
        sink.put(Unit(sample.track, time, sample.wall_us, key, packets(data)))
        if self._clock.now_us() - sample.wall_us > CATCH_UP_US:
            await asyncio.sleep(len(data) / BURST_BYTES_PER_S)

    async def _mind(self) -> None:
        """End where the client may not have the stream any more, and have the grant renewed while he may."""
        grant = self._verifier.verify(self._fetched.grant)
        while True:
            await asyncio.sleep(LOOK_S)
            if self._verifier.is_void(grant):
                grant = await self._again()
            elif grant.expires_us - self._clock.now_us() < RENEW_US:
                try:
                    grant = await self._again()
                except NightjarError:
                    # control may be away for a moment: what was granted counts to its end.
                    if self._clock.now_us() >= grant.expires_us:
                        raise

    async def _again(self, *, begins: bool = False) -> Grant:
        """Ask control once more; raises `Told` and `SoundNotAllowed` where the client may have less, `Unavailable`."""
        had_audio = self._fetched.audio
        self._fetched = await self._desk.fetch(self._fetched.ticket, self._channel, self._stream, begins=begins)
        if had_audio and not self._fetched.audio:
            raise SoundNotAllowed
        return self._verifier.verify(self._fetched.grant)


class SoundNotAllowed(NightjarError):
    """Who was sent sound may hear none any more; he may come again for the pictures."""

    status = 403
    words = "the sound of it is not allowed any more"


def with_sets(data: bytes | memoryview, track: TrackParameters) -> bytes | memoryview:
    """Give a key frame with its parameter sets, where the camera sent them in its description alone.

    They stand before everything but an access unit delimiter (H.264 §7.4.1.2.3, H.265 §7.4.2.4.4).
    """
    found = _KINDS.get(track.codec)
    if found is None or not track.parameter_sets:
        return data
    at = 0
    for place, unit in enumerate(split(data)):
        kind = unit[0] >> found.shift & found.mask
        if kind in found.sets:
            return data
        if kind in found.slices:
            break
        if kind == found.delimiter and not place:
            at = LENGTH_BYTES + len(unit)
    return b"".join((data[:at], join(list(track.parameter_sets)), data[at:]))
