"""One connection to a tap, live or recorded, that heals itself and carries many subscriptions.

It lives in decode's event loop. A lost connection is tried again every `RETRY_S` for ever, and every subscription that
stands is then asked for again as its sink wants it: live from now, recorded from where it was.
"""

import asyncio
import contextlib
import logging
from pathlib import Path
from typing import Any, Protocol

import msgspec

from recorder.client import tap, wire
from recorder.client.errors import NightjarError
from recorder.client.stream import Epoch
from recorder.client.tap import Arrived, Credit, Subscribe, Unsubscribe

RETRY_S = 0.1
MOST_UNSENT_BYTES = 1 << 20

log = logging.getLogger(__name__)


class Sink(Protocol):
    """Who receives a subscription; called in the event loop, must not block."""

    def request(self, number: int) -> Subscribe:
        """What to ask for now, with this subscription number: at first and after each reconnection."""
        ...

    def epoch(self, epoch: Epoch) -> None:
        """The codec parameters of what follows."""
        ...

    def sample(self, arrived: Arrived) -> None:
        """A sample arrived."""
        ...

    def ended(self, reason: str) -> None:
        """Nothing more comes."""
        ...

    def failed(self, words: str) -> None:
        """The request was refused."""
        ...

    def lost(self) -> None:
        """The connection is gone; `request` is called when it is back."""
        ...


class Feed:
    """Subscriptions over one unix socket. All methods belong to the event loop's thread."""

    def __init__(self, path: Path) -> None:
        self._path = path
        self._sinks: dict[int, Sink] = {}
        self._last = 0
        self._wire: _Wire | None = None
        self._task: asyncio.Task[None] | None = None

    @property
    def connected(self) -> bool:
        """Whether the other process answers."""
        return self._wire is not None

    def start(self) -> None:
        """Begin to connect; needs a running event loop."""
        self._task = asyncio.get_running_loop().create_task(self._keep())

    async def close(self) -> None:
        """Hang up for good."""
        if self._task is not None:
            self._task.cancel()
            with contextlib.suppress(asyncio.CancelledError):
                await self._task
        if self._wire is not None:
            self._wire.transport.abort()

    def subscribe(self, sink: Sink) -> int:
        """Begin a subscription; gives its number."""
        self._last += 1
        self._sinks[self._last] = sink
        if self._wire is not None:
            self._send(sink.request(self._last))
        return self._last

    def unsubscribe(self, number: int) -> None:
        """End a subscription; its sink hears nothing more."""
        if self._sinks.pop(number, None) is not None:
            self._send(Unsubscribe(number))

    def again(self, number: int) -> int:
        """Ask for a subscription anew, after it ended or was refused; gives its new number."""
        sink = self._sinks.pop(number, None)
        if sink is None:
            return number
        self._send(Unsubscribe(number))
        return self.subscribe(sink)

    def credit(self, number: int, count: int) -> None:
        """Allow so many more bytes of a recorded subscription."""
        if number in self._sinks:
            self._send(Credit(number, count))

    def _send(self, message: Any) -> None:
        if self._wire is None:
            return
        if self._wire.transport.get_write_buffer_size() > MOST_UNSENT_BYTES:
            self._wire.transport.abort()  # it takes nothing any more: begin anew
            return
        self._wire.transport.write(wire.encode(message))

    async def _keep(self) -> None:
        loop = asyncio.get_running_loop()
        while True:
            try:
                _transport, joined = await loop.create_unix_connection(lambda: _Wire(self), str(self._path))
            except OSError:
                await asyncio.sleep(RETRY_S)
                continue
            await joined.gone.wait()
            await asyncio.sleep(RETRY_S)

    def joined(self, joined: "_Wire") -> None:
        """The connection stands: ask for everything."""
        self._wire = joined
        for number, sink in list(self._sinks.items()):
            self._send(sink.request(number))

    def left(self) -> None:
        """The connection is gone."""
        self._wire = None
        for sink in list(self._sinks.values()):
            sink.lost()

    def take(self, kind: int, payload: bytes) -> None:
        """One frame arrived; raises `BadFrame`."""
        if kind == wire.SAMPLE:
            arrived = tap.unpack_sample(payload)
            sink = self._sinks.get(arrived.id)
            if sink is not None:
                sink.sample(arrived)
        elif kind == wire.MESSAGE:
            message = wire.decode(payload)
            number = message.get("id")
            sink = self._sinks.get(number) if isinstance(number, int) else None
            if sink is not None:
                _tell(sink, message)


def _tell(sink: Sink, message: dict[str, Any]) -> None:
    match message["op"]:
        case "epoch":
            try:
                sink.epoch(msgspec.convert(message.get("epoch"), Epoch, strict=False))
            except msgspec.ValidationError as error:
                raise wire.BadFrame(problem=str(error)) from error
        case "ended":
            sink.ended(str(message.get("reason", "")))
        case "failed":
            sink.failed(str(message.get("words", "")))
        case _:
            pass


class _Wire(asyncio.Protocol):
    """The bytes of one connection."""

    transport: asyncio.Transport

    def __init__(self, feed: Feed) -> None:
        self._feed = feed
        self._splitter = wire.Splitter()
        self.gone = asyncio.Event()

    def connection_made(self, transport: asyncio.BaseTransport) -> None:
        assert isinstance(transport, asyncio.Transport)
        self.transport = transport
        self._feed.joined(self)

    def data_received(self, data: bytes) -> None:
        try:
            for kind, payload in self._splitter.feed(data):
                self._feed.take(kind, payload)
        except NightjarError as error:
            log.warning("tap sent nonsense: %s", error)
            self.transport.abort()

    def connection_lost(self, exc: Exception | None) -> None:  # noqa: ARG002
        self.gone.set()
        self._feed.left()
