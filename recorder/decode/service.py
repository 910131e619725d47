"""The decode service: clients of `decode.sock`, the live streams they share, and their playback sessions."""

import asyncio
import logging
from collections.abc import Callable, Coroutine
from typing import Any
from weakref import WeakSet

import msgspec

from recorder.client.clock import Clock, SystemClock
from recorder.client.errors import Invalid, NightjarError, NotFound, Refused
from recorder.client.grants import Verifier
from recorder.client.instance import Instance
from recorder.client.sound_files import DecodeSound, SoundDecoded
from recorder.client.stream import StreamKey
from recorder.client.tap import Failed
from recorder.client.views import (
    CloseView,
    Deaf,
    Listen,
    PlayClose,
    PlayOpen,
    PlaySeek,
    PlaySpeed,
    PlayStep,
    PlayView,
    ShowView,
    StillAnswer,
    StillRequest,
)
from recorder.client.words import _
from recorder.decode.crew import Crew
from recorder.decode.feed import Feed
from recorder.decode.hearing import Hearing
from recorder.decode.live import LiveStream
from recorder.decode.part import checked
from recorder.decode.session import PlaySession
from recorder.decode.sound_file import decoded
from recorder.decode.stills import Jpeg, Stills
from recorder.decode.view import ClientView
from recorder.sockets.connection import Connection
from recorder.sockets.listener import Listener

MOST_VIEWS = 128
MOST_PER_S = 100.0
MOST_SESSIONS = 4
MOST_STILLS = 16
MOST_HEARINGS = 128
LINGER_S = 2.0
"""A live stream that nobody shows is decoded so long: the screen may only be changing its split."""

Verb = Callable[[Any], None]

log = logging.getLogger(__name__)


class Service:
    """Everything that decode does, in one event loop."""

    def __init__(self, instance: Instance, clock: Clock | None = None) -> None:
        self.clock = clock or SystemClock()
        self.media = Feed(instance.socket("media"))
        self.reader = Feed(instance.socket("reader"))
        self.crew = Crew()
        self.verifier = Verifier(instance, self.clock)
        self.stills = Stills(self.reader, self.clock)
        self.streams: dict[StreamKey, LiveStream] = {}
        self.sessions: WeakSet[PlaySession] = WeakSet()
        self.sounds = asyncio.Semaphore()
        """One sound file is decoded at a time."""
        self._listener = Listener(instance.socket("decode"), lambda connection: Client(self, connection))

    def start(self) -> None:
        """Connect and listen; needs a running event loop."""
        self.media.start()
        self.reader.start()
        self._listener.open()

    async def close(self) -> None:
        """End everything."""
        self._listener.close()
        for session in list(self.sessions):
            await asyncio.to_thread(session.join)
        for stream in self.streams.values():
            stream.close()
        await self.media.close()
        await self.reader.close()
        self.crew.stop()

    def live(self, key: StreamKey) -> LiveStream:
        """The stream, subscribed to if nobody has yet."""
        stream = self.streams.get(key)
        if stream is None:
            stream = self.streams[key] = LiveStream(key, self.media, self.crew, self.clock)
        return stream

    def release(self, stream: LiveStream) -> None:
        """Somebody shows a stream no more; the last one's ends after `LINGER_S`."""
        if not stream.views:
            asyncio.get_running_loop().call_later(LINGER_S, self._drop_if_idle, stream)

    def _drop_if_idle(self, stream: LiveStream) -> None:
        if not stream.views and self.streams.get(stream.key) is stream:
            del self.streams[stream.key]
            stream.close()


class Client:
    """What one connection asked for."""

    def __init__(self, service: Service, connection: Connection) -> None:
        self._service = service
        self._connection = connection
        self._loop = asyncio.get_running_loop()
        self._views: dict[int, tuple[ClientView, LiveStream]] = {}
        self._sessions: dict[int, PlaySession] = {}
        self._hearings: dict[int, Hearing] = {}
        self._tasks: set[asyncio.Task[None]] = set()
        self._verbs: dict[str, tuple[type[Any], Verb]] = {
            "view": (ShowView, self._view),
            "close": (CloseView, self._close_view),
            "play_open": (PlayOpen, self._play_open),
            "play_seek": (PlaySeek, lambda asked: self._session(asked.session).seek(asked.at_us)),
            "play_speed": (PlaySpeed, lambda asked: self._session(asked.session).speed(asked.speed)),
            "play_step": (PlayStep, lambda asked: self._session(asked.session).step(asked.frames)),
            "play_close": (PlayClose, self._play_close),
            "still": (StillRequest, self._still),
            "listen": (Listen, self._listen),
            "deaf": (Deaf, self._deaf),
            "decode_sound": (DecodeSound, self._decode_sound),
        }

    def received(self, message: dict[str, Any]) -> None:
        """Do what is asked; a `NightjarError` is told by the connection."""
        found = self._verbs.get(message["op"])
        if found is None:
            raise Invalid(problem=_("decode does not know {op}.").format(op=str(message["op"])[:40]))
        shape, verb = found
        try:
            asked = msgspec.convert(message, shape)
        except msgspec.ValidationError as error:
            raise Invalid(problem=str(error)) from error
        verb(asked)

    def drained(self) -> None:
        """Nothing waits for that."""

    def closed(self) -> None:
        """The client is gone: so is all it had."""
        for view, stream in self._views.values():
            stream.remove(view)
            view.close()
            self._service.release(stream)
        for session in self._sessions.values():
            session.close()
        for hearing in self._hearings.values():
            hearing.close()
        for task in self._tasks:
            task.cancel()
        self._views, self._sessions = {}, {}

    def _view(self, asked: ShowView) -> None:
        if asked.grant or not self._connection.peer.trusted:
            self._service.verifier.verify(asked.grant).check_live(asked.channel, asked.stream)
        self._check_free(asked.id)
        part = checked(asked.part)
        if part is not None and asked.grey:
            raise Invalid(problem=_("Luma is of whole pictures."))
        key = StreamKey(asked.channel, asked.stream)
        known = self._views.get(asked.id)
        if known is None:
            if len(self._views) >= MOST_VIEWS:
                raise Refused(what=_("more than {most} views").format(most=MOST_VIEWS))
            view = ClientView(
                asked.id,
                self._connection,
                self._loop,
                asked.width,
                asked.height,
                grey=asked.grey,
                planes=asked.planes,
                per_s=min(max(asked.per_s, 0.0), MOST_PER_S),
                part=part,
            )
        else:
            view, old = known
            before = view.spread
            changed = view.change(asked.width, asked.height, part)
            if old.key == key:
                if changed:
                    # What only moves over the picture asks no more of it than before.
                    (old.repeat if view.spread == before else old.add)(view)
                return
            old.remove(view)
            self._service.release(old)
        stream = self._service.live(key)
        self._views[asked.id] = (view, stream)
        stream.add(view)

    def _close_view(self, asked: CloseView) -> None:
        view, stream = self._views.pop(asked.id, (None, None))
        if view is not None and stream is not None:
            stream.remove(view)
            view.close()
            self._service.release(stream)

    def _listen(self, asked: Listen) -> None:
        if asked.grant or not self._connection.peer.trusted:
            self._service.verifier.verify(asked.grant).check_live(asked.channel, asked.stream, audio=True)
        key = StreamKey(asked.channel, asked.stream)
        known = self._hearings.get(asked.id)
        if known is not None and known.key == key:
            return
        if known is not None:
            known.close()
        elif len(self._hearings) >= MOST_HEARINGS:
            raise Refused(what=_("listen to more than {most} streams").format(most=MOST_HEARINGS))
        service = self._service
        self._hearings[asked.id] = Hearing(asked.id, key, service.media, service.crew, self._connection.send)

    def _deaf(self, asked: Deaf) -> None:
        hearing = self._hearings.pop(asked.id, None)
        if hearing is not None:
            hearing.close()

    def _check_free(self, number: int) -> None:
        if any(number in session.players for session in self._sessions.values()):
            raise Invalid(problem=_("View {number} belongs to a playback session.").format(number=number))

    def _play_open(self, asked: PlayOpen) -> None:
        if asked.grant or not self._connection.peer.trusted:
            grant = self._service.verifier.verify(asked.grant)
            for one in asked.views:
                grant.check_recorded(one.channel, one.stream, 0, None)
        for one in asked.views:
            checked(one.part)
            if one.id in self._views:
                raise Invalid(problem=_("View {number} shows live pictures.").format(number=one.id))
            if any(one.id in other.players for name, other in self._sessions.items() if name != asked.session):
                raise Invalid(problem=_("View {number} belongs to a playback session.").format(number=one.id))
        session = self._sessions.get(asked.session)
        if session is None:
            if len(self._sessions) >= MOST_SESSIONS:
                raise Refused(what=_("more than {most} playback sessions").format(most=MOST_SESSIONS))
            session = PlaySession(asked.session, self._service.reader, self._service.clock, self._connection.send)
            self._service.sessions.add(session)
        session.open(asked.views, asked.at_us, self._make_view)
        self._sessions[asked.session] = session

    def _make_view(self, one: PlayView) -> ClientView:
        return ClientView(one.id, self._connection, self._loop, one.width, one.height, part=one.part)

    def _play_close(self, asked: PlayClose) -> None:
        session = self._sessions.pop(asked.session, None)
        if session is not None:
            session.close()

    def _session(self, number: int) -> PlaySession:
        session = self._sessions.get(number)
        if session is None:
            raise NotFound(what=_("playback session {number}").format(number=number))
        return session

    def _still(self, asked: StillRequest) -> None:
        if asked.grant or not self._connection.peer.trusted:
            grant = self._service.verifier.verify(asked.grant)
            if asked.at_us is None:
                grant.check_live(asked.channel, asked.stream)
            else:
                grant.check_recorded(asked.channel, asked.stream, asked.at_us, asked.at_us)
        if len(self._tasks) >= MOST_STILLS:
            raise Refused(what=_("more than {most} pictures at once").format(most=MOST_STILLS))
        self._begin(asked.id, self._answer_still(asked))

    def _begin(self, number: int, work: Coroutine[Any, Any, StillAnswer | SoundDecoded]) -> None:
        task = self._loop.create_task(self._answered(number, work))
        self._tasks.add(task)
        task.add_done_callback(self._tasks.discard)

    async def _answered(self, number: int, work: Coroutine[Any, Any, StillAnswer | SoundDecoded]) -> None:
        try:
            answer = await work
        except NightjarError as error:
            self._connection.send(Failed(number, error.code, str(error)))
        except Exception:
            log.exception("what was asked for could not be made")
            self._connection.send(Failed(number, "NightjarError", _("Something went wrong.")))
        else:
            self._connection.send(answer)

    async def _answer_still(self, asked: StillRequest) -> StillAnswer:
        jpeg = await self._take_still(asked)
        return StillAnswer(asked.id, jpeg.at_us, jpeg.data)

    def _decode_sound(self, asked: DecodeSound) -> None:
        self._connection.peer.require_trust(_("have a sound file decoded"))
        if len(self._tasks) >= MOST_STILLS:
            raise Refused(what=_("more than {most} answers at once").format(most=MOST_STILLS))
        self._begin(asked.id, self._answer_sound(asked))

    async def _answer_sound(self, asked: DecodeSound) -> SoundDecoded:
        async with self._service.sounds:
            found = await asyncio.to_thread(decoded, asked.data)
        return SoundDecoded(asked.id, found.rate_hz, found.data)

    async def _take_still(self, asked: StillRequest) -> Jpeg:
        if asked.at_us is not None:
            return await self._service.stills.recorded(asked)
        stream = self._service.live(StreamKey(asked.channel, asked.stream))
        try:
            return await self._service.stills.live(asked, stream)
        finally:
            self._service.release(stream)
