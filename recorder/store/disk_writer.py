"""The one that writes to one disk: looks who it is, carries out passes, answers questions, and watches how it answers.

`step` does everything and may be called by a thread (`start`) or by a test that owns time.
"""

import logging
import threading
from collections import deque
from collections.abc import Callable, Mapping, Sequence
from dataclasses import replace

from recorder.client.clock import SECOND_US, Clock
from recorder.client.status import DiskDoubt, DiskState, DiskStatus
from recorder.client.words import _
from recorder.store.attachment import Attachment
from recorder.store.copier import Copier
from recorder.store.disk import Disk
from recorder.store.disk_passes import DiskPasses, Ticket
from recorder.store.disk_rebuild import DiskRebuild
from recorder.store.disk_share import DiskShare
from recorder.store.errors import StoreError
from recorder.store.lateness import Lateness
from recorder.store.pacing import Pacing
from recorder.store.rows import Row
from recorder.store.thinner import Thinner
from recorder.store.volume import Volume
from recorder.store.whole_store import WholeStore

log = logging.getLogger("store")

_TICK_S = 0.25
_LEAST_S = 0.02
Question = Callable[[Volume | None], None]


class DiskWriter:
    """Writes to one disk."""

    def __init__(self, disk: Disk, store: WholeStore, clock: Clock) -> None:
        self.disk = disk
        self._store, self._clock = store, clock
        self.pacing = Pacing(clock)
        self.share = DiskShare(disk, store, clock)
        copier, thinner = Copier(clock), Thinner(clock)

        def left() -> None:
            copier.forget()
            thinner.forget()

        self.attachment = Attachment(disk, store, clock, self.share, self.pacing, left)
        self.passes = DiskPasses(self.attachment, store, clock, self.pacing, copier, thinner)
        self._lateness = Lateness()
        self._wake = threading.Event()
        self.identified = threading.Event()
        self._flushes: deque[threading.Event] = deque()
        self._questions: deque[Question] = deque()
        self._ending = False
        self._thread: threading.Thread | None = None

    # --- what others ask ---

    @property
    def volume(self) -> Volume | None:
        """The disk as it is written; None while it is not."""
        return self.attachment.volume

    @property
    def here(self) -> str:
        """The id of what is at the disk's place."""
        return self.attachment.here

    @property
    def usable(self) -> bool:
        """Whether the disk takes samples now."""
        attachment = self.attachment
        return attachment.volume is not None and self.disk.state is DiskState.WRITABLE and not attachment.use.read_only

    @property
    def full(self) -> bool:
        """Whether the disk takes nothing because its rules keep all that is on it."""
        return self.written and self.disk.state is DiskState.FULL

    @property
    def late(self) -> bool:
        """Whether the disk answers too late to be trusted with more."""
        return self._lateness.late

    @property
    def pool(self) -> int:
        """The pool that the disk is in."""
        return self.attachment.use.pool

    @property
    def nearly_full(self) -> bool:
        """Whether the high-water mark is passed and nothing may be set free."""
        return self.disk.figures.nearly_full

    @property
    def capacity(self) -> float:
        """How much of its pool's streams it should take."""
        return self.share.capacity

    @property
    def taken(self) -> Mapping[int, int]:
        """Bytes by channel."""
        return self.attachment.taken

    @property
    def doubt(self) -> DiskDoubt:
        """Why nothing is written to it until its owner says what it is."""
        return self.attachment.trust.doubt

    @property
    def rebuilt(self) -> DiskRebuild:
        """The rebuild of its catalog that was asked for last."""
        return self.attachment.rebuilt

    @property
    def written(self) -> bool:
        """Whether the disk is attached for writing."""
        return self.attachment.volume is not None

    @property
    def in_index(self) -> bool:
        """Whether what is on the disk stands in the index, or soon will again."""
        return bool(self.here) and (self.written or self.attachment.shown is not None)

    def status(self, buffered_bytes: int) -> DiskStatus:
        """How the disk is."""
        use, identity = self.attachment.use, self.disk.identity
        told = replace(
            self.disk.status(buffered_bytes),
            id=self.here or (identity.id if identity is not None else ""),
            pool=use.pool,
            set_aside=use.read_only,
            place=self.disk.path.name,
            doubt=self.doubt,
            rebuilt=self.rebuilt.percent,
        )
        if self.late and told.state is DiskState.WRITABLE:
            return replace(told, state=DiskState.SLOW, reason=self._late_words())
        return told

    def _late_words(self) -> str:
        away_s = self._lateness.away_us(self._clock.monotonic_us()) // SECOND_US
        if away_s:
            return _("a write has been going on for {seconds} s").format(seconds=away_s)
        return _("its last writes took too long; it is watched before it is trusted again")

    def watch(self) -> bool:
        """Look whether the disk answers in time; from another thread than its own. True where that changed."""
        now = self._clock.monotonic_us()
        changed = self._lateness.look(now)
        if changed and self.late:
            seconds = self._lateness.away_us(now) // SECOND_US
            log.warning("disk %s: has not answered for %d s; its streams go elsewhere", self.disk.path, seconds)
        elif changed:
            log.info("disk %s: answers in time again", self.disk.path)
        if not self.late:
            self.share.follow()
        return changed

    # --- what others want ---

    def wake(self) -> None:
        """Look now."""
        self._wake.set()

    def log(self, rows: Sequence[Row], done: Ticket | None = None) -> None:
        """Take rows for the catalog; `done` hears when they are durable."""
        self.passes.log(rows, done)

    def ask(self, question: Question) -> None:
        """Have a question answered in the disk's thread; None where the disk is not written now."""
        self._questions.append(question)
        self._wake.set()

    def flush(self) -> threading.Event:
        """Ask for everything to be written now; the event is set when that was tried."""
        done = threading.Event()
        self._flushes.append(done)
        self._wake.set()
        return done

    def adopt(self) -> None:
        """Take the owner's word that the disk is to be written here; in its own thread."""
        self.attachment.adopt()

    def rebuild(self) -> None:
        """Make the catalog anew from the blocks, in the disk's own thread: everything else goes on meanwhile."""
        self.passes.end_in_order()
        self.attachment.rebuild()

    # --- its thread ---

    def start(self) -> None:
        """Write in a thread of its own."""
        self._thread = threading.Thread(target=self._run, name=f"disk {self.disk.path.name}", daemon=True)
        self._thread.start()

    def identify(self) -> None:
        """Look who is at the disk's place: done for all disks before any of them is written."""
        self.attachment.identify()
        self.identified.set()

    def _run(self) -> None:
        self.identify()
        self._store.await_identities()
        while not self._ending:
            try:
                self.step()
            except Exception:
                # Nothing that was not foreseen may end recording: the disk is recovered anew.
                log.exception("disk %s: writing failed", self.disk.path)
                self.attachment.give_up(StoreError(problem="internal error"))
            if not self.passes.more:
                self._wake.wait(self.rest_s())
            self._wake.clear()
        self.finish()

    def rest_s(self) -> float:
        """How long nothing is to be done, in seconds: until a stream is due, and never longer than a tick."""
        due_us = self.passes.due_in_us() if self.usable else None
        return _TICK_S if due_us is None else min(max(due_us / SECOND_US, _LEAST_S), _TICK_S)

    def step(self) -> None:
        """Look at the disk and write what is due."""
        # Each taken by itself: another thread may add one meanwhile, and that one is for the next step.
        flushes = [self._flushes.popleft() for _n in range(len(self._flushes))]
        self._store.look_at_clock()
        self._lateness.began(self._clock.monotonic_us())
        try:
            self._work(everything=bool(flushes))
        finally:
            self._lateness.ended(self._clock.monotonic_us())
            for one in flushes:
                one.set()

    def _work(self, *, everything: bool) -> None:
        ready = self.attachment.ready()
        volume = self.volume
        if volume is not None and self.attachment.use.read_only:
            self.passes.drain(volume)
        elif volume is not None and ready:
            self.passes.run(volume, everything=everything)
        for _n in range(len(self._questions)):
            self._questions.popleft()(self.volume)
        if ready:
            self.passes.copy()

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
        if self.attachment.ready() and self.volume is not None:
            self.passes.run(self.volume, everything=True)
        self.passes.end_in_order()
        self.passes.close()
        self.disk.detach()
        for one in self._flushes:
            one.set()
