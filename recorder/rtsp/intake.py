"""One epoll for the sockets of all cameras, read in batches: after a wake it sleeps a little, so that much is there.

A camera that sends one packet per segment would otherwise wake the recorder hundreds of times a second. The kernel
keeps what arrives meanwhile: a TCP sender waits once its window is full, for UDP there is a large receive buffer.
Sockets that nobody waits for are read calmly: every eighth time, where there are many every twelfth, together, without
asking whether they can be. What is read in one go costs less than half of what the same bytes cost one by one:
processor and caches know what is coming.
"""

import asyncio
import logging
import select
from collections.abc import Callable
from typing import Protocol
from weakref import WeakKeyDictionary

log = logging.getLogger(__name__)

PAUSE_S = 0.041
"""How long everything waits after a wake. It is added to the delay of live pictures, half of it on average.

It is no part of the time of a picture at any usual rate, so that the times of reading wander through those of pictures.
"""
CALM_TURNS = 8
"""Calm sockets are read at every so many wakes: a third of a second, which is lost where the process is killed."""
CALM_TOGETHER = 32
"""So many calm sockets are read in one wake, as long as there are others: live pictures wait for them."""
MANY_TURNS = 12
"""Where there are more of them than that, at every so many wakes: half a second, for what each read costs adds up."""
BUFFER_BYTES = 1 << 20
"""The buffer that all TCP reads share: for what comes between two calm reads, and larger than the longest message or
packet that may be left unfinished in it."""
MOST_EVENTS = 1024


class Readable(Protocol):
    """A socket, or what stands for one."""

    def fileno(self) -> int:
        """Its descriptor."""
        ...


class Intake:
    """Calls back when a socket is readable, at most once per `pause_s` for all of them together.

    Belongs to the event loop that runs when the first socket is added.
    """

    def __init__(self, pause_s: float = PAUSE_S) -> None:
        self.buffer = bytearray(BUFFER_BYTES)
        self.view = memoryview(self.buffer)
        self._pause_s = pause_s
        self._epoll: select.epoll | None = None
        self._loop: asyncio.AbstractEventLoop | None = None
        self._readable: dict[int, Callable[[], None]] = {}
        self._pause: asyncio.TimerHandle | None = None
        self._calm: list[dict[int, Callable[[], None]]] = [{} for _ in range(MANY_TURNS)]
        """Who is read calmly, by turn; the last turns are nobody's, and only count where there are many."""
        self._turn_of: dict[int, int] = {}
        self._turn = 0
        self._sleeps_long = False
        self._soon: list[Callable[[], None]] | None = None
        """What is to be done when all have read; None while nobody reads."""

    @classmethod
    def of_loop(cls) -> "Intake":
        """Give the one that all sources of the running event loop share."""
        loop = asyncio.get_running_loop()
        if loop not in _shared:
            _shared[loop] = cls()
        return _shared[loop]

    def add(self, one: Readable, readable: Callable[[], None]) -> None:
        """Call `readable` whenever this socket has something to read; it must not raise."""
        if self._epoll is None:
            self._epoll = select.epoll()
            self._loop = asyncio.get_running_loop()
            self._loop.add_reader(self._epoll.fileno(), self._wake)
        self._epoll.register(one.fileno(), select.EPOLLIN)
        self._readable[one.fileno()] = readable
        self._sleep_shorter()

    def calm(self, one: Readable) -> None:
        """Read a socket calmly from now on; `readable` must then take it in good part that nothing is there."""
        number, epoll, loop = one.fileno(), self._epoll, self._loop
        if number not in self._readable or number in self._turn_of or epoll is None or loop is None:
            return
        epoll.unregister(number)
        room = (turn for turn in range(CALM_TURNS) if len(self._calm[turn]) < CALM_TOGETHER)
        turn = next(room, min(range(CALM_TURNS), key=lambda turn: len(self._calm[turn])))
        self._turn_of[number] = turn
        self._calm[turn][number] = self._readable[number]
        if self._pause is None:
            loop.remove_reader(epoll.fileno())
            self._sleep(loop)

    def rouse(self, one: Readable) -> None:
        """Read a socket whenever there is something again."""
        if self._epoll is not None and self._forget_calm(one.fileno()):
            self._epoll.register(one.fileno(), select.EPOLLIN)
            self._sleep_shorter()

    def remove(self, one: Readable) -> None:
        """Forget a socket, before it is closed; nothing happens if it was not added."""
        if self._readable.pop(one.fileno(), None) is None or self._epoll is None:
            return
        if not self._forget_calm(one.fileno()):
            self._epoll.unregister(one.fileno())
        if not self._readable:
            self._close()

    def soon(self, call: Callable[[], None]) -> None:
        """Call when all have read that read in this wake; in the next turn of the event loop, where nobody reads.

        So what one wake brought leaves by one system call for each who gets it, and no turn of the loop is needed for
        that: with few cameras and viewers, turns are most of what a wake costs.
        """
        if self._soon is None:
            asyncio.get_running_loop().call_soon(call)
        else:
            self._soon.append(call)

    @property
    def _period(self) -> int:
        """At every how many wakes each calm socket is read."""
        return CALM_TURNS if len(self._turn_of) <= CALM_TOGETHER else MANY_TURNS

    def _forget_calm(self, number: int) -> bool:
        """Tell whether a socket was calm, and let it be so no more."""
        turn = self._turn_of.pop(number, None)
        if turn is not None:
            del self._calm[turn][number]
        return turn is not None

    def _sleep(self, loop: asyncio.AbstractEventLoop) -> None:
        """Begin the next pause; where nobody is read but the calm, until it is the turn of some of them."""
        turns, period = 1, self._period
        if len(self._turn_of) == len(self._readable):
            found = (number for number in range(1, period + 1) if self._calm[(self._turn + number) % period])
            turns = next(found, 1)
        self._sleeps_long = turns > 1
        self._turn += turns - 1
        self._pause = loop.call_later(turns * self._pause_s, self._listen)

    def _sleep_shorter(self) -> None:
        """Somebody is there who shall not wait as long as the calm do."""
        if self._pause is not None and self._loop is not None and self._sleeps_long:
            self._sleeps_long = False
            self._pause.cancel()
            self._pause = self._loop.call_later(self._pause_s, self._listen)

    def _wake(self) -> None:
        epoll, loop = self._epoll, self._loop
        if epoll is None or loop is None:
            return
        loop.remove_reader(epoll.fileno())
        self._read([number for number, _ in epoll.poll(0, MOST_EVENTS)], loop)

    def _read(self, numbers: list[int], loop: asyncio.AbstractEventLoop) -> None:
        """Let these read, and begin the next pause."""
        self._sleep(loop)
        self._soon = soon = []
        for number in numbers:
            if readable := self._readable.get(number):
                try:
                    readable()
                except Exception:
                    # One camera must never stop the others.
                    log.exception("Reading from a camera failed")
        self._soon = None
        for call in soon:
            try:
                call()
            except Exception:
                # Nor must one who gets something of it.
                log.exception("Handing on what cameras sent failed")

    def _listen(self) -> None:
        """The pause is over: read on at once, or be woken where nothing is there yet."""
        self._pause = None
        epoll, loop = self._epoll, self._loop
        if epoll is None or loop is None:
            return
        # With many cameras there always is something, and the event loop need not be asked for it.
        numbers = [number for number, _ in epoll.poll(0, MOST_EVENTS)]
        if self._turn_of:
            self._turn = (self._turn + 1) % self._period
            numbers += self._calm[self._turn]
        if numbers or self._turn_of:
            self._read(numbers, loop)
        else:
            loop.add_reader(epoll.fileno(), self._wake)

    def _close(self) -> None:
        """Give the epoll back with the last socket."""
        if self._pause is not None:
            self._pause.cancel()
            self._pause = None
        if self._epoll is not None and self._loop is not None:
            self._loop.remove_reader(self._epoll.fileno())
            self._epoll.close()
        self._epoll = self._loop = None


_shared: WeakKeyDictionary[asyncio.AbstractEventLoop, Intake] = WeakKeyDictionary()
