"""The one that writes to one disk: attaches it, recovers it, carries out passes, and comes back when the disk does.

`step` does everything and may be called by a thread (`start`) or by a test that owns time.
"""

import logging
import threading
import time
from collections import deque
from collections.abc import Callable, Collection, Mapping, Sequence
from concurrent.futures import ThreadPoolExecutor
from dataclasses import replace
from typing import Protocol

from recorder.client.clock import SECOND_US, Clock
from recorder.client.errors import NightjarError
from recorder.client.recording import GapReason
from recorder.client.status import DiskDoubt, DiskState, DiskStatus
from recorder.client.stream import StreamKey
from recorder.client.words import _
from recorder.store.batch import Batch
from recorder.store.catalog import Catalog
from recorder.store.contents import Contents
from recorder.store.copier import Copier
from recorder.store.disk import Disk, Figures
from recorder.store.errors import BadBlock, CutCatalog, DiskFault, DiskReadOnly, StoreError, UnreadableCatalog
from recorder.store.files import AlignedBuffer
from recorder.store.identity import Identity
from recorder.store.ids import IdSource
from recorder.store.index import Index
from recorder.store.keys import PoolKeys
from recorder.store.known_disks import Doubtful, KnownDisks
from recorder.store.last_seen import LastSeen
from recorder.store.lateness import Lateness
from recorder.store.layout import CATALOG_FILE
from recorder.store.pacing import Pacing
from recorder.store.policy import DiskUse, StorePolicy
from recorder.store.pool_status import NEARLY_FULL_PERCENT
from recorder.store.rebuild import Rebuilding, rebuild_catalog
from recorder.store.remembered import Memory, Remembered
from recorder.store.root_log import Signer
from recorder.store.rows import BootRow, GoneRow, KeyRow, Row
from recorder.store.showing import Shown, show
from recorder.store.stream_recorder import StreamRecorder
from recorder.store.thinner import Thinner
from recorder.store.volume import Owner, Volume
from recorder.store.write_pass import Ahead, Outcome, WritePass

log = logging.getLogger("store")

PROBE_US = 2 * SECOND_US
"""How often a disk is looked for, and looked at."""
MOST_PASS_BYTES = 16 << 20
"""Taken at once while memory is short: a disk that manages 10 MB/s is back for the important within 2 s."""
PASS_BYTES = 32 << 20
"""Taken at once otherwise: what a pass holds is neither durable nor free before all of it is written."""
NO_BOUND = 1 << 62
BEHIND_US = 10 * SECOND_US
"""What waits for so long, though the disk answers, waits because it is too slow: others of its pool take a part."""
EASED_US = 60 * SECOND_US
"""A disk that kept up for so long takes twice as much again."""
LEAST_PACE = 1 / 16
REMEMBER_US = 300 * SECOND_US
"""How often is written down how far a catalog has come: an older copy of a disk is told by that."""
MOST_ROWS = 20_000
"""Catalog rows that wait for a disk; the oldest go first."""
MOST_BAD_BLOCKS = 64
"""So many blocks may refuse writes and be left out; a disk where more do is dying, and fails."""
_TICK_S = 0.25
Ticket = Callable[[bool], None]
Question = Callable[[Volume | None], None]
Take = tuple[StreamRecorder, list[Batch]]


class Store(Protocol):
    """What a disk's writer needs of the whole store."""

    ids: IdSource
    kernel_boot: bytes
    policy: StorePolicy
    index: Index
    keys: PoolKeys
    known: KnownDisks
    signer: Signer | None
    memory: Memory

    def streams_of(self, writer: "DiskWriter") -> list[StreamRecorder]:
        """Give the streams that this disk records now, the most important first."""
        ...

    def short_of_memory(self) -> bool:
        """Whether to take little at a time, and the important first."""
        ...

    def await_identities(self) -> None:
        """Wait until it is known of every disk who it is, or a moment has passed."""
        ...

    def has_twin(self, writer: "DiskWriter") -> bool:
        """Whether another disk with the same id is there, or was chosen in this one's place."""
        ...

    def over_quota(self) -> Collection[int]:
        """Give the channels that take more than their quota."""
        ...

    def recovered(self, volume: Volume) -> None:
        """Hear what a disk knows of the time before it was attached."""
        ...

    def close_hole(self, recorder: StreamRecorder, last: LastSeen | None, first_us: int) -> None:
        """Explain the hole before the first sample since the start (S7)."""
        ...

    def durable(self, key: StreamKey, until_us: int) -> None:
        """Hear that a stream is safe up to a time."""
        ...

    def lost(self, key: StreamKey, copy: int, start_us: int, end_us: int, reason: GapReason) -> None:
        """Take what one copy of a stream (0 or 1) gave up."""
        ...

    def look_at_clock(self) -> None:
        """Notice steps of the clock."""
        ...

    def forgot(self, gone: Sequence[GoneRow]) -> None:
        """Hear what a disk's catalog dropped."""
        ...

    def tell_others(self, writer: "DiskWriter", row: Row) -> None:
        """Have every other disk keep a row too."""
        ...

    def attached(self, writer: "DiskWriter", contents: Contents) -> None:
        """A disk came, with what its catalog says."""
        ...


class DiskWriter:
    """Writes to one disk."""

    def __init__(self, disk: Disk, store: Store, clock: Clock) -> None:
        self.disk = disk
        self._store, self._clock = store, clock
        self._volume: Volume | None = None
        self._shown: Shown | None = None
        """What is on a disk that is attached for reading only."""
        self.here = ""
        """The id of what is at the disk's place, as it was seen last."""
        self.rebuilding: Rebuilding | None = None
        """The rebuild of its catalog that was asked for last."""
        self._made_anew = False
        """Its catalog was made anew because a sector was unreadable, and the disk was not attached since."""
        self._written_before: Identity | None = None
        """The disk that was recorded to here last: it is the one that is missed."""
        self._instead_of = ""
        """The name of the disk in whose place a new one is recorded to."""
        self._doubt = DiskDoubt.NONE
        self._decisions = 0
        self._saved_us = clock.monotonic_us()
        self._lateness = Lateness()
        self._pace = 1.0
        self._paced_us = clock.monotonic_us()
        self._behind_us: int | None = None
        self._pacing = Pacing()
        self._buffer = AlignedBuffer()
        self._ahead: Ahead | None = None
        self._more = False
        """The last pass left something behind that was due."""
        self._rows: deque[tuple[Row, Ticket | None]] = deque(maxlen=MOST_ROWS)
        self._probe_at_us = 0
        self._full_until_us = 0
        self._wake = threading.Event()
        self.identified = threading.Event()
        self._flushes: list[threading.Event] = []
        self._questions: deque[Question] = deque()
        self._copier = Copier(clock)
        self._thinner = Thinner(clock)
        self._ending = False
        self._unsigned_because = ""
        self._thread: threading.Thread | None = None

    @property
    def usable(self) -> bool:
        """Whether the disk takes samples now."""
        return self._volume is not None and self.disk.state is DiskState.WRITABLE and not self._use.read_only

    @property
    def full(self) -> bool:
        """Whether the disk takes nothing because its rules keep all that is on it."""
        return self._volume is not None and self.disk.state is DiskState.FULL

    @property
    def late(self) -> bool:
        """Whether the disk answers too late to be trusted with more."""
        return self._lateness.late

    @property
    def _use(self) -> DiskUse:
        identity = self.disk.identity
        return self._store.policy.use_of(identity.id if identity else "")

    @property
    def _memory(self) -> Remembered:
        identity = self.disk.identity
        return self._store.memory.of(identity.id if identity else "")

    @property
    def pool(self) -> int:
        """The pool that the disk is in."""
        return self._use.pool

    @property
    def nearly_full(self) -> bool:
        """Whether the high-water mark is passed and nothing may be set free."""
        return self.disk.figures.nearly_full

    @property
    def capacity(self) -> float:
        """How much of its pool's streams it should take."""
        identity = self.disk.identity
        return self._pace * (identity.blocks * identity.block_bytes if identity else 1.0)

    @property
    def taken(self) -> Mapping[int, int]:
        """Bytes by channel."""
        volume = self._volume
        return volume.tally.bytes if volume is not None else self._shown.taken if self._shown is not None else {}

    def start(self) -> None:
        """Write in a thread of its own."""
        self._thread = threading.Thread(target=self._run, name=f"disk {self.disk.path.name}", daemon=True)
        self._thread.start()

    def identify(self) -> None:
        """Look who is at the disk's place: done for all disks before any of them is written."""
        self.here = self.disk.peek()
        self.identified.set()

    @property
    def written(self) -> bool:
        """Whether the disk is attached for writing."""
        return self._volume is not None

    @property
    def in_index(self) -> bool:
        """Whether what is on the disk stands in the index, or soon will again."""
        return bool(self.here) and (self._volume is not None or self._shown is not None)

    def _run(self) -> None:
        self.identify()
        self._store.await_identities()
        while not self._ending:
            try:
                self.step()
            except Exception:
                # Nothing that was not foreseen may end recording: the disk is recovered anew.
                log.exception("disk %s: writing failed", self.disk.path)
                self._give_up(StoreError(problem="internal error"))
            if not self._more:
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

    def step(self) -> None:
        """Look at the disk and write what is due."""
        flushes, self._flushes = self._flushes, []
        self._store.look_at_clock()
        self._lateness.began(self._clock.monotonic_us())
        try:
            self._work(everything=bool(flushes))
        finally:
            self._lateness.ended(self._clock.monotonic_us())
        for one in flushes:
            one.set()

    def _work(self, *, everything: bool) -> None:
        ready = self._ready()
        if self._volume is not None and self._use.read_only:
            self._drain(self._volume)
        elif ready:
            self._pass(everything=everything)
        for _n in range(len(self._questions)):
            self._questions.popleft()(self._volume)
        if ready:
            self._copy()

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
            self._follow(now)
        return changed

    def _follow(self, now_us: int) -> None:
        """Take less of the pool's streams while the disk falls behind, and more again when it keeps up."""
        waits = [since for one in self._store.streams_of(self) if (since := one.waits_since_us()) is not None]
        behind = now_us - min(waits, default=now_us) >= BEHIND_US
        self._behind_us = (self._behind_us or now_us) if behind else None
        # What a stream brought along from another disk is written by the next pass.
        lasting = self._behind_us is not None and now_us - self._behind_us >= PROBE_US
        if lasting and now_us - self._paced_us >= BEHIND_US and self._pace > LEAST_PACE:
            self._pace, self._paced_us = self._pace / 2, now_us
            log.warning("disk %s: falls behind; others of its pool take a part", self.disk.path)
        elif not behind and self._pace < 1 and now_us - self._paced_us >= EASED_US:
            self._pace, self._paced_us = self._pace * 2, now_us
        elif behind:
            # It must keep up for a while from now on.
            self._paced_us = max(self._paced_us, now_us - BEHIND_US)

    def _ready(self) -> bool:
        now = self._clock.monotonic_us()
        if now >= self._probe_at_us:
            self._probe_at_us = now + PROBE_US
            attached = self._volume is not None or self._shown is not None
            if attached and not self.disk.is_still_there():
                self._give_up(None)
                attached = False
            if self._shown is not None and self._may_write_again():
                attached = False
            identity = self.disk.identity
            if not attached:
                self._attach()
            elif identity is not None and self._store.index.needs(identity.id_bytes):
                self._bring_up_index(identity)
            if identity is not None:
                self._remember(identity)
        return self._volume is not None

    def _may_write_again(self) -> bool:
        """Whether what kept a disk that is only shown from being written may be over."""
        if self._use.read_only:
            return False
        if self._doubt is not DiskDoubt.NONE:
            return self._decisions != self._store.known.decisions
        return not self.disk.refuses_writes()

    def _attach(self) -> None:
        began = time.monotonic()
        self._shown = None
        self._doubt, self._decisions = DiskDoubt.NONE, self._store.known.decisions
        self.here = self.disk.peek()
        if self.here and self._store.has_twin(self):
            self._doubt = DiskDoubt.CLONE
            self.disk.detach()
            words = _("another disk has the same id; choose which of them is the one to go on with, and adopt it")
            self.disk.set_state(DiskState.READ_ONLY, words)
            return
        try:
            identity = self.disk.attach()
            if self._use.read_only:
                self._show(_("set to reading only"))
                return
            store = self._store
            run = store.ids, store.kernel_boot, self._clock, store.keys
            memory = self._memory
            self._volume = Volume(self.disk, *run, self._judge, memory.bad, memory.unfinished)
        except Doubtful as error:
            self._doubt = error.doubt
            log.warning("disk %s: nothing is written to it: %s", self.disk.path, error)
            self._show(str(error))
            return
        except (StoreError, OSError) as error:
            fault = self.disk.fault(error) if isinstance(error, OSError) else error
            if self._leaves_out(fault):
                self._attach()
            elif self._may_make_anew(fault):
                self._made_anew = True
                self._lost(fault)
                log.warning("disk %s: its catalog is made anew from the recordings", self.disk.path)
                self.rebuild()
            elif isinstance(fault, DiskReadOnly):
                why = _("set to reading only") if self._use.read_only else str(fault.details.get("problem", ""))
                self._show(self._doubted() or why)
            else:
                self._lost(fault)
            return
        self._made_anew = False
        self._memory.unfinished.clear()
        self._settle_in(identity)
        self.disk.set_state(DiskState.WRITABLE, self._words())
        self._bring_up_index(identity)
        self._store.known.saw(identity.id, self._volume.catalog.position)
        self._store.attached(self, self._volume.catalog.contents)
        self._store.recovered(self._volume)
        self._tell_figures()
        log.info("disk %s: recovered in %.2f s", identity.name, time.monotonic() - began)
        if not self._volume.direct:
            log.warning("disk %s: its file system has no direct writes; they go through the page cache", identity.name)

    def _settle_in(self, identity: Identity) -> None:
        """Record to a disk from now on; one that was not here before is trusted like a new one."""
        before, self._written_before = self._written_before, identity
        if before is not None and before.id != identity.id:
            log.info("disk %s: %s is here now, where %s was", self.disk.path, identity.name, before.name)
            self._pace = 1.0
            self._instead_of = "" if self._store.known.knows(identity.id) else before.name

    def _may_make_anew(self, fault: StoreError) -> bool:
        """Whether to make the catalog anew unasked: of a disk that is known to be ours, and once."""
        ours = isinstance(fault, CutCatalog) or (
            isinstance(fault, UnreadableCatalog) and self._store.known.knows(self.here)
        )
        return ours and not self._made_anew

    def _judge(self, catalog: Catalog) -> None:
        identity = self.disk.identity
        assert identity is not None
        known = self._store.known
        # What was made anew just now is the newest, whatever stands in a half that neither reads nor writes.
        cut = catalog.is_cut or (catalog.may_be_old and not self._made_anew)
        try:
            known.judge(identity, self.disk.path.name, catalog, self._store.ids.recorder)
        except Doubtful as error:
            # What ends at a bad sector is no older copy.
            if error.doubt is not DiskDoubt.STALE or not cut:
                raise
        if cut:
            raise CutCatalog(what=_("the catalog of disk {disk}").format(disk=identity.name))

    def _doubted(self) -> str:
        """Judge a disk whose mount takes no writes, as one that nobody knows yet (S4); gives the words of a doubt."""
        try:
            self._judge(self._catalog())
        except Doubtful as error:
            self._doubt = error.doubt
            return str(error)
        except (StoreError, OSError) as error:
            log.debug("disk %s: %s", self.disk.path, error)
        return ""

    def _catalog(self) -> Catalog:
        """Read the catalog without writing; raises `StoreError` and `OSError`."""
        identity = self.disk.attach(exclusive=False)
        file = self.disk.files.open_to_read(CATALOG_FILE, self.disk.directory)
        try:
            return Catalog(file, file, identity)
        finally:
            file.close()

    def adopt(self) -> None:
        """Take the owner's word that the disk is to be written here; in its own thread."""
        catalog: Catalog | None = None
        try:
            catalog = self._catalog()
        except (StoreError, OSError) as error:
            log.warning("disk %s: %s", self.disk.path, error)
        self._store.known.adopt(self.here, self.disk.path.name, catalog)
        self._shown = None
        self._probe_at_us = 0

    def rebuild(self) -> None:
        """Make the catalog anew from the blocks, in the disk's own thread: everything else goes on meanwhile."""
        self.rebuilding = Rebuilding(0, 1)
        self._end_in_order()
        self._copier.forget()
        self.disk.detach()
        self._shown = None

        def progress(_name: str, done: int, total: int) -> None:
            self.rebuilding = Rebuilding(done, total)

        after = self._store.known.sequence_of(self.here)
        try:
            used = rebuild_catalog(self.disk.path, progress, after)
        except StoreError as error:
            self.rebuilding = self.rebuilding._replace(over=True, failed=str(error))
        except OSError as error:
            self.rebuilding = self.rebuilding._replace(over=True, failed=str(self.disk.fault(error)))
        else:
            words = _("Footage was found in {used} blocks of disk {disk}.").format(used=used, disk=self.disk.path.name)
            self.rebuilding = Rebuilding(1, 1, over=True, words=words)
            log.info("disk %s: catalog made anew from %d blocks", self.disk.path, used)
        self._probe_at_us = 0

    def _remember(self, identity: Identity) -> None:
        """Let the recorder know now and then how far the catalog has come."""
        now = self._clock.monotonic_us()
        if self._volume is not None and now - self._saved_us >= REMEMBER_US:
            self._saved_us = now
            self._store.known.saw(identity.id, self._volume.catalog.position)

    def _bring_up_index(self, identity: Identity) -> None:
        if self._volume is not None:
            self._store.index.open_disk(identity, self.disk.path, self._volume.catalog)
        else:
            self._show(self.disk.reason)

    def _show(self, why: str) -> None:
        """Let what is on the disk be found and played, without writing to it."""
        try:
            if self.disk.directory < 0:
                self.disk.attach(exclusive=False)
            shown = show(self.disk, self._store.index)
        except StoreError as error:
            self._lost(error)
            return
        except OSError as error:
            self._lost(self.disk.fault(error))
            return
        self._shown = shown
        self.disk.figures = Figures(shown.used_bytes, shown.oldest)
        self.disk.set_state(DiskState.READ_ONLY, why)

    def _drain(self, volume: Volume) -> None:
        """Seal everything and leave the disk in good order: from now on it is only read."""
        rows = [self._rows.popleft() for _n in range(len(self._rows))]
        self._write(volume, [], rows, list(volume.open))
        self._end_in_order()
        if self._volume is None and self.disk.state is DiskState.WRITABLE:
            log.info("disk %s: drained; nothing more is written to it", volume.identity.name)
            # Its owner takes it out of use in good order: what is put in its place is a new disk, and no mistake.
            self._written_before = None
            self._show(_("set to reading only"))

    def _lost(self, error: StoreError) -> None:
        known = self.disk.state
        self.disk.detach()
        self.disk.fail(error)
        if self.disk.state != known:
            log.warning("disk %s: %s (%s)", self.disk.path, self.disk.state, error)

    def _failed(self, error: OSError | StoreError) -> None:
        """Give the volume up; where one block alone refused a write, take it up again at once, without that block."""
        fault = self.disk.fault(error) if isinstance(error, OSError) else error
        if self._leaves_out(fault):
            self._close()
            self._attach()
        else:
            self._give_up(fault)

    def _leaves_out(self, fault: StoreError) -> bool:
        """Whether the disk can be used again at once, without the block that refused."""
        if not isinstance(fault, BadBlock) or len(self._memory.bad) >= MOST_BAD_BLOCKS:
            return False
        log.error("disk %s: block %d is left out: %s", self.disk.path, fault.number, fault)
        self._memory.bad.add(fault.number)
        return True

    def _words(self) -> str:
        """What an owner should know of a disk that is recorded to."""
        bad = self._memory.bad
        if bad:
            words = _("It takes no more writes in {count} places. Recording goes on beside them; replace it soon.")
            return words.format(count=len(bad))
        if self._instead_of:
            words = _("It is new here, where {disk} was before. Put that into another place and it plays, too.")
            return words.format(disk=self._instead_of)
        return ""

    def _close(self) -> None:
        self._copier.forget()
        self._thinner.forget()
        self._shown = None
        if self._volume is not None:
            self._volume.close()
            self._volume = None

    def _give_up(self, error: StoreError | None) -> None:
        """Close the volume; None: the disk is no longer where it was."""
        self._close()
        if error is None:
            self.here = ""
            self._made_anew = False
            self.disk.detach()
            # What is missed is the disk that was recorded to, not one that lay in its place for a while.
            self.disk.identity = self._written_before or self.disk.identity
        else:
            self._lost(error)
        self._probe_at_us = self._clock.monotonic_us() + PROBE_US

    def _pass(self, *, everything: bool) -> None:
        volume = self._volume
        assert volume is not None
        signer = self._store.signer
        if signer is not None:
            self._rows += [(one, None) for one in self._new_keys(volume, signer)]
        streams = self._store.streams_of(self)
        takes = self._takes(volume, streams, everything=everything)
        rows = [self._rows.popleft() for _n in range(len(self._rows))]
        owners = {volume.owner_of(one.pool, one.key) for one in streams}
        seal = {*volume.aged(self._store.policy), *volume.orphans(owners)}
        if takes or rows or seal:
            self._write(volume, takes, rows, seal)
        if signer is not None and self._volume is volume and volume.roots.is_due():
            self._sign(volume, signer)

    def _new_keys(self, volume: Volume, signer: Signer) -> list[KeyRow]:
        try:
            return volume.roots.new_keys(signer)
        except (OSError, NightjarError) as error:
            self._cannot_sign(error)
            return []

    def _cannot_sign(self, error: Exception) -> None:
        """A key that is damaged never stops recording: what is sealed meanwhile waits for its signature."""
        if str(error) != self._unsigned_because:
            self._unsigned_because = str(error)
            log.error("disk %s: what is recorded cannot be signed (%s)", self.disk.path, error)

    def _sign(self, volume: Volume, signer: Signer) -> None:
        """Sign what was sealed since the last time; every disk keeps the head."""
        try:
            while True:
                try:
                    head = volume.roots.sign(signer)
                except (OSError, NightjarError) as error:
                    self._cannot_sign(error)
                    return
                if head is None:
                    return
                volume.log([head])
                self._tell_index(volume, [head])
                self._store.tell_others(self, head)
        except OSError as error:
            self._give_up(self.disk.fault(error))
        except StoreError as error:
            self._give_up(error)

    def _write(
        self, volume: Volume, takes: list[Take], rows: list[tuple[Row, Ticket | None]], seal: Collection[Owner]
    ) -> None:
        began = time.monotonic()
        policy = self._store.policy
        pool = policy.pool(self.pool)
        start_percent = pool.start_percent if pool.overwrite else min(pool.start_percent, NEARLY_FULL_PERCENT)
        one = WritePass(volume, policy, self._buffer, self._store.over_quota, self._helper())
        try:
            outcome = one.run(takes, [row for row, _done in rows], seal=seal, start_percent=start_percent)
        except (OSError, StoreError) as error:
            for recorder, batches in takes:
                recorder.untake(batches)
            self._rows.extendleft(reversed(rows))
            unfinished = self._memory.unfinished
            unfinished |= one.begins | unfinished
            self._failed(error)
            return
        except Exception:
            # What breaks the writer must not break it again and again.
            for recorder, batches in takes:
                self._lose(recorder, batches)
            raise
        self._pacing.spent(time.monotonic() - began, outcome.bytes)
        self._done(volume, rows, one, outcome)

    def _helper(self) -> Ahead | None:
        """Give what fills chunks while others are written: a disk that has time needs none of that."""
        if not self._pacing.stretched:
            return None
        if self._ahead is None:
            name = f"disk {self.disk.path.name} fills"
            self._ahead = Ahead(ThreadPoolExecutor(1, name), AlignedBuffer())
        return self._ahead

    def _copy(self) -> None:
        """Copy a little, where the disk has nothing better to do."""
        volume = self._volume
        if volume is None or self._pacing.stretched:
            return
        began = time.monotonic()
        try:
            rows = self._copier.step(volume, self._store.policy, self._buffer)
            if not rows and self._pacing.idle:
                rows = self._thinner.step(volume, self._store.policy, self._buffer)
        except (OSError, StoreError) as error:
            self._failed(error)
            return
        if rows:
            self._pacing.spent(time.monotonic() - began, 0)
            self._tell_index(volume, rows)
            self._tell_figures()

    def _tell_index(self, volume: Volume, rows: Sequence[Row]) -> None:
        """Have the index know what is durable, and forget what a checkpoint forgot."""
        catalog = volume.catalog
        gone = catalog.contents.take_forgotten()
        if gone:
            self._store.forgot(gone)
        self._store.index.apply(volume.identity.id_bytes, catalog.position, [*rows, *gone])

    def _lose(self, recorder: StreamRecorder, batches: Sequence[Batch]) -> None:
        recorder.written(sum(batch.size for batch in batches))
        for batch in batches:
            start_us, last_us = batch.samples[0].wall_us, batch.samples[-1].wall_us
            self._store.lost(recorder.key, int(batch.span.source.is_copy), start_us, last_us + 1, GapReason.DISK)

    def _takes(self, volume: Volume, streams: Sequence[StreamRecorder], *, everything: bool) -> list[Take]:
        now = self._clock.monotonic_us()
        self._more = False
        if self.disk.state is DiskState.FULL and not self._found_room(volume, now, at_once=everything):
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
                self._more = True
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
        self.disk.set_state(DiskState.WRITABLE, self._words())
        return True

    def _done(
        self, volume: Volume, rows: Sequence[tuple[Row, Ticket | None]], one: WritePass, outcome: Outcome
    ) -> None:
        for recorder, left in outcome.refused:
            recorder.untake(left)
        for batch in one.oversized:
            start_us, last_us = batch.samples[0].wall_us, batch.samples[-1].wall_us
            copy = int(batch.span.source.is_copy)
            self._store.lost(batch.span.key, copy, start_us, last_us + 1, GapReason.DISK)
        self._tell_index(volume, outcome.rows)
        self._copier.heard(outcome.rows)
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
            self.disk.set_state(DiskState.WRITABLE, self._words())
        if refused or wrote:
            self._tell_figures()

    def _tell_figures(self) -> None:
        volume = self._volume
        if volume is not None:
            rate = round(self._pacing.bytes_per_s)
            self.disk.figures = Figures(volume.used_bytes(), volume.oldest(), rate, nearly_full=volume.cannot_release)

    def status(self, buffered_bytes: int) -> DiskStatus:
        """How the disk is."""
        use, rebuilding = self._use, self.rebuilding
        told = replace(
            self.disk.status(buffered_bytes),
            id=self.here or (self.disk.identity.id if self.disk.identity is not None else ""),
            pool=use.pool,
            set_aside=use.read_only,
            place=self.disk.path.name,
            doubt=self._doubt,
            rebuilt=None if rebuilding is None or rebuilding.over else 100 * rebuilding.done // rebuilding.total,
        )
        if self.late and told.state is DiskState.WRITABLE:
            return replace(told, state=DiskState.SLOW, reason=self._late_words())
        return told

    def _late_words(self) -> str:
        away_s = self._lateness.away_us(self._clock.monotonic_us()) // SECOND_US
        if away_s:
            return _("a write has been going on for {seconds} s").format(seconds=away_s)
        return _("its last writes took too long; it is watched before it is trusted again")

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
        self._end_in_order()
        if self._ahead is not None:
            self._ahead.thread.shutdown()
            self._ahead = None
        self.disk.detach()
        for one in self._flushes:
            one.set()

    def _end_in_order(self) -> None:
        """Sign what was sealed and say that the run is over."""
        volume, signer = self._volume, self._store.signer
        if volume is not None and signer is not None:
            self._sign(volume, signer)
        if volume is None or self._volume is not volume:
            return
        ids = self._store.ids
        began = volume.started_us, volume.started_monotonic_us
        row = BootRow(ids.recorder, ids.boot, self._store.kernel_boot, *began, self._clock.now_us())
        try:
            volume.log([row])
            self._store.known.saw(volume.identity.id, volume.catalog.position)
        except (OSError, DiskFault) as error:
            log.warning("disk %s: not closed in good order (%s)", self.disk.path, error)
        volume.close()
        self._volume = None
