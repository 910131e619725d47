"""Where jobs run that wait for others, so that the screen never does."""

import logging
import queue
import threading
from collections.abc import Callable
from typing import Any, Protocol

from recorder.client.errors import NightjarError
from recorder.client.words import _

log = logging.getLogger(__name__)

MOST_ASIDE = 12
"""Jobs aside at once; a thread that waits for a disk cannot be ended."""
Done = Callable[[Any, Exception | None], object]
"""Told the result, or the error."""


class NoAnswer(NightjarError):
    """Nothing answers: jobs that were begun before wait for ever."""

    status = 504
    words = _("Disks or sticks do not answer. Pull out those that hang, or restart the recorder.")


class Worker(Protocol):
    """Runs jobs and tells how they ended, from whatever thread."""

    def run(self, job: Callable[[], Any], done: Done) -> None:
        """Run a job some time; never blocks."""
        ...

    def aside(self, job: Callable[[], Any], done: Done) -> None:
        """Run a job that may never end (it asks a stick, say) where it holds up no other; never blocks."""
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

    aside = run


class ThreadWorker:
    """Some daemon threads that take jobs in their order."""

    def __init__(self, threads: int = 3) -> None:
        self._aside = threading.BoundedSemaphore(MOST_ASIDE)
        self._jobs: queue.SimpleQueue[tuple[Callable[[], Any], Done]] = queue.SimpleQueue()
        for number in range(threads):
            threading.Thread(target=self._serve, name=f"work-{number}", daemon=True).start()

    def run(self, job: Callable[[], Any], done: Done) -> None:
        """Put it in the queue."""
        self._jobs.put((job, done))

    def aside(self, job: Callable[[], Any], done: Done) -> None:
        """Give it a thread of its own; where too many do not end already, it fails."""
        if not self._aside.acquire(blocking=False):
            done(None, NoAnswer())
            return

        def serve() -> None:
            try:
                _finish(job, done)
            finally:
                self._aside.release()

        threading.Thread(target=serve, name="aside", daemon=True).start()

    def _serve(self) -> None:
        while True:
            job, done = self._jobs.get()
            _finish(job, done)
