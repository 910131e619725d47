"""What happens, told to everybody who listens: bounded queues, so that a listener who sleeps costs nothing."""

import asyncio
from collections.abc import AsyncGenerator
from contextlib import asynccontextmanager
from dataclasses import asdict, is_dataclass
from typing import Any

from recorder.client.answers import Event
from recorder.client.clock import Clock

LONGEST_QUEUE = 256


class Events:
    """Hands events to listeners. `publish` belongs to the event loop; other threads use `publish_soon`."""

    def __init__(self, clock: Clock) -> None:
        self._clock = clock
        self._queues: set[asyncio.Queue[Event | None]] = set()
        self._loop: asyncio.AbstractEventLoop | None = None

    def start(self) -> None:
        """Say which loop is ours; called in it."""
        self._loop = asyncio.get_running_loop()

    def publish(self, kind: str, data: Any) -> None:
        """Tell an event; `data` is a frozen dataclass or a dict. A full queue ends its listener."""
        if not self._queues:
            return
        told: Any = asdict(data) if is_dataclass(data) and not isinstance(data, type) else data
        event = Event(kind, self._clock.now_us(), told)
        for queue in list(self._queues):
            # One place stays free for the end, so that telling it never fails.
            if queue.qsize() >= LONGEST_QUEUE:
                self._cut_off(queue)
            else:
                queue.put_nowait(event)

    def publish_soon(self, kind: str, data: Any) -> None:
        """As `publish`, from any thread."""
        if self._loop is not None and not self._loop.is_closed():
            self._loop.call_soon_threadsafe(self.publish, kind, data)

    def end(self) -> None:
        """Cut off all listeners: control ends."""
        for queue in list(self._queues):
            self._cut_off(queue)

    def _cut_off(self, queue: asyncio.Queue[Event | None]) -> None:
        self._queues.discard(queue)
        queue.put_nowait(None)

    @asynccontextmanager
    async def listen(self) -> AsyncGenerator[asyncio.Queue[Event | None]]:
        """Give a queue of events; None means that nothing more comes: it was too slow, or control ends."""
        queue: asyncio.Queue[Event | None] = asyncio.Queue(LONGEST_QUEUE + 1)
        self._queues.add(queue)
        try:
            yield queue
        finally:
            self._queues.discard(queue)
