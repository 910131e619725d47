"""A disk that is being written: its catalog, its open blocks, and where they stood when it was last in use.

One thread. Any `OSError` or `StoreError` from here means that the volume is given up and recovered anew, or not at all.
"""

import logging
import secrets
from collections.abc import Callable, Collection, Iterable, Mapping, Sequence
from dataclasses import replace
from types import MappingProxyType
from typing import NamedTuple

from recorder.client.clock import SECOND_US, Clock
from recorder.client.stream import StreamKey, StreamName
from recorder.client.words import _
from recorder.store import block
from recorder.store.allocation import NEVER_US, Rules, choose, own_blocks_allowed, reusable
from recorder.store.block import BlockHeader
from recorder.store.catalog import Catalog
from recorder.store.chunk_list import NOTHING, Listed, end_of, read_list
from recorder.store.cipher import DRAW_BYTES, SALT_BYTES, LapKey, nonce
from recorder.store.clock_step import missed_step, rows_moved
from recorder.store.disk import Disk
from recorder.store.errors import DiskFull, Locked, not_confirmed
from recorder.store.files import AlignedBuffer, BlockFile
from recorder.store.holds import Held, locked_bytes
from recorder.store.ids import IdSource
from recorder.store.inspection import header_of
from recorder.store.keys import NO_KEYS, PoolKeys
from recorder.store.last_seen import LastSeen, last_seen
from recorder.store.layout import (
    CATALOG_FILE,
    COPIES,
    PAGE,
    STREAM_CODES,
    BlockClass,
    BlockState,
    Cipher,
    KeyDerivation,
    block_name,
    stream_key,
)
from recorder.store.open_block import OpenBlock, pieces
from recorder.store.policy import STANDARD_POOL, StorePolicy
from recorder.store.root_log import RootLog
from recorder.store.row_format import pack
from recorder.store.rows import BlockRow, BootRow, ClockMapRow, HoldRow, MarkRow, Row, RowKind
from recorder.store.tally import Tally
from recorder.store.walk import BlockWalk, WalkEnd, sealed_index
from recorder.store.window import Ahead, Kept

NO_STREAM = (0, 0)
ORPHAN_US = 60 * SECOND_US
"""An open block that nobody writes to for so long is sealed: its stream went to another disk, pool, or away."""
_LOOK_US = 5 * SECOND_US
"""So often is asked whether a hold still wants what lies in an open block of copies."""
MOST_GAP_BYTES = 2 << 20
"""What a drive writes while it would seek once more: so much is filled with zeros between the index of a block and its
tail, and both are one write."""
_GAP_SHARE = 16
"""Of a block, at most: small ones are not to be written with zeros."""
_MOST_RELEASED = 8


class Owner(NamedTuple):
    """Whose an open block is: a pool's, and there a stream's own, copies of a class, or None: shared."""

    pool: int
    what: StreamKey | BlockClass | None


log = logging.getLogger("store")


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
        # In the nonce of every chunk from now on: a sequence that was tried before a power cut or a failed write, and
        # may be on the disk in part, is tried again with another nonce.
        self._draw = secrets.token_bytes(DRAW_BYTES)
        self._ids, self._kernel_boot, self._clock = ids, kernel_boot, clock
        self.open: dict[Owner, OpenBlock] = {}
        self.tally = Tally(self.identity.block_bytes)
        self.cannot_release = False
        """The high-water mark is passed and nothing may be set free."""
        self._look_at_us = 0
        self._idle: dict[Owner, int] = {}
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
            rows += self._recover_block(row)
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

    def _recover_block(self, row: BlockRow) -> list[Row]:
        """Resume an open block, or seal it; gives the rows that say so."""
        identity = self.identity
        where = (identity.id_bytes, row.number, row.incarnation, identity.block_bytes)
        reader = self.disk.files.open_to_read(block_name(row.number), self.disk.directory)
        try:
            header = header_of(reader, identity.id_bytes, row.number)
            ending = Kept(reader, *end_of(identity.block_bytes))
            sealed = sealed_index(ending, *where)
            failed = self._failed.get((row.number, row.incarnation), identity.block_bytes)
            if sealed is not None and any(one.offset >= failed for one in sealed[1]):
                sealed = None
            walk, listed = self._begin_walk(reader, where, read_list(ending, *where) if sealed is None else NOTHING)
            if sealed is not None and not walk.adopt(sealed[1], sealed[0].index_offset):
                tail, entries = sealed
                opened = OpenBlock(row, self._header(row), reader, entries, tail.index_offset, len(entries))
                self._mend_header(opened, header)
                return self._sealed_rows(opened, tail.digest)
            torn = sealed is not None or self._walk(walk)
            torn = walk.drop_from(failed) or torn
            if row.number in self._bad:
                # Its index cannot be written either, or nobody knows: whoever reads it walks it.
                opened = OpenBlock(row, self._header(row), reader)
                opened.resume(walk.entries, walk.end, walk.sequence)
                return self._sealed_rows(opened, block.root_of(opened.entries))
        finally:
            reader.close()
        opened = OpenBlock(
            row, self._header(row), self.disk.files.open_to_write(block_name(row.number), self.disk.directory)
        )
        try:
            opened.resume(walk.entries, walk.end, walk.sequence, listed)
            return self._resume(opened, walk, header, torn=torn)
        finally:
            # A file left open would keep a mount that is to go away.
            if all(one is not opened for one in self.open.values()):
                opened.file.close()

    @staticmethod
    def _begin_walk(reader: BlockFile, where: tuple[bytes, int, int, int], listed: Listed) -> tuple[BlockWalk, Listed]:
        """Give a walk that begins behind what a list names, where that is true, and what of the list was believed."""
        if listed.entries:
            walk = BlockWalk(Ahead(reader, listed.entries[-1].offset), *where)
            if walk.begin_behind(listed):
                return walk, listed
        return BlockWalk(Ahead(reader, PAGE), *where), NOTHING

    def _resume(self, opened: OpenBlock, walk: BlockWalk, header: BlockHeader | None, *, torn: bool) -> list[Row]:
        row = opened.row
        self._mend_header(opened, header)
        can_go_on = self._resume_cipher(opened, header)
        key = self._owner(row)
        mine = all(one.span.recorder == self._ids.recorder and one.span.boot < self._ids.boot for one in walk.entries)
        if torn or not mine or not can_go_on or key in self.open or self._is_old(opened):
            rows, _whole = self.seal(opened)
            self.sync([opened.file])
            return rows
        self.open[key] = opened
        return []

    def _walk(self, walk: BlockWalk) -> bool:
        """Find the chunks of an open block; True where it cannot be written on."""
        ended = walk.advance()
        torn = walk.drop_torn_end() or ended is not WalkEnd.FRONTIER
        while ended is WalkEnd.UNREADABLE and walk.search():
            ended = walk.advance()
        return walk.drop_torn() or torn

    def _mend_header(self, opened: OpenBlock, header: BlockHeader | None) -> None:
        """Write the header of a block that was claimed when the power failed: only its row was durable."""
        known = header is not None and header.incarnation == opened.row.incarnation
        if known or any(one.is_encrypted for one in opened.entries):
            return
        try:
            file = self.disk.files.open_to_write(block_name(opened.row.number), self.disk.directory)
            try:
                file.write(self._buffer.holding(block.pack_header(opened.header)), 0)
                self.sync([file])
            finally:
                file.close()
        except OSError as error:
            # A bad sector: the block is read without its header.
            log.warning("disk %s: block %d has no header (%s)", self.identity.name, opened.row.number, error)

    def _resume_cipher(self, opened: OpenBlock, header: BlockHeader | None) -> bool:
        """Take up the key of a block's lap; False where the block must be sealed as it is, and another lap begun."""
        if header is None or header.incarnation != opened.row.incarnation:
            # Never written, or lost: its salt is in the chunks at most.
            return not any(one.is_encrypted for one in opened.entries)
        opened.header = header
        if header.cipher == Cipher.NONE:
            return True
        secret = self.keys.of(header.key_number)
        if secret is None:
            return False
        opened.lap = LapKey(secret, header.salt, header.disk, header.incarnation)
        return True

    def nonce(self, sequence: int) -> bytes:
        """Give the nonce of a chunk: never the same twice in a lap."""
        return nonce(sequence, self._draw)

    def _owner(self, row: BlockRow) -> Owner:
        pool = row.pool or STANDARD_POOL
        if row.block_class in COPIES:
            return Owner(pool, BlockClass(row.block_class))
        return Owner(pool, StreamKey(row.channel, StreamName.MAIN) if row.block_class == BlockClass.SINGLE else None)

    def _header(self, row: BlockRow) -> BlockHeader:
        return BlockHeader(
            row.block_class,
            0,
            row.number,
            self.identity.id_bytes,
            row.incarnation,
            row.lap,
            self.identity.block_bytes,
            row.serial,
            self._ids.recorder,
            self._ids.boot,
            row.channel,
            row.stream,
            0,
            self._kernel_boot,
            row.opened_us,
            self._clock.monotonic_us(),
            row.pool,
            0,
            0,
            0,
            secrets.token_bytes(SALT_BYTES),
        )

    def _is_old(self, opened: OpenBlock, after_s: int = StorePolicy.seal_after_s) -> bool:
        return abs(self._clock.now_us() - opened.row.opened_us) >= after_s * SECOND_US

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
        encrypted = policy.pool(owner.pool).encrypted
        key = self.keys.writing(owner.pool) if encrypted else None
        if encrypted and key is None:
            raise Locked(what=_("Disk {disk}").format(disk=self.identity.name))
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
        opened = OpenBlock(row, self._header(row), file)
        if key is not None:
            opened.header = replace(
                opened.header,
                cipher=Cipher.AES_256_GCM,
                key_derivation=KeyDerivation.HKDF_SHA_256,
                key_number=key.number,
            )
            opened.lap = LapKey(key.secret, opened.header.salt, self.identity.id_bytes, row.incarnation)
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

    def seal(self, opened: OpenBlock) -> tuple[list[Row], bool]:
        """Write index and tail of a block; gives the rows for the catalog, and whether one sync a disk will do.

        Otherwise the caller syncs its file: some of what was written may not have been written before.
        """
        entries, size = opened.entries, self.identity.block_bytes
        whole = opened.file.direct and opened.row.filled == size
        at, index, tail = block.pack_seal(opened.header, entries, opened.end, self._clock.now_us())
        gap = size - PAGE - at - len(index)
        if gap <= min(MOST_GAP_BYTES, size // _GAP_SHARE):
            # One move of the head instead of two; and from now on no page of the block was never written.
            opened.write(self._buffer.holding(index.ljust(len(index) + gap, b"\0") + tail), at)
            self._buffer.shrink(PAGE)
            opened.row = opened.row._replace(filled=size)
        else:
            if index:
                opened.write(self._buffer.holding(index), at)
            opened.write(self._buffer.holding(tail), size - PAGE)
        return self._sealed_rows(opened, block.root_of(entries)), whole

    def _sealed_rows(self, opened: OpenBlock, root: bytes) -> list[Row]:
        entries = opened.entries
        row = opened.sealed_row()
        entry = self.roots.sealed(row, root, sum(one.samples for one in entries))
        # What a block of copies holds was logged copy by copy.
        parts = [] if row.block_class in COPIES else pieces(row.number, row.incarnation, entries)
        self.tally.take(row, parts)
        return [row, *parts, entry]

    def aged(self, policy: StorePolicy) -> list[Owner]:
        """Give the owners of blocks that have been open for too long, or are not encrypted as is wanted now."""
        return [
            owner
            for owner, opened in self.open.items()
            if (opened.lap is not None) is not policy.pool(owner.pool).encrypted
            or (opened.entries and self._is_old(opened, policy.seal_after_s))
        ]

    def orphans(self, owners: Collection[Owner]) -> list[Owner]:
        """Give the owners of open blocks that none of those who write here has been for a while."""
        now = self._clock.monotonic_us()
        copies = [one for one in self.open if isinstance(one.what, BlockClass)]
        self._idle = {one: self._idle.get(one, now) for one in self.open if one not in owners and one not in copies}
        idle = [one for one, since in self._idle.items() if now - since >= ORPHAN_US]
        return [*idle, *self._unwanted(copies, now)]

    def _unwanted(self, copies: Sequence[Owner], now_us: int) -> list[Owner]:
        """Give the owners of open blocks of hold copies that no hold wants any more: open ones are never used again."""
        held = [one for one in copies if one.what is BlockClass.HELD and self.open[one].entries]
        if not held or now_us < self._look_at_us:
            return []
        self._look_at_us = now_us + _LOOK_US
        is_held = Held(self.catalog.contents, self._clock.now_us())
        return [one for one in held if not is_held(self.open[one].row.number)]

    def sync(self, files: Sequence[BlockFile]) -> None:
        """Make what was written to the files durable; raises `SyncFailed`, and `DiskReadOnly` where none was tried."""
        try:
            for file in files:
                file.sync()
        except OSError as error:
            raise not_confirmed(self.identity.name, error) from error

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
