"""What runs in the event loop of control: begun together, ended together; other threads have things done in it."""

import asyncio
import logging
from collections.abc import Callable, Coroutine, Iterable

log = logging.getLogger(__name__)


class Running:
    """Belongs to the event loop in which it was made ready; `soon` and `later` may be called from any thread."""

    def __init__(self) -> None:
        self._loop: asyncio.AbstractEventLoop | None = None
        self._tasks: list[asyncio.Task[None]] = []

    def ready(self) -> None:
        """Have `soon` and `later` done in the event loop that runs now; before, nothing comes of them."""
        self._loop = asyncio.get_running_loop()

    def begin(self, works: Iterable[Coroutine[None, None, None]]) -> None:
        """Have works run until `end`, or until they are over; a fault that ends one is told in the log at once."""
        for work in works:
            task = asyncio.create_task(work)
            task.add_done_callback(_tell)
            self._tasks.append(task)

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


def _tell(task: asyncio.Task[None]) -> None:
    if not task.cancelled() and (error := task.exception()) is not None:
        what = getattr(task.get_coro(), "__qualname__", task.get_name())
        log.critical("%s ended by a fault, and is done again only once control starts anew", what, exc_info=error)
