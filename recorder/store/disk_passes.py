"""The passes over a disk: what of its streams is due, written, told of, and given back where the disk failed."""

import logging
from collections import deque
from collections.abc import Callable, Collection, Sequence
from concurrent.futures import ThreadPoolExecutor

from recorder.client.clock import Clock
from recorder.client.recording import GapReason
from recorder.client.status import DiskState
from recorder.store.attachment import PROBE_US, Attachment
from recorder.store.batch import Batch
from recorder.store.block_owner import Owner
from recorder.store.copier import Copier
from recorder.store.errors import DiskFault, StoreError
from recorder.store.files import AlignedBuffer
from recorder.store.pacing import Pacing
from recorder.store.pool_status import NEARLY_FULL_PERCENT
from recorder.store.rows import BootRow, Row
from recorder.store.signing import Signing
from recorder.store.stream_recorder import StreamRecorder
from recorder.store.thinner import Thinner
from recorder.store.volume import Volume
from recorder.store.whole_store import WholeStore
from recorder.store.write_pass import Ahead, Outcome, WritePass

log = logging.getLogger("store")

MOST_PASS_BYTES = 16 << 20
"""Taken at once while memory is short: a disk that manages 10 MB/s is back for the important within 2 s."""
PASS_BYTES = 32 << 20
"""Taken at once otherwise: what a pass holds is neither durable nor free before all of it is written."""
NO_BOUND = 1 << 62
MOST_ROWS = 20_000
"""Catalog rows that wait for a disk; the oldest go first."""
Ticket = Callable[[bool], None]
Take = tuple[StreamRecorder, list[Batch]]
Waiting = tuple[Row, Ticket | None]


class DiskPasses:
    """Of one disk, in its own thread. A volume that fails in a pass is given up, and what it held is tried again."""

    def __init__(
        self, attachment: Attachment, store: WholeStore, clock: Clock, pacing: Pacing, copier: Copier, thinner: Thinner
    ) -> None:
        self._attachment, self._disk = attachment, attachment.disk
        self._store, self._clock, self._pacing = store, clock, pacing
        self._copier, self._thinner = copier, thinner
        self._signing = Signing(attachment, store)
        self._buffer = AlignedBuffer()
        self._ahead: Ahead | None = None
        self._rows: deque[Waiting] = deque(maxlen=MOST_ROWS)
        self._full_until_us = 0
        self.more = False
        """The last pass left something behind that was due."""

    def log(self, rows: Sequence[Row], done: Ticket | None = None) -> None:
        """Take rows for the catalog; `done` hears when they are durable. From any thread."""
        waiting: list[Waiting] = [(row, None) for row in rows]
        if waiting:
            waiting[-1] = (waiting[-1][0], done)
        # In one step: the disk's thread takes rows away, and others bring theirs.
        self._rows.extend(waiting)

    def run(self, volume: Volume, *, everything: bool) -> None:
        """Write what is due, or everything."""
        self._rows += [(one, None) for one in self._signing.new_keys(volume)]
        streams = self._store.streams_of(self._disk)
        takes = self._takes(volume, streams, everything=everything)
        rows = self._take_rows()
        owners = {volume.owner_of(one.pool, one.key) for one in streams}
        seal = {*volume.overdue.aged(self._store.policy), *volume.overdue.orphans(owners)}
        if takes or rows or seal:
            self._write(volume, takes, rows, seal)
        self._signing.sign_what_is_due(volume)

    def due_in_us(self) -> int | None:
        """In how long the oldest that waits is to be written, 0 and less: it is late; None: nothing waits."""
        waits = [since for one in self._store.streams_of(self._disk) if (since := one.waits_since_us()) is not None]
        return min(waits) + self._pacing.age_us - self._clock.monotonic_us() if waits else None

    def drain(self, volume: Volume) -> None:
        """Seal everything and leave the disk in good order: from now on it is only read."""
        self._write(volume, [], self._take_rows(), list(volume.open))
        self.end_in_order()
        if self._attachment.volume is None and self._disk.state is DiskState.WRITABLE:
            log.info("disk %s: drained; nothing more is written to it", volume.identity.name)
            self._attachment.show_in_order()

    def copy(self) -> None:
        """Copy a little, where the disk has nothing better to do."""
        volume, policy = self._attachment.volume, self._store.policy
        if volume is None or self._pacing.stretched:
            return
        began_us = self._clock.monotonic_us()
        try:
            rows = self._copier.step(volume, policy, self._buffer)
            if not rows and self._pacing.idle:
                rows = self._thinner.step(volume, policy, self._buffer)
        except (OSError, StoreError) as error:
            self._attachment.failed(error)
            return
        if rows:
            self._pacing.spent(began_us, 0)
            self._attachment.tell_index(rows)
            self._attachment.tell_figures()

    def end_in_order(self) -> None:
        """Sign what was sealed, say that the run is over, and close the volume."""
        volume = self._attachment.volume
        if volume is not None:
            self._signing.sign(volume)
        if volume is None or self._attachment.volume is not volume:
            return
        ids = self._store.ids
        began = volume.started_us, volume.started_monotonic_us
        row = BootRow(ids.recorder, ids.boot, self._store.kernel_boot, *began, self._clock.now_us())
        try:
            volume.log([row])
            self._store.known.saw(volume.identity.id, volume.catalog.position)
        except (OSError, DiskFault) as error:
            log.warning("disk %s: not closed in good order (%s)", self._disk.path, error)
        volume.close()
        self._attachment.volume = None

    def close(self) -> None:
        """End the thread that fills chunks."""
        if self._ahead is not None:
            self._ahead.thread.shutdown()
            self._ahead = None

    def _take_rows(self) -> list[Waiting]:
        return [self._rows.popleft() for _n in range(len(self._rows))]

    def _takes(self, volume: Volume, streams: Sequence[StreamRecorder], *, everything: bool) -> list[Take]:
        now = self._clock.monotonic_us()
        self.more = False
        if self._disk.state is DiskState.FULL and not self._found_room(volume, now, at_once=everything):
            return []
        pacing = self._pacing
        if not everything:
            age = pacing.age_us
            if not any(one.due(now - age, pacing.target_bytes) for one in streams):
                return []
            # What will be due in half that time goes along, so that streams fall into step and share a sync.
            streams = [one for one in streams if one.due(now - age // 2, pacing.target_bytes)]
        takes: list[Take] = []
        room = NO_BOUND
        if not everything and self._store.short_of_memory():
            room = MOST_PASS_BYTES
        elif not everything:
            room = PASS_BYTES
            # What has waited longest first, so that nothing waits much longer than that.
            streams = sorted(streams, key=lambda one: one.waits_since_us() or now)
        for one in streams:
            if room <= 0:
                # The rest stays where it can still be given up, least important first (S9).
                self.more = True
                break
            if batches := one.take():
                takes.append((one, batches))
                room -= sum(batch.size for batch in batches)
        for recorder, batches in takes:
            if recorder.first_on_disk:
                recorder.first_on_disk = False
                self._store.close_hole(recorder, volume.last.get(recorder.key), batches[0].samples[0].wall_us)
        return takes

    def _found_room(self, volume: Volume, now_us: int, *, at_once: bool) -> bool:
        """Ask every now and then whether expiry or another policy made room."""
        if now_us < self._full_until_us and not at_once:
            return False
        self._full_until_us = now_us + PROBE_US
        if not volume.has_room(volume.rules(self._store.policy, self._store.over_quota())):
            return False
        self._disk.set_state(DiskState.WRITABLE, self._attachment.words())
        return True

    def _write(self, volume: Volume, takes: list[Take], rows: list[Waiting], seal: Collection[Owner]) -> None:
        began_us = self._clock.monotonic_us()
        policy = self._store.policy
        pool = policy.pool(self._attachment.use.pool)
        start_percent = pool.start_percent if pool.overwrite else min(pool.start_percent, NEARLY_FULL_PERCENT)
        one = WritePass(volume, policy, self._buffer, self._store.over_quota, self._helper())
        try:
            outcome = one.run(takes, [row for row, _done in rows], seal=seal, start_percent=start_percent)
        except (OSError, StoreError) as error:
            for recorder, batches in takes:
                recorder.untake(batches)
            self._rows.extendleft(reversed(rows))
            unfinished = self._attachment.memory.unfinished
            unfinished |= one.begins | unfinished
            self._attachment.failed(error)
            return
        except Exception:
            # What breaks the writer must not break it again and again.
            for recorder, batches in takes:
                recorder.written(sum(batch.size for batch in batches))
                self._lose(batches)
            _tell(rows, durable=False)
            raise
        self._pacing.spent(began_us, outcome.bytes)
        self._done(rows, one, outcome)

    def _helper(self) -> Ahead | None:
        """Give what fills chunks while others are written: a disk that has time needs none of that."""
        if not self._pacing.stretched:
            return None
        if self._ahead is None:
            name = f"disk {self._disk.path.name} fills"
            self._ahead = Ahead(ThreadPoolExecutor(1, name), AlignedBuffer())
        return self._ahead

    def _lose(self, batches: Sequence[Batch]) -> None:
        for batch in batches:
            start_us, last_us = batch.samples[0].wall_us, batch.samples[-1].wall_us
            copy = int(batch.span.source.is_copy)
            self._store.lost(batch.span.key, copy, start_us, last_us + 1, GapReason.DISK)

    def _done(self, rows: Sequence[Waiting], one: WritePass, outcome: Outcome) -> None:
        for recorder, left in outcome.refused:
            recorder.untake(left)
        self._lose(one.oversized)
        self._attachment.tell_index(outcome.rows)
        self._copier.heard(outcome.rows)
        for recorder, until_us, size in outcome.safe:
            recorder.written(size)
            self._store.durable(recorder.key, until_us)
        _tell(rows, durable=True)
        self._settle(refused=bool(outcome.refused), wrote=bool(outcome.safe))

    def _settle(self, *, refused: bool, wrote: bool) -> None:
        """Take the state that the last pass showed."""
        if refused:
            self._disk.set_state(DiskState.FULL, "")
        elif wrote and self._disk.state is DiskState.FULL:
            self._disk.set_state(DiskState.WRITABLE, self._attachment.words())
        if refused or wrote:
            self._attachment.tell_figures()


def _tell(rows: Sequence[Waiting], *, durable: bool) -> None:
    for _row, done in rows:
        if done is not None:
            done(durable)
