"""The one that writes to one disk: attaches it, recovers it, carries out passes, and comes back when the disk does.

`step` does everything and may be called by a thread (`start`) or by a test that owns time.
"""

import logging
import threading
import time
from collections import deque
from collections.abc import Callable, Sequence
from typing import Protocol

from recorder.client.clock import SECOND_US, Clock
from recorder.client.recording import GapReason
from recorder.client.status import DiskState, DiskStatus
from recorder.client.stream import StreamKey
from recorder.store.batch import Batch
from recorder.store.disk import Disk
from recorder.store.errors import DiskFault, StoreError
from recorder.store.files import AlignedBuffer
from recorder.store.ids import IdSource
from recorder.store.index import Index
from recorder.store.keys import PoolKeys
from recorder.store.last_seen import LastSeen
from recorder.store.pacing import Pacing
from recorder.store.policy import StorePolicy
from recorder.store.root_log import Signer
from recorder.store.rows import BootRow, Row
from recorder.store.stream_recorder import StreamRecorder
from recorder.store.volume import Volume
from recorder.store.write_pass import Outcome, WritePass

log = logging.getLogger("store")

PROBE_US = 2 * SECOND_US
"""How often a disk is looked for, and looked at."""
MOST_ROWS = 20_000
"""Catalog rows that wait for a disk; the oldest go first."""
_TICK_S = 0.25
Ticket = Callable[[bool], None]
Take = tuple[StreamRecorder, list[Batch]]


class Store(Protocol):
    """What a disk's writer needs of the whole store."""

    ids: IdSource
    kernel_boot: bytes
    policy: StorePolicy
    index: Index
    keys: PoolKeys
    signer: Signer | None

    def streams_of(self, writer: "DiskWriter") -> list[StreamRecorder]:
        """Give the streams that this disk records now."""
        ...

    def close_hole(self, recorder: StreamRecorder, last: LastSeen | None, first_us: int) -> None:
        """Explain the hole before the first sample since the start (S7)."""
        ...

    def durable(self, key: StreamKey, until_us: int) -> None:
        """Hear that a stream is safe up to a time."""
        ...

    def found_gap(self, key: StreamKey, start_us: int, end_us: int, reason: GapReason) -> None:
        """Take a hole that was seen."""
        ...

    def look_at_clock(self) -> None:
        """Notice steps of the clock."""
        ...

    def tell_others(self, writer: "DiskWriter", row: Row) -> None:
        """Have every other disk keep a row too."""
        ...


class DiskWriter:
    """Writes to one disk."""

    def __init__(self, disk: Disk, store: Store, clock: Clock) -> None:
        self.disk = disk
        self._store, self._clock = store, clock
        self._volume: Volume | None = None
        self._pacing = Pacing()
        self._buffer = AlignedBuffer()
        self._rows: deque[tuple[Row, Ticket | None]] = deque(maxlen=MOST_ROWS)
        self._probe_at_us = 0
        self._full_until_us = 0
        self._wake = threading.Event()
        self._flushes: list[threading.Event] = []
        self._ending = False
        self._thread: threading.Thread | None = None

    @property
    def usable(self) -> bool:
        """Whether the disk takes samples now."""
        return self._volume is not None and self.disk.state is DiskState.WRITABLE

    def start(self) -> None:
        """Write in a thread of its own."""
        self._thread = threading.Thread(target=self._run, name=f"disk {self.disk.path.name}", daemon=True)
        self._thread.start()

    def _run(self) -> None:
        while not self._ending:
            try:
                self.step()
            except Exception:
                # Nothing that was not foreseen may end recording: the disk is recovered anew.
                log.exception("disk %s: writing failed", self.disk.path)
                self._give_up(StoreError(problem="internal error"))
            self._wake.wait(_TICK_S)
            self._wake.clear()
        self.finish()

    def wake(self) -> None:
        """Look now."""
        self._wake.set()

    def log(self, rows: Sequence[Row], done: Ticket | None = None) -> None:
        """Take rows for the catalog; `done` hears when they are durable."""
        for row in rows:
            self._rows.append((row, None))
        if done is not None and rows:
            self._rows[-1] = (rows[-1], done)

    def flush(self) -> threading.Event:
        """Ask for everything to be written now; the event is set when that was tried."""
        done = threading.Event()
        self._flushes.append(done)
        self._wake.set()
        return done

    def step(self) -> None:
        """Look at the disk and write what is due."""
        flushes, self._flushes = self._flushes, []
        self._store.look_at_clock()
        if self._ready():
            self._pass(everything=bool(flushes))
        for one in flushes:
            one.set()

    def _ready(self) -> bool:
        now = self._clock.monotonic_us()
        if now >= self._probe_at_us:
            self._probe_at_us = now + PROBE_US
            if self._volume is None:
                self._attach()
            elif not self.disk.is_still_there():
                self._give_up(None)
                self._attach()
            elif self._store.index.needs(self._volume.identity.id_bytes):
                self._store.index.open_disk(self._volume.identity, self.disk.path, self._volume.catalog)
        return self._volume is not None

    def _attach(self) -> None:
        began = time.monotonic()
        try:
            identity = self.disk.attach()
            self._volume = Volume(self.disk, self._store.ids, self._store.kernel_boot, self._clock, self._store.keys)
        except StoreError as error:
            self._lost(error)
            return
        except OSError as error:
            self._lost(self.disk.fault(error))
            return
        self._store.index.open_disk(identity, self.disk.path, self._volume.catalog)
        self._tell_figures()
        log.info("disk %s: recovered in %.2f s", identity.name, time.monotonic() - began)
        if not self._volume.direct:
            log.warning("disk %s: its file system has no direct writes; they go through the page cache", identity.name)

    def _lost(self, error: StoreError) -> None:
        known = self.disk.state
        self.disk.detach()
        self.disk.fail(error)
        if self.disk.state != known:
            log.warning("disk %s: %s (%s)", self.disk.path, self.disk.state, error)

    def _give_up(self, error: StoreError | None) -> None:
        """Close the volume; None: the disk is no longer where it was."""
        if self._volume is not None:
            self._volume.close()
            self._volume = None
        if error is None:
            self.disk.detach()
        else:
            self._lost(error)
        self._probe_at_us = self._clock.monotonic_us() + PROBE_US

    def _pass(self, *, everything: bool) -> None:
        volume = self._volume
        assert volume is not None
        takes = self._takes(volume, everything=everything)
        signer = self._store.signer
        if signer is not None:
            self._rows += [(one, None) for one in volume.roots.new_keys(signer)]
        rows = [self._rows.popleft() for _n in range(len(self._rows))]
        if takes or rows or volume.aged(self._store.policy.seal_after_s):
            self._write(volume, takes, rows)
        if signer is not None and self._volume is volume and volume.roots.is_due():
            self._sign(volume, signer)

    def _sign(self, volume: Volume, signer: Signer) -> None:
        """Sign what was sealed since the last time; every disk keeps the head."""
        try:
            while (head := volume.roots.sign(signer)) is not None:
                volume.log([head])
                self._store.index.apply(volume.identity.id_bytes, volume.catalog.position, [head])
                self._store.tell_others(self, head)
        except OSError as error:
            self._give_up(self.disk.fault(error))
        except StoreError as error:
            self._give_up(error)

    def _write(self, volume: Volume, takes: list[Take], rows: list[tuple[Row, Ticket | None]]) -> None:
        began = time.monotonic()
        one = WritePass(volume, self._store.policy, self._buffer)
        try:
            outcome = one.run(takes, [row for row, _done in rows])
        except (OSError, StoreError) as error:
            for recorder, batches in takes:
                recorder.untake(batches)
            self._rows.extendleft(reversed(rows))
            self._give_up(self.disk.fault(error) if isinstance(error, OSError) else error)
            return
        except Exception:
            # What breaks the writer must not break it again and again.
            for recorder, batches in takes:
                self._lose(recorder, batches)
            raise
        self._pacing.spent(time.monotonic() - began, outcome.bytes)
        self._done(volume, rows, one, outcome)

    def _lose(self, recorder: StreamRecorder, batches: Sequence[Batch]) -> None:
        recorder.written(sum(batch.size for batch in batches))
        for batch in batches:
            start_us, last_us = batch.samples[0].wall_us, batch.samples[-1].wall_us
            self._store.found_gap(recorder.key, start_us, last_us + 1, GapReason.DISK)

    def _takes(self, volume: Volume, *, everything: bool) -> list[Take]:
        now = self._clock.monotonic_us()
        if self.disk.state is DiskState.FULL and not everything:
            # Every now and then, in case that expiry or another policy made room.
            if now < self._full_until_us:
                return []
            self._full_until_us = now + PROBE_US
        pacing = self._pacing
        streams = self._store.streams_of(self)
        if not everything:
            age = pacing.age_us
            if not any(one.due(now - age, pacing.target_bytes) for one in streams):
                return []
            # What will be due in half that time goes along, so that streams fall into step and share a sync.
            streams = [one for one in streams if one.due(now - age // 2, pacing.target_bytes)]
        takes = [(one, batches) for one in streams if (batches := one.take())]
        for recorder, batches in takes:
            if recorder.first_on_disk:
                recorder.first_on_disk = False
                self._store.close_hole(recorder, volume.last.get(recorder.key), batches[0].samples[0].wall_us)
        return takes

    def _done(
        self, volume: Volume, rows: Sequence[tuple[Row, Ticket | None]], one: WritePass, outcome: Outcome
    ) -> None:
        for recorder, left in outcome.refused:
            recorder.untake(left)
        for batch in one.oversized:
            start_us, last_us = batch.samples[0].wall_us, batch.samples[-1].wall_us
            self._store.found_gap(batch.span.key, start_us, last_us + 1, GapReason.DISK)
        self._store.index.apply(volume.identity.id_bytes, volume.catalog.position, outcome.rows)
        for recorder, until_us, size in outcome.safe:
            recorder.written(size)
            self._store.durable(recorder.key, until_us)
        for _row, done in rows:
            if done is not None:
                done(True)
        self._settle(refused=bool(outcome.refused), wrote=bool(outcome.safe))

    def _settle(self, *, refused: bool, wrote: bool) -> None:
        """Take the state that the last pass showed."""
        if refused:
            self.disk.set_state(DiskState.FULL, "")
        elif wrote and self.disk.state is DiskState.FULL:
            self.disk.set_state(DiskState.WRITABLE, "")
        if refused or wrote:
            self._tell_figures()

    def _tell_figures(self) -> None:
        volume = self._volume
        if volume is not None:
            self.disk.figures = (volume.used_bytes(), volume.oldest_us(), round(self._pacing.bytes_per_s))

    def status(self, buffered_bytes: int) -> DiskStatus:
        """How the disk is."""
        return self.disk.status(buffered_bytes)

    def end(self) -> None:
        """Have the thread write everything and end."""
        self._ending = True
        self._wake.set()

    def join(self, timeout_s: float) -> bool:
        """Wait for the thread; False while it still runs (a disk that hangs keeps it)."""
        if self._thread is None:
            self.finish()
            return True
        self._thread.join(timeout_s)
        return not self._thread.is_alive()

    def finish(self) -> None:
        """Write what waits and close the disk in good order."""
        if self._ready():
            self._pass(everything=True)
        volume = self._volume
        if volume is not None:
            signer = self._store.signer
            if signer is not None:
                self._sign(volume, signer)
        if volume is not None and self._volume is volume:
            ids = self._store.ids
            now, monotonic = self._clock.now_us(), self._clock.monotonic_us()
            row = BootRow(ids.recorder, ids.boot, self._store.kernel_boot, volume.started_us, monotonic, now)
            try:
                volume.log([row])
            except (OSError, DiskFault) as error:
                log.warning("disk %s: not closed in good order (%s)", self.disk.path, error)
            volume.close()
            self._volume = None
        self.disk.detach()
        for one in self._flushes:
            one.set()
