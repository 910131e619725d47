"""One client's live stream: what a feed gives, for as long as control lets him have it."""

import asyncio
import contextlib
import logging
from collections.abc import Callable

from recorder.client.clock import SECOND_US, Clock
from recorder.client.errors import NightjarError
from recorder.client.grants import Grant, Verifier
from recorder.client.stream import StreamName
from recorder.restream.desk import Desk
from recorder.restream.feed import Feed, Seat
from recorder.restream.messages import Fetched
from recorder.rtsp.server.source import Sink

log = logging.getLogger("rtsp")

LOOK_S = 1.0
"""How often is looked whether a grant still counts: who may less since is sent no more within about a second."""
RENEW_US = 300 * SECOND_US
"""So long before its end a grant is asked for anew."""


class Viewing:
    """Sends to one sink from `begin` until it is closed, the stream ends, or the client may not have it any more."""

    def __init__(
        self,
        desk: Desk,
        verifier: Verifier,
        clock: Clock,
        channel: int,
        stream: StreamName,
        feed: Feed,
        fetched: Fetched,
    ) -> None:
        """`fetched` is what control said when the client was offered what `feed` gives."""
        self._desk = desk
        self._verifier = verifier
        self._clock = clock
        self._channel = channel
        self._stream = stream
        self._feed = feed
        self._fetched = fetched

    def begin(self, sink: Sink) -> Callable[[], None]:
        """Begin to send, from the newest key frame of this moment on; gives what ends it."""
        seat = self._feed.join(sink)
        task = asyncio.get_running_loop().create_task(self._run(sink, seat))

        def end() -> None:
            # Here too: a task that is cancelled before its first step runs nothing.
            self._feed.leave(seat)
            task.cancel()

        return end

    async def _run(self, sink: Sink, seat: Seat) -> None:
        sending = asyncio.create_task(self._send(seat))
        minding = asyncio.create_task(self._mind())
        try:
            await asyncio.wait({sending, minding}, return_when=asyncio.FIRST_COMPLETED)
        finally:
            self._feed.leave(seat)
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

    async def _send(self, seat: Seat) -> None:
        await self._again(begins=True)
        await self._feed.send(seat, self._fetched.grant)

    async def _mind(self) -> None:
        """End where the client may not have the stream any more, and have the grant renewed while he may."""
        grant = self._verifier.verify(self._fetched.grant)
        loop = asyncio.get_running_loop()
        while True:
            # All look at the same moment, and the server with them: a process that sleeps is woken once for it.
            await asyncio.sleep(LOOK_S - loop.time() % LOOK_S)
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
        grant = self._verifier.verify(self._fetched.grant)
        # The tap may be open already, under the grant of another: media looks at this one only where it opens it.
        grant.check_live(self._channel, self._stream, audio=had_audio)
        return grant


class SoundNotAllowed(NightjarError):
    """Who was sent sound may hear none any more; he may come again for the pictures."""

    status = 403
    words = "the sound of it is not allowed any more"
