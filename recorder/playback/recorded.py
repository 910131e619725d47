"""Where an export takes recorded samples from: the disks themselves, read ahead."""

import threading
import time
from collections import deque
from collections.abc import Callable, Iterator, Sequence
from concurrent.futures import Future, ThreadPoolExecutor, wait
from contextlib import closing
from typing import NamedTuple, Protocol

from recorder.client.clock import SystemClock
from recorder.client.instance import Instance
from recorder.client.recording import Frames
from recorder.client.tap import Subscribe
from recorder.playback.errors import Cancelled, ReaderLost
from recorder.store import StoreReader
from recorder.store.disk_lane import SILENT_S, Lanes
from recorder.store.errors import DiskSilent
from recorder.store.intervals import Interval
from recorder.store.key_ring import KeyRing
from recorder.store.portion import Portion

GLANCE_S = 0.2
"""So often somebody who waits looks whether it is still wanted."""
BATCH_BYTES = 1 << 20
BATCHES_AHEAD = 3
"""What is read while earlier samples are written: a few chunks, each held as it was read."""
DISK_PATIENCE_S = 180.0
"""So long an export waits for a disk that does not answer: drives and cables that recover do so within two minutes."""


class Source(Protocol):
    """Recorded time, for exports. Every call raises `NightjarError`."""

    def portions(self, asked: Subscribe) -> Iterator[Portion]:
        """Give the samples of a stretch."""
        ...

    def expected_bytes(self, asked: Subscribe) -> int:
        """About how many bytes a stretch has, 0 where that is not known."""
        ...

    def stretches(self, asked: Subscribe) -> Sequence[Interval]:
        """Say when within a stretch every picture is recorded; nothing where the source says itself what it lacks."""
        ...

    def samples_ahead(self, asked: Subscribe, most_bytes: int, beside: int) -> int:
        """About how many samples of a stretch are in the span with which it begins, 0 where that is not known.

        Those are meant that fit into `most_bytes`, each with so many bytes `beside` it.
        """
        ...


class FromStore:
    """What the disks hold, read ahead by a thread of its own; raises what `StoreReader` does, and `Cancelled`."""

    def __init__(self, instance: Instance, cancelled: threading.Event) -> None:
        self._instance, self._cancelled = instance, cancelled
        self._keys, self._lanes = KeyRing(instance), Lanes()
        self.waiting: Callable[[str], object] = lambda _disk: None
        """Hears, where `portions` are taken, of a disk that is waited for; "" when it goes on."""
        self._silence: _Silence | None = None

    def portions(self, asked: Subscribe) -> Iterator[Portion]:
        """Give the samples of a stretch; they are views of whole chunks."""
        with closing(self._open()) as store:
            found = _wanted(store.portions(asked.key, *_stretch(asked), self._waits), asked)
            thread = ThreadPoolExecutor(1, "read")
            try:
                ahead = deque(thread.submit(_batch, found) for _number in range(BATCHES_AHEAD))
                while batch := self._read(ahead.popleft()):
                    ahead.append(thread.submit(_batch, found))
                    yield from batch
            except OSError as error:
                raise ReaderLost(problem=error.strerror or error) from error
            finally:
                # The store is closed behind the read that may still run.
                thread.shutdown(cancel_futures=True)

    def expected_bytes(self, asked: Subscribe) -> int:
        """About how many bytes a stretch has."""
        with closing(self._open()) as store:
            return sum(one.bytes for one in store.spans(asked.key, *_stretch(asked)))

    def stretches(self, asked: Subscribe) -> list[Interval]:
        """Say when within a stretch every picture is recorded, as far as the index knows."""
        with closing(self._open()) as store:
            found = store.spans(asked.key, *_stretch(asked))
            return [(one.start_us, one.end_us) for one in found if one.frames is Frames.ALL]

    def samples_ahead(self, asked: Subscribe, most_bytes: int, beside: int) -> int:
        """About how many samples of a stretch are in the span with which it begins, and fit into so many bytes."""
        with closing(self._open()) as store:
            return store.samples_ahead(asked.key, *_stretch(asked), most_bytes, beside)

    def _open(self) -> StoreReader:
        return StoreReader(
            self._instance.disks, self._instance.index, SystemClock(), keys=self._keys, lanes=self._lanes
        )

    def _read(self, batch: "Future[list[Portion]]") -> list[Portion]:
        told = ""
        while True:
            if self._cancelled.is_set():
                raise Cancelled
            if wait([batch], GLANCE_S).done:
                if told:
                    self.waiting("")
                return batch.result()
            silence = self._silence
            if not told and silence is not None and time.monotonic() - silence.asked_s < SILENT_S:
                told = silence.disk
                self.waiting(told)

    def _waits(self, silent: DiskSilent) -> bool:
        """Wait a moment, in the thread that reads, before a disk is asked again; False where that went on for long."""
        now_s = time.monotonic()
        since_s, asked_s = self._silence[1:] if self._silence else (now_s, now_s)
        # Where it was asked long ago it has answered since.
        since_s = since_s if now_s - asked_s < SILENT_S else now_s
        self._silence = _Silence(str(silent.details["disk"]), since_s, now_s)
        return now_s - since_s < DISK_PATIENCE_S and not self._cancelled.wait(GLANCE_S)


class _Silence(NamedTuple):
    disk: str
    since_s: float
    asked_s: float


def _stretch(asked: Subscribe) -> tuple[int, int]:
    """Give what is exported of a stream, which always has a begin and an end."""
    assert asked.from_us is not None
    assert asked.until_us is not None
    return asked.from_us, asked.until_us


def _wanted(found: Iterator[Portion], asked: Subscribe) -> Iterator[Portion]:
    for one in found:
        tracks = asked.tracks(one.epoch)
        if len(tracks) == len(one.epoch.tracks):
            yield one
        elif samples := [sample for sample in one.samples if sample.track in tracks]:
            yield one._replace(samples=samples, data=None)


def _batch(found: Iterator[Portion]) -> list[Portion]:
    """Take about a MiB; nothing when there is no more."""
    batch: list[Portion] = []
    size = 0
    for one in found:
        batch.append(one)
        size += len(one.data) if one.data is not None else sum(len(sample.data) for sample in one.samples)
        if size >= BATCH_BYTES:
            break
    return batch
