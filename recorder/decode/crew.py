"""The decode threads for live streams: as many as cores, each stream always on the same one."""

import logging
import os
import threading
from collections.abc import Callable
from queue import SimpleQueue

log = logging.getLogger(__name__)

Work = Callable[[], None]


class Worker:
    """One thread and what waits for it. `streams` counts those assigned to it."""

    def __init__(self, name: str) -> None:
        self.streams = 0
        self._queue: SimpleQueue[Work | None] = SimpleQueue()
        self.put = self._queue.put
        self._thread = threading.Thread(target=self._run, name=name, daemon=True)
        self._thread.start()

    def stop(self) -> None:
        """End after what waits now."""
        self._queue.put(None)
        self._thread.join(timeout=2)

    def _run(self) -> None:
        get = self._queue.get
        while (work := get()) is not None:
            try:
                work()
            except Exception:
                log.exception("decoding a stream failed")


class Crew:
    """Hands out workers, the least loaded first."""

    def __init__(self, count: int | None = None) -> None:
        cores = len(os.sched_getaffinity(0))
        self._workers = [Worker(f"decode-{number}") for number in range(count or cores)]

    def join(self) -> Worker:
        """Give the worker for one more stream; in the event loop."""
        worker = min(self._workers, key=lambda one: one.streams)
        worker.streams += 1
        return worker

    def leave(self, worker: Worker) -> None:
        """A stream is gone."""
        worker.streams -= 1

    def stop(self) -> None:
        """End all threads."""
        for worker in self._workers:
            worker.stop()
