"""What the RTSP server asks: who somebody is, what he may fetch, and what it shall serve. It decides nothing itself."""

import asyncio
import logging
from collections.abc import Callable, Coroutine, Sequence
from concurrent.futures import ThreadPoolExecutor
from functools import partial
from typing import Any, TypeVar

from recorder.accounts.accounts import Accounts
from recorder.accounts.stream_users import Fetcher
from recorder.client.answers import Trouble
from recorder.client.clock import SECOND_US, Clock
from recorder.client.errors import Invalid, NightjarError, NotFound, Refused, Unavailable
from recorder.client.grants import Grant
from recorder.client.instance import Instance
from recorder.client.stream import StreamName
from recorder.client.tap import Failed
from recorder.client.words import _
from recorder.control.channels import Channels
from recorder.restream.messages import SOCKET, Fetch, Fetched, LetIn, LogIn, Serve, Served
from recorder.settings.pages.restreaming import Restreaming
from recorder.settings.scope import Permission
from recorder.settings.settings import Author, Changed, Settings
from recorder.sockets.connection import Connection
from recorder.sockets.listener import Listener
from recorder.sockets.request import read

log = logging.getLogger(__name__)

GRANT_US = 3600 * SECOND_US
"""As long as those of browsers; the server asks anew before."""
STREAMS = frozenset({StreamName.MAIN, StreamName.SUB})
AT_ONCE = 2
"""Threads of its own: a flood of logins takes none of those that answer everybody else."""
MOST_WAITING = 64
"""Questions that wait for one of them; further ones are refused, and the client tries again."""
REFUSE_S = 0.1
"""Every refusal of a login takes so long at least, so that its time tells nobody which names there are."""
NOTED_US = 3600 * SECOND_US
"""Who fetches the same stream again within an hour has no further line in the audit: some come anew each second."""
MOST_NOTED = 1024
T = TypeVar("T")


class RtspDesk:
    """Belongs to the event loop of control, from `open` to `close`."""

    def __init__(
        self,
        instance: Instance,
        settings: Settings,
        accounts: Accounts,
        channels: Channels,
        clock: Clock,
        mint: Callable[[Grant], str],
    ) -> None:
        self.served = Served()
        """What the server said last."""
        self._since_us = 0
        self._settings = settings
        self._accounts = accounts
        self._channels = channels
        self._clock = clock
        self._mint = mint
        self._listener = Listener(instance.socket(SOCKET), partial(RtspClient, self))
        self._threads = ThreadPoolExecutor(AT_ONCE, "rtsp-desk")
        self._waiting = 0
        self._changes = 0
        self._followers: list[Callable[[Serve], None]] = []
        self._noted: dict[tuple[str, str, int, StreamName], int] = {}
        self._loop: asyncio.AbstractEventLoop | None = None

    async def open(self) -> None:
        """Listen; the process itself is started by `recorder.control.doors`."""
        self._loop = asyncio.get_running_loop()
        self._listener.open()
        self._settings.listen(self._settings_changed)

    def close(self) -> None:
        """Hang up."""
        self._listener.close()
        self._threads.shutdown(wait=False, cancel_futures=True)

    @property
    def troubles(self) -> tuple[Trouble, ...]:
        """What keeps the server from serving, in words."""
        if not self.served.problem:
            return ()
        return (Trouble("network", SOCKET, "", "port", self.served.problem, self._since_us),)

    def wanted(self) -> Serve:
        """What is to be served now; reads settings."""
        page = self._settings.get(Restreaming)
        return Serve(page.port, page.tls_port, page.clients) if page.enabled else Serve()

    async def follow(self, follower: Callable[[Serve], None]) -> None:
        """Tell what is to be served now, and at each change."""
        self._followers.append(follower)
        before, wanted = -1, Serve()
        while before != self._changes:
            # What was changed while it was read is told already, and must not be overtaken by what was before.
            before, wanted = self._changes, await asyncio.to_thread(self.wanted)
        follower(wanted)

    def leave(self, follower: Callable[[Serve], None]) -> None:
        """Tell no more."""
        if follower in self._followers:
            self._followers.remove(follower)
            self.say(Served())

    def say(self, served: Served) -> None:
        """Take how the server is."""
        if served.problem and served.problem != self.served.problem:
            self._since_us = self._clock.now_us()
            log.warning("%s", served.problem)
        self.served = served

    async def log_in(self, asked: LogIn) -> LetIn:
        """Check a login; raises `WrongLogin`, `LockedOut`, `Unavailable`."""
        loop = asyncio.get_running_loop()
        began_s = loop.time()
        try:
            ticket = await self._threaded(partial(self._accounts.stream_users.admit, asked.login, asked.source))
        except NightjarError:
            await asyncio.sleep(max(0.0, began_s + REFUSE_S - loop.time()))
            raise
        return LetIn(asked.id, ticket)

    async def fetch(self, asked: Fetch) -> Fetched:
        """Grant a live stream; raises `NotLoggedIn`, `NotFound`, `Refused`, `Unavailable`."""
        return await self._threaded(partial(self._fetch, asked))

    def _fetch(self, asked: Fetch) -> Fetched:
        fetcher, ticket = self._accounts.stream_users.fetcher(asked.ticket)
        rights = fetcher.values.rights
        if asked.channel not in rights.known or asked.stream not in STREAMS:
            raise NotFound(what=_("channel {number}").format(number=asked.channel))
        values = self._channels.get(asked.channel).values
        if asked.stream is StreamName.SUB and not values.sub_url:
            raise NotFound(what=_("sub stream of channel {number}").format(number=asked.channel))
        if asked.channel not in rights.on(Permission.LIVE):
            raise Refused(what=_("watch this channel"))
        audio = asked.channel in rights.on(Permission.AUDIO)
        now_us = self._clock.now_us()
        expires_us = now_us + GRANT_US
        # Of recorded time nothing: a stretch that ended before time began.
        grant = Grant((asked.channel,), (asked.stream,), audio, now_us, 0, live=True, expires_us=expires_us)
        if asked.begins:
            self._note(fetcher, asked, now_us)
        return Fetched(asked.id, self._mint(grant), ticket, values.name, audio, expires_us)

    def _note(self, fetcher: Fetcher, asked: Fetch, now_us: int) -> None:
        key = fetcher.name, fetcher.source, asked.channel, asked.stream
        if 0 <= now_us - self._noted.get(key, now_us - NOTED_US) < NOTED_US:
            return
        self._noted.pop(key, None)
        self._noted[key] = now_us
        while len(self._noted) > MOST_NOTED:
            del self._noted[next(iter(self._noted))]
        author = Author(fetcher.name, f"rtsp:{fetcher.source}")
        self._settings.noted("rtsp", str(asked.channel), _("{stream} fetched").format(stream=asked.stream), author)

    async def _threaded(self, work: Callable[[], T]) -> T:
        if self._waiting >= MOST_WAITING:
            raise Unavailable(process="control")
        self._waiting += 1
        try:
            return await asyncio.get_running_loop().run_in_executor(self._threads, work)
        finally:
            self._waiting -= 1

    def _settings_changed(self, changed: Sequence[Changed]) -> None:
        if self._loop is not None and any(one.page == Restreaming.about.name for one in changed):
            wanted = self.wanted()
            self._loop.call_soon_threadsafe(self._tell, wanted)

    def _tell(self, wanted: Serve) -> None:
        self._changes += 1
        for follower in tuple(self._followers):
            follower(wanted)


class RtspClient:
    """The session of one connection (`recorder.sockets.connection.Session`)."""

    def __init__(self, desk: RtspDesk, connection: Connection) -> None:
        self._desk = desk
        self._connection = connection
        self._asking: set[asyncio.Task[None]] = set()

    def received(self, message: dict[str, Any]) -> None:
        """Answer what our own RTSP server asks, and nobody else."""
        if not self._connection.peer.asks_logins:
            raise Refused(what=_("ask for logins"))
        match message["op"]:
            case "follow":
                self._start(self._desk.follow(self._connection.send))
            case "served":
                self._desk.say(read(message, Served))
            case "log_in":
                login = read(message, LogIn)
                self._start(self._answered(login.id, self._desk.log_in(login)))
            case "fetch":
                fetch = read(message, Fetch)
                self._start(self._answered(fetch.id, self._desk.fetch(fetch)))
            case op:
                raise Invalid(problem=_("control does not know the message {op}").format(op=op))

    def drained(self) -> None:
        """Nothing waits for that."""

    def closed(self) -> None:
        """Forget the server; it comes again."""
        self._desk.leave(self._connection.send)
        for task in self._asking:
            task.cancel()

    async def _answered(self, number: int, work: Coroutine[Any, Any, LetIn | Fetched]) -> None:
        try:
            self._connection.send(await work)
        except NightjarError as error:
            self._connection.send(Failed(number, error.code, str(error)))
        except Exception:  # a disk that takes no log line, say: whoever waits for the answer has one
            log.exception("a question of the RTSP server was not answered")
            told = NightjarError()
            self._connection.send(Failed(number, told.code, str(told)))

    def _start(self, work: Coroutine[Any, Any, None]) -> None:
        task = asyncio.create_task(work)
        self._asking.add(task)
        task.add_done_callback(self._asking.discard)
