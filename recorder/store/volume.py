"""A disk that is being written: its catalog, its open blocks, and where they stood when it was last in use.

One thread. Any `OSError` or `StoreError` from here means that the volume is given up and recovered anew, or not at all.
"""

import secrets
from collections.abc import Callable, Collection, Iterable, Mapping, Sequence
from types import MappingProxyType

from recorder.client.clock import Clock
from recorder.client.stream import StreamKey, StreamName
from recorder.store.allocation import NEVER_US, Rules, choose, own_blocks_allowed, reusable
from recorder.store.block_owner import Owner
from recorder.store.block_recovery import BlockRecovery
from recorder.store.catalog import Catalog
from recorder.store.clock_step import missed_step, rows_moved
from recorder.store.disk import Disk
from recorder.store.errors import DiskFull
from recorder.store.files import AlignedBuffer, BlockFile
from recorder.store.holds import Held, locked_bytes
from recorder.store.ids import IdSource
from recorder.store.keys import NO_KEYS, PoolKeys
from recorder.store.laps import Laps
from recorder.store.last_seen import LastSeen, last_seen
from recorder.store.layout import CATALOG_FILE, PAGE, STREAM_CODES, BlockClass, BlockState, block_name, stream_key
from recorder.store.open_block import OpenBlock, pieces
from recorder.store.overdue import Overdue
from recorder.store.policy import StorePolicy
from recorder.store.root_log import RootLog
from recorder.store.row_format import pack
from recorder.store.rows import BlockRow, BootRow, ClockMapRow, HoldRow, MarkRow, Row, RowKind
from recorder.store.sealing import Sealing
from recorder.store.syncing import sync
from recorder.store.tally import Tally

NO_STREAM = (0, 0)
_MOST_RELEASED = 8


class Volume:
    """An attached disk, recovered. `run` is who writes now: ids and kernel boot."""

    def __init__(
        self,
        disk: Disk,
        ids: IdSource,
        kernel_boot: bytes,
        clock: Clock,
        keys: PoolKeys = NO_KEYS,
        judge: Callable[[Catalog], None] | None = None,
        bad: Collection[int] = (),
        failed: Mapping[tuple[int, int], int] = MappingProxyType({}),
    ) -> None:
        """Recover the disk; raises `OSError` and `StoreError`, and what `judge` raises before anything is written.

        `bad` are the numbers of blocks that refused writes: they are left as they are. `failed` says, by number and
        incarnation, where in blocks passes began that this run could not finish: their samples are written again.
        """
        assert disk.identity is not None
        self.disk, self.identity = disk, disk.identity
        self.keys, self._bad, self._failed = keys, bad, failed
        self._ids, self._kernel_boot, self._clock = ids, kernel_boot, clock
        self.tally = Tally(self.identity.block_bytes)
        self.cannot_release = False
        """The high-water mark is passed and nothing may be set free."""
        self._buffer = AlignedBuffer(PAGE)
        reader = disk.files.open_to_read(CATALOG_FILE, disk.directory)
        try:
            file = disk.files.open_to_write(CATALOG_FILE, disk.directory)
            self.direct = file.direct
            try:
                self.catalog = Catalog(file, reader, self.identity)
            except BaseException:
                file.close()
                raise
        finally:
            reader.close()
        self.roots = RootLog(self.catalog.contents, self.identity.id_bytes, ids, clock)
        self.laps = Laps(self.identity, ids, kernel_boot, clock, keys)
        self.sealing = Sealing(self.identity, self.roots, self.tally, self._buffer, clock)
        self._recovery = BlockRecovery(disk, ids, self.laps, self.sealing, self._buffer, clock)
        self.open: dict[Owner, OpenBlock] = self._recovery.open
        self.overdue = Overdue(self.open, self.catalog.contents, clock)
        try:
            if judge is not None:
                judge(self.catalog)
            self.last: dict[StreamKey, LastSeen] = {}
            self._recover()
        except BaseException:
            self.close()
            raise

    @property
    def boot(self) -> int:
        """The boot number that writes."""
        return self._ids.boot

    def _recover(self) -> None:
        contents = self.catalog.contents
        boots = [one for one in contents.of(RowKind.BOOT) if isinstance(one, BootRow)]
        previous = boots[-1] if boots else None
        rows: list[Row] = []
        for row in [one for one in contents.blocks.values() if one.state == BlockState.OPEN]:
            rows += self._recovery.recover(row, self._bad, self._failed)
        resumed = [one for opened in self.open.values() for one in pieces(opened.row.number, 0, opened.entries)]
        now, monotonic = self._clock.now_us(), self._clock.monotonic_us()
        self.started_us, self.started_monotonic_us = now, monotonic
        boot = BootRow(self._ids.recorder, self._ids.boot, self._kernel_boot, now, monotonic, 0)
        self.missed_step_us = missed_step(boots, contents.of(RowKind.CLOCK_MAP), self._kernel_boot, (now, monotonic))
        """By how much the clock was set since the run before this one, in the same boot of the kernel."""
        self.catalog.append([*rows, boot])
        for row in contents.blocks.values():
            self.tally.take(row, contents.pieces(row.number))
        known = [*contents.of(RowKind.PIECE), *resumed]
        steps = contents.of(RowKind.CLOCK_MAP)
        self.last = last_seen(known, contents.of(RowKind.SPAN), steps, previous, self._kernel_boot)
        if previous is None or (previous.recorder, previous.boot) != (self._ids.recorder, self._ids.boot):
            self.catalog.append(self._marks_ended())

    def _marks_ended(self) -> list[Row]:
        """End the marks that an earlier run left open, with its footage; who told of them may tell again."""
        found: list[Row] = []
        for row in self.catalog.contents.of(RowKind.MARK):
            if isinstance(row, MarkRow) and row.is_open:
                keys = [stream_key(*one) for one in row.streams]
                last = [self.last[key].at_us for key in keys if key in self.last]
                found.append(row._replace(is_open=0, until_us=max([row.event_us, *last])))
        return found

    def owner_of(self, pool: int, key: StreamKey) -> Owner:
        """Give whose block a stream of a pool writes to: its own, or the shared one."""
        own, shared = Owner(pool, key), Owner(pool, None)
        if key.stream is not StreamName.MAIN:
            return shared
        return own if own in self.open or own_blocks_allowed(len(self.open), self.identity.blocks) else shared

    def rules(self, policy: StorePolicy, over: Collection[int]) -> Rules:
        """Give what decides about reuse now; `over` are the channels that hold more than their quota."""
        now = self._clock.now_us()
        pool = policy.pool(policy.use_of(self.identity.id).pool)
        return Rules(pool, policy.quotas, now, Held(self.catalog.contents, now), over, self._bad)

    def has_room(self, rules: Rules) -> bool:
        """Whether a block can be claimed."""
        return self._choose(rules, None) is not None

    def _choose(self, rules: Rules, channel: int | None) -> BlockRow | None:
        """Give the block to use. An export never ends recording: where it holds all there is, it holds nothing."""
        contents = self.catalog.contents
        found = choose(contents.blocks, self.identity.blocks, rules, channel)
        if found is not None:
            return found
        without = rules._replace(is_held=Held(contents, rules.now_us, exports=False))
        return choose(contents.blocks, self.identity.blocks, without, channel)

    def claim(self, owner: Owner, policy: StorePolicy, rules: Rules) -> tuple[OpenBlock, BlockRow]:
        """Begin a new lap of a block; the row must be durable before the block is written. Raises `DiskFull`."""
        contents = self.catalog.contents
        known = contents.blocks
        what = owner.what
        mine = what.channel if isinstance(what, StreamKey) else None
        copies = isinstance(what, BlockClass)
        chosen = choose(known, self.identity.blocks, rules, mine) if copies else self._choose(rules, mine)
        if chosen is None:
            raise DiskFull(disk=self.identity.name)
        key = self.laps.key_for(owner.pool, policy)
        own = isinstance(what, StreamKey)
        channel, stream = (what.channel, STREAM_CODES[what.stream]) if own else NO_STREAM
        row = BlockRow(
            number=chosen.number,
            block_class=BlockClass.SINGLE if own else what or BlockClass.SHARED,
            state=BlockState.OPEN,
            pool=owner.pool,
            incarnation=secrets.randbits(64),
            serial=max((one.serial for one in known.values()), default=0) + 1,
            lap=chosen.lap + 1,
            filled=chosen.filled,
            opened_us=rules.now_us,
            first_us=0,
            last_us=0,
            used=0,
            chunks=0,
            channel=channel,
            stream=stream,
        )
        # Taken at once, so that the next claim of the same pass gets another block.
        contents.apply([pack(row)])
        self.tally.take(row, ())
        file = self.disk.files.open_to_write(block_name(row.number), self.disk.directory)
        opened = self.laps.begin(row, file, key)
        self.open[owner] = opened
        return opened, row

    def release(self, rules: Rules, start_percent: int) -> list[BlockRow]:
        """Set blocks free while more than a share of the disk is in use; gives the rows that say so."""
        contents = self.catalog.contents
        rows: list[BlockRow] = []
        self.cannot_release = False
        while self._used() * 100 > self.identity.blocks * start_percent and len(rows) < _MOST_RELEASED:
            going = reusable(contents.blocks, rules)
            if going is None:
                self.cannot_release = True
                break
            rows.append(going._replace(state=BlockState.FREE))
            contents.apply([pack(rows[-1])])
            self.tally.take(rows[-1], ())
        return rows

    def sync(self, files: Sequence[BlockFile]) -> None:
        """Make what was written to the files durable; raises `SyncFailed`, and `DiskReadOnly` where none was tried."""
        sync(self.identity.name, files)

    def log(self, rows: Iterable[Row]) -> list[Row]:
        """Make rows durable in the catalog; raises `DiskFault` and `OSError`.

        Gives them with those that a step of the clock among them makes necessary.
        """
        waiting: list[Row] = []
        logged: list[Row] = []
        for row in rows:
            waiting.append(row)
            if isinstance(row, ClockMapRow):
                self.catalog.append(waiting)
                logged += waiting
                waiting = rows_moved(self.catalog.contents, row)
        self.catalog.append(waiting)
        return [*logged, *waiting]

    def expect(self, rows: Iterable[Row]) -> None:
        """Have holds count from now on; they are logged with the next rows."""
        self.catalog.contents.apply([pack(one) for one in rows if isinstance(one, HoldRow)])

    def locked_bytes(self, more: Sequence[HoldRow] = ()) -> int:
        """What locks and evidence keep from reuse, in bytes of whole blocks; with `more` holds than there are."""
        contents = self.catalog.contents
        held = Held(contents, self._clock.now_us(), more)
        opened = [(one.row, pieces(one.row.number, 0, one.entries)) for one in self.open.values()]
        return locked_bytes(held, contents, opened, self.identity.block_bytes) if held.living else 0

    def touches(self, hold: HoldRow) -> bool:
        """Whether anything is recorded here that a hold would keep."""
        contents = self.catalog.contents
        held = Held(contents, self._clock.now_us(), [hold])
        opened = {one.row.number: pieces(one.row.number, 0, one.entries) for one in self.open.values()}
        rows = [*contents.blocks.values()]
        return any(one.hold is hold for row in rows for one in held.wants(row, opened.get(row.number)))

    def _used(self) -> int:
        return sum(one.state != BlockState.FREE for one in self.catalog.contents.blocks.values())

    def used_bytes(self) -> int:
        """Blocks in use, in bytes."""
        return self._used() * self.identity.block_bytes

    def oldest(self) -> dict[StreamKey, int]:
        """Give when the footage of each stream begins (UTC, µs, as recorded)."""
        found = dict(self.tally.oldest())
        for opened in self.open.values():
            for (channel, code), first_us in opened.begins.items():
                key = stream_key(channel, code)
                if key is not None and first_us < found.get(key, NEVER_US):
                    found[key] = first_us
        return found

    def close(self) -> None:
        """Close all files. Open blocks stay open: the next start goes on in them."""
        for opened in self.open.values():
            opened.file.close()
        self.open.clear()
        self.catalog.close()
        self._buffer.release()
