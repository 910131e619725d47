"""Reads of a disk in a few threads of its own: who wants something of one that hangs is told so, and goes on."""

import threading
import time
from collections import deque
from collections.abc import Callable, Hashable
from concurrent.futures import Future
from functools import partial
from typing import Any, TypeVar

from recorder.store.errors import DiskSilent

READS_AT_ONCE = 4
"""Of one disk: as many as a drive sorts by itself."""
SILENT_S = 5.0
"""What takes longer than this is not waited for, nor is anything else of that disk until it is over."""
QUIET_S = 2.0
MOST_WAITING = 16
"""Who may go on waiting for a disk that has brought nothing for `QUIET_S`: half of the reader's threads."""
_GLANCE_S = 0.2
_IDLE_S = 60.0

_Found = TypeVar("_Found")


class _Job:
    def __init__(self, work: Callable[[], Any]) -> None:
        self.future: Future[Any] = Future()
        self._work = work

    def run(self) -> Callable[[], None]:
        """Do it; gives what tells the one who waits."""
        if not self.future.set_running_or_notify_cancel():
            return lambda: None
        try:
            return partial(self.future.set_result, self._work())
        except Exception as error:  # noqa: BLE001 - raised again where it is waited for
            return partial(self.future.set_exception, error)


class Lane:
    """What is wanted of one disk. Safe from any thread."""

    def __init__(self, patience_s: float) -> None:
        self._patience_s = patience_s
        self._more = threading.Condition(threading.Lock())
        self._queue: deque[_Job] = deque()
        self._begun_s: dict[_Job, float] = {}
        self._waiting: dict[_Job, None] = {}
        """Those that somebody waits for, in the order they came."""
        self._threads = 0
        self._over = False

    def do(self, disk: str, work: Callable[[], _Found], unwanted: Callable[[_Found], object] | None = None) -> _Found:
        """Do what may wait for the disk; raises what that raises, and `DiskSilent` where it takes too long.

        What comes in the end although nobody waits for it any more goes to `unwanted`.
        """
        with self._more:
            if self._over or self._quiet_s() > self._patience_s:
                raise DiskSilent(disk=disk)
            job = _Job(work)
            self._queue.append(job)
            self._waiting[job] = None
            if len(self._queue) > self._threads - len(self._begun_s) and self._threads < READS_AT_ONCE:
                self._threads += 1
                threading.Thread(target=self._serve, name=f"lane {disk}", daemon=True).start()
            self._more.notify()
        end_s = time.monotonic() + self._patience_s
        try:
            while True:
                try:
                    error = job.future.exception(_GLANCE_S)
                except TimeoutError:
                    if time.monotonic() > end_s or self._is_hopeless(job):
                        break
                else:
                    if error is not None:
                        raise error
                    return job.future.result()
        finally:
            with self._more:
                del self._waiting[job]
        if not job.future.cancel() and unwanted is not None:
            job.future.add_done_callback(lambda late: late.exception() or unwanted(late.result()))
        raise DiskSilent(disk=disk)

    def close(self) -> None:
        """Let nobody wait any more, and the threads end."""
        with self._more:
            self._over = True
            self._more.notify_all()

    def _quiet_s(self) -> float:
        now_s = time.monotonic()
        return now_s - min(self._begun_s.values(), default=now_s)

    def _is_hopeless(self, job: _Job) -> bool:
        with self._more:
            quiet_s = self._quiet_s()
            if self._over or quiet_s > self._patience_s:
                return True
            return quiet_s > QUIET_S and list(self._waiting).index(job) >= MOST_WAITING

    def _serve(self) -> None:
        while True:
            with self._more:
                if not self._more.wait_for(lambda: bool(self._queue) or self._over, _IDLE_S) or not self._queue:
                    self._threads -= 1
                    return
                job = self._queue.popleft()
                self._begun_s[job] = time.monotonic()
            tell = job.run()
            with self._more:
                # First, so that who asks again finds an idle thread, and a lane that is not quiet.
                del self._begun_s[job]
            tell()


class Lanes:
    """The lanes of all disks, for all readers of a process."""

    def __init__(self, patience_s: float | None = None) -> None:
        """So long a disk may take for each of what it is asked, where `of` says nothing else; `SILENT_S`."""
        self._patience_s = SILENT_S if patience_s is None else patience_s
        self._lock = threading.Lock()
        self._lanes: dict[Hashable, Lane] = {}

    def of(self, disk: Hashable, patience_s: float | None = None) -> Lane:
        """Give the lane of a disk, or of whatever else may hang."""
        with self._lock:
            lane = self._lanes.get(disk)
            if lane is None:
                lane = self._lanes[disk] = Lane(self._patience_s if patience_s is None else patience_s)
            return lane

    def close(self) -> None:
        """Let nobody wait for a disk any more."""
        with self._lock:
            for one in self._lanes.values():
                one.close()
