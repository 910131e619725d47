"""Single pictures as JPEG, of the live stream or of a recorded moment; each kept a second in case it is asked again."""

import asyncio
import contextlib
import threading
from collections import OrderedDict
from dataclasses import dataclass
from functools import partial
from typing import TypeAlias

import av
import cv2

from recorder.client.clock import SECOND_US, Clock
from recorder.client.errors import NightjarError
from recorder.client.stream import StreamKey
from recorder.client.tap import Mode
from recorder.client.views import StillRequest
from recorder.client.words import _
from recorder.decode import scaling
from recorder.decode.decoder import Undecodable
from recorder.decode.feed import Feed
from recorder.decode.footage import Footage
from recorder.decode.forward import Forward
from recorder.decode.live import LiveStream
from recorder.decode.shot import HOLE_US, Shot

PATIENCE_S = 5.0
KEPT_US = SECOND_US
SOON_US = 10 * SECOND_US
"""A recording may begin so soon after a time, for its first picture to be of it: an event began it, perhaps."""
MOST_KEPT = 32
LARGEST_WIDTH = 4096
QUALITIES = (30, 45, 60, 75, 88, 96)
"""Of JPEG, for each of the six that an owner chooses from. The fifth is what pictures always were."""


_Name: TypeAlias = tuple[StreamKey, int | None, int, int]


class NoPicture(NightjarError):
    """There is nothing to show of a channel."""

    status = 404
    words = _("There is no picture: {problem}")


@dataclass(frozen=True)
class Jpeg:
    """A still. `at_us` is when it was taken (UTC)."""

    at_us: int
    data: bytes


class Stills:
    """Makes stills; lives in the event loop, decodes in threads."""

    def __init__(self, reader: Feed, clock: Clock) -> None:
        self._reader = reader
        self._clock = clock
        self._kept: OrderedDict[_Name, tuple[int, Jpeg]] = OrderedDict()
        self._recorded_slots = asyncio.Semaphore(2)

    async def recorded(self, request: StillRequest) -> Jpeg:
        """The picture shown at a recorded moment; raises `NoPicture`, `Undecodable`."""
        assert request.at_us is not None
        if (kept := self._look(request)) is not None:
            return kept
        key = StreamKey(request.channel, request.stream)
        async with self._recorded_slots:
            loop = asyncio.get_running_loop()
            jpeg = await asyncio.to_thread(self._decode, loop, key, request)
        return self._keep(request, jpeg)

    async def live(self, request: StillRequest, stream: LiveStream) -> Jpeg:
        """The newest picture of a live stream, waiting for its first; raises `NoPicture`."""
        if (kept := self._look(request)) is not None:
            return kept
        with stream.exact():
            await self._picture(stream)
        if stream.newest is None:
            raise NoPicture(problem=_("the camera sends none now."))
        at_us, frame = stream.newest
        return self._keep(request, Jpeg(at_us, await asyncio.to_thread(encode, frame, request.width, request.quality)))

    @staticmethod
    async def _picture(stream: LiveStream) -> None:
        """Wait for the first picture, or for a better one than the newest, but not for ever."""
        if stream.newest is not None and not stream.coarse:
            return
        arrived = asyncio.Event()
        told = partial(_wake, asyncio.get_running_loop(), arrived)
        stream.on_picture.add(told)
        try:
            with contextlib.suppress(TimeoutError):
                async with asyncio.timeout(PATIENCE_S):
                    while stream.newest is None or stream.coarse:
                        await arrived.wait()
                        arrived.clear()
        finally:
            stream.on_picture.discard(told)

    def _decode(self, loop: asyncio.AbstractEventLoop, key: StreamKey, request: StillRequest) -> Jpeg:
        wake, at_us = threading.Event(), request.at_us
        assert at_us is not None
        source = Forward(Footage(self._reader, loop, self._clock, key, at_us, Mode.ALL, wake))
        deadline = self._clock.monotonic_us() + round(PATIENCE_S * SECOND_US)
        found: av.VideoFrame | None = None
        found_us, problem = 0, ""
        try:
            while self._clock.monotonic_us() < deadline:
                while source.ready:
                    shot = source.ready.popleft()
                    if shot.at_us > at_us:
                        if _is_hole(at_us, None if found is None else found_us, shot):
                            raise NoPicture(problem=_("nothing is recorded at this time."))
                        if found is not None:
                            return Jpeg(found_us, encode(found, request.width, request.quality))
                    found, found_us = shot.picture, shot.at_us
                try:
                    if not source.advance():
                        if source.over or source.at_edge:
                            break
                        wake.wait(0.05)
                        wake.clear()
                except Undecodable as error:
                    problem = str(error)
        finally:
            source.close()
        if found is None:
            nothing = _("nothing is recorded at this time, or its disk cannot be read now.")
            raise NoPicture(problem=problem or source.refusal or nothing)
        return Jpeg(found_us, encode(found, request.width, request.quality))

    def _look(self, request: StillRequest) -> Jpeg | None:
        kept = self._kept.get(_name(request))
        if kept is not None and self._clock.monotonic_us() - kept[0] < KEPT_US:
            return kept[1]
        return None

    def _keep(self, request: StillRequest, jpeg: Jpeg) -> Jpeg:
        self._kept[_name(request)] = (self._clock.monotonic_us(), jpeg)
        self._kept.move_to_end(_name(request))
        while len(self._kept) > MOST_KEPT:
            self._kept.popitem(last=False)
        return jpeg


def encode(frame: av.VideoFrame, width: int, quality: int = len(QUALITIES) - 1) -> bytes:
    """A frame as a JPEG file, `width` pixels wide (0: its own), height in proportion; `quality` 1 to 6 (the best)."""
    share = QUALITIES[min(max(quality, 1), len(QUALITIES)) - 1]
    width = min(width or frame.width, LARGEST_WIDTH)
    width += width & 1
    height = max(2, round(frame.height * width / frame.width / 2) * 2)
    picture = scaling.shown(frame, width, height)
    done, data = cv2.imencode(".jpg", picture[:, :, :3], [cv2.IMWRITE_JPEG_QUALITY, share])
    if not done:
        raise NoPicture(problem=_("it could not be encoded."))
    return data.tobytes()


def _is_hole(at_us: int, before_us: int | None, behind: Shot) -> bool:
    """Whether nothing is recorded at a time, given the pictures around it, where there is one before."""
    if before_us is None:
        return behind.at_us - at_us > SOON_US
    return behind.hole and at_us - before_us > HOLE_US


def _wake(loop: asyncio.AbstractEventLoop, event: asyncio.Event) -> None:
    loop.call_soon_threadsafe(event.set)


def _name(request: StillRequest) -> _Name:
    return StreamKey(request.channel, request.stream), request.at_us, request.width, request.quality
