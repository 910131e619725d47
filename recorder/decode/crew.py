"""The decode threads for live streams: as many as cores, each stream always on the same one."""

import logging
import os
import threading
from collections.abc import Callable
from queue import SimpleQueue

log = logging.getLogger(__name__)

Work = Callable[[], None]
PATIENT_SHARE = 0.5
"""Of a core: so much may be decoded, with what is looked at, before those whom nobody looks at get key frames alone."""


class Worker:
    """One thread and what waits for it. `streams` counts those assigned to it."""

    def __init__(self, name: str) -> None:
        self.streams = 0
        self._claims: dict[object, tuple[bool, float]] = {}
        self._queue: SimpleQueue[Work | None] = SimpleQueue()
        self.put = self._queue.put
        self._thread = threading.Thread(target=self._run, name=name, daemon=True)
        self._thread.start()

    def claim(self, stream: object, share: float, *, patient: bool) -> bool:
        """Whether a stream may have so much of the core: all that somebody looks at, and of others as many as fit.

        Those who asked first have it first, so that nothing flutters. In the worker's thread.
        """
        self._claims[stream] = (patient, share)
        if not patient:
            return True
        taken = sum(one for waits, one in self._claims.values() if not waits)
        for other, (waits, one) in self._claims.items():
            if waits and taken + one <= PATIENT_SHARE:
                taken += one
                if other is stream:
                    return True
            elif other is stream:
                return False
        return False

    def release(self, stream: object) -> None:
        """A stream claims nothing any more."""
        self.put(lambda: self._claims.pop(stream, None) and None)

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

    def __init__(self) -> None:
        self._workers = [Worker(f"decode-{core}") for core in range(len(os.sched_getaffinity(0)))]

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
