"""Where jobs run that wait for others, so that the screen never does."""

import logging
import queue
import threading
from collections.abc import Callable
from typing import Any, Protocol

log = logging.getLogger(__name__)

Done = Callable[[Any, Exception | None], object]
"""Told the result, or the error."""


class Worker(Protocol):
    """Runs jobs and tells how they ended, from whatever thread."""

    def run(self, job: Callable[[], Any], done: Done) -> None:
        """Run a job some time; never blocks."""
        ...


def _finish(job: Callable[[], Any], done: Done) -> None:
    try:
        result = job()
    except Exception as error:  # noqa: BLE001 - told to whoever asked
        done(None, error)
    else:
        done(result, None)


class InlineWorker:
    """Runs each job at once, on the caller's thread: where nothing waits, and where a screen has no other."""

    def run(self, job: Callable[[], Any], done: Done) -> None:
        """Run it now."""
        _finish(job, done)


class ThreadWorker:
    """Some daemon threads that take jobs in their order."""

    def __init__(self, threads: int = 3) -> None:
        self._jobs: queue.SimpleQueue[tuple[Callable[[], Any], Done]] = queue.SimpleQueue()
        for number in range(threads):
            threading.Thread(target=self._serve, name=f"work-{number}", daemon=True).start()

    def run(self, job: Callable[[], Any], done: Done) -> None:
        """Put it in the queue."""
        self._jobs.put((job, done))

    def _serve(self) -> None:
        while True:
            job, done = self._jobs.get()
            _finish(job, done)
