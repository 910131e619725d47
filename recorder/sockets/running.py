"""What runs in the event loop of a process: begun together, ended together; other threads have things done in it."""

import asyncio
import logging
from collections.abc import Callable, Coroutine, Iterable
from typing import Any, TypeAlias

log = logging.getLogger(__name__)

AGAIN_S = 5.0
"""So long after a fault a work is begun again."""
Work: TypeAlias = Callable[[], Coroutine[Any, Any, None]]
"""Begins something that goes on until it is cancelled; it may be begun again after a fault."""


class Running:
    """Belongs to the event loop in which it was made ready; `soon` and `later` may be called from any thread."""

    def __init__(self) -> None:
        self._loop: asyncio.AbstractEventLoop | None = None
        self._tasks: list[asyncio.Task[None]] = []

    def ready(self) -> None:
        """Have `soon` and `later` done in the event loop that runs now; before, nothing comes of them."""
        self._loop = asyncio.get_running_loop()

    def begin(self, works: Iterable[Work]) -> None:
        """Have works run until `end`, or until they are over; one that a fault ends is begun again."""
        self._tasks += [asyncio.create_task(_kept(work)) for work in works]

    async def end(self) -> None:
        """Cancel all and wait for them; the fault of one keeps no other from its end."""
        for task in self._tasks:
            task.cancel()
        await asyncio.gather(*self._tasks, return_exceptions=True)
        self._tasks = []

    def soon(self, do: Callable[[], object]) -> None:
        """Do something in the event loop."""
        if self._loop is not None:
            self._loop.call_soon_threadsafe(do)

    def later(self, pause_s: float, do: Callable[[], object]) -> None:
        """Do something in the event loop after some time."""
        loop = self._loop
        if loop is not None:
            loop.call_soon_threadsafe(lambda: loop.call_later(pause_s, do))


async def _kept(work: Work) -> None:
    while True:
        try:
            return await work()
        except Exception:
            what = getattr(getattr(work, "func", work), "__qualname__", repr(work))
            log.critical("%s ended by a fault, and is begun again in %.0f s", what, AGAIN_S, exc_info=True)
        await asyncio.sleep(AGAIN_S)
