"""What a catalog says after all its rows: the newest row of each key, blocks with the pieces in them."""

import struct
from collections.abc import Callable, Iterable, Iterator

from recorder.store import row_format, rows
from recorder.store.errors import Damaged
from recorder.store.frame import Packed
from recorder.store.layout import BlockState
from recorder.store.rows import BlockRow, RowKind

_ROW_OVERHEAD = 4
_PIECE_AT = struct.Struct("<IQ")
_PRE_RECORD_US = 3_600_000_000
_KEPT_BOOTS = 64
_KEPT_CLOCK_MAPS = 1024
# Given up in this order when a half grows too small; blocks, pieces and holds are never given up.
_EXPENDABLE = (RowKind.DUE, RowKind.GAP, RowKind.SPAN, RowKind.MARK, RowKind.TAG, RowKind.HEAD, RowKind.ROOT)


class Contents:
    """The rows that hold. All but blocks stay packed, which is small and what a checkpoint writes."""

    def __init__(self, disk: bytes = b"") -> None:
        self._disk = disk
        self.blocks: dict[int, BlockRow] = {}
        self._pieces: dict[int, dict[bytes, bytes]] = {}
        self._copies: dict[int, dict[bytes, bytes]] = {}
        self._rows: dict[int, dict[bytes, bytes]] = {}
        self._forgotten: set[tuple[int, bytes]] = set()

    def apply(self, added: Iterable[Packed]) -> None:
        """Take rows in the order of the log; damaged ones are left out."""
        for kind, data in added:
            if kind == RowKind.BLOCK:
                self._apply_block(data)
            elif kind == RowKind.PIECE:
                self._apply_piece(RowKind.PIECE, data, self._pieces)
            elif kind == RowKind.COPY:
                self._apply_piece(RowKind.COPY, data, self._copies)
            elif kind == RowKind.GONE:
                if data:
                    self._rows.get(data[0], {}).pop(data[1:], None)
            else:
                self._rows.setdefault(kind, {})[row_format.key_of(kind, data)] = data

    def _apply_block(self, data: bytes) -> None:
        try:
            row = row_format.parse(RowKind.BLOCK, data)
        except Damaged:
            return
        assert isinstance(row, BlockRow)
        known = self.blocks.get(row.number)
        if known is None or known.incarnation != row.incarnation or row.state == BlockState.FREE:
            self._pieces.pop(row.number, None)
            self._copies.pop(row.number, None)
        self.blocks[row.number] = row

    def _apply_piece(self, kind: RowKind, data: bytes, into: dict[int, dict[bytes, bytes]]) -> None:
        if len(data) < _PIECE_AT.size:
            return
        number, incarnation = _PIECE_AT.unpack_from(data)
        block = self.blocks.get(number)
        if block is not None and block.incarnation == incarnation:
            into.setdefault(number, {})[row_format.key_of(kind, data)] = data

    def of(self, kind: RowKind) -> Iterator[rows.Row]:
        """Give the rows of a kind, parsed, in the order they were first logged."""
        match kind:
            case RowKind.BLOCK:
                yield from self.blocks.values()
            case RowKind.PIECE:
                for number in self._pieces:
                    yield from self.pieces(number)
            case RowKind.COPY:
                for number in self._copies:
                    yield from self.copies(number)
            case _:
                yield from _parsed(kind, self._rows.get(kind, {}).values())

    def has(self, kind: int, key: bytes) -> bool:
        """Whether there is a row of this kind and key, which is no block, piece or copy. From any thread."""
        return key in self._rows.get(kind, {})

    def pieces(self, number: int) -> Iterator[rows.Row]:
        """Give the pieces of one block."""
        yield from _parsed(RowKind.PIECE, self._pieces.get(number, {}).values())

    def copies(self, number: int) -> Iterator[rows.Row]:
        """Give the runs of chunks that were copied into one block."""
        yield from _parsed(RowKind.COPY, self._copies.get(number, {}).values())

    def bytes_of(self, *kinds: RowKind) -> int:
        """How much the rows of some kinds take in a checkpoint."""
        return sum(len(data) + _ROW_OVERHEAD for kind in kinds for data in self._rows.get(kind, {}).values())

    def packed(self) -> Iterator[Packed]:
        """Give everything as a checkpoint holds it: blocks before their pieces."""
        for number, block in self.blocks.items():
            yield row_format.pack(block)
            for data in self._pieces.get(number, {}).values():
                yield RowKind.PIECE, data
            for data in self._copies.get(number, {}).values():
                yield RowKind.COPY, data
        for kind, held in self._rows.items():
            for data in held.values():
                yield kind, data

    def forget_what_is_past(self) -> None:
        """Drop rows that only speak of time before the oldest footage of this disk."""
        used = [one for one in self.blocks.values() if one.state != BlockState.FREE]
        # An open block's times are known when it is sealed; what was recorded before an event is older than the block.
        oldest = min(
            (one.first_us if one.state == BlockState.SEALED else one.opened_us - _PRE_RECORD_US for one in used),
            default=None,
        )
        if oldest is not None:
            self._forget_roots(oldest)
            self._drop(RowKind.GAP, lambda row: isinstance(row, rows.GapRow) and row.end_us < oldest)
            self._drop(RowKind.DUE, lambda row: isinstance(row, rows.DueRow) and row.end_us < oldest)
            self._drop(
                RowKind.MARK, lambda row: isinstance(row, rows.MarkRow) and not row.is_open and row.until_us < oldest
            )
            self._drop(RowKind.HOLD, lambda row: isinstance(row, rows.HoldRow) and _is_past(row, oldest))
            self._drop(RowKind.TAG, lambda row: isinstance(row, rows.TagRow) and row.end_us < oldest)
            last = self._last_spans()
            self._drop(
                RowKind.SPAN,
                lambda row: (
                    isinstance(row, rows.SpanRow) and bool(row.ended) and row.end_us < oldest and row.id not in last
                ),
            )
        held = {one.id for one in self.of(RowKind.HOLD) if isinstance(one, rows.HoldRow) and not one.released_us}
        self._drop(RowKind.KEPT, lambda row: isinstance(row, rows.KeptRow) and row.hold not in held)
        self._keep_newest(RowKind.BOOT, _KEPT_BOOTS)
        self._keep_newest(RowKind.CLOCK_MAP, _KEPT_CLOCK_MAPS)

    def _forget_roots(self, oldest_us: int) -> None:
        """Drop the entries of a signed head once no block of theirs is left: one less would break the others' proof.

        Those that nobody signed go each with its block; the newest stays, as the next is numbered by it. Heads go from
        the oldest on, so that what is left is one chain; those of other disks by their age.
        """
        heads = sorted(one for one in self.of(RowKind.HEAD) if isinstance(one, rows.HeadRow))
        newest = {one.disk: one for one in heads}
        living = {(one.number, one.incarnation) for one in self.blocks.values()}
        entries = {one.number: one for one in self.of(RowKind.ROOT) if isinstance(one, rows.RootRow)}
        gone: set[bytes] = set()
        signed: set[int] = set()
        chain_is_past = True
        for head in heads:
            if head.disk != self._disk:
                past = head.made_us < oldest_us
            else:
                mine = [entries[n] for n in range(head.first, head.first + head.entries) if n in entries]
                past = not any((one.block, one.incarnation) in living for one in mine)
                signed |= {one.number for one in mine}
                chain_is_past = chain_is_past and past
                if past:
                    gone |= {row_format.pack(one)[1] for one in mine}
                past = chain_is_past
            if past and head is not newest[head.disk]:
                gone.add(row_format.pack(head)[1])
        last = max(entries, default=0)
        gone |= {
            row_format.pack(one)[1]
            for number, one in entries.items()
            if number not in signed and number != last and (one.block, one.incarnation) not in living
        }
        for kind in (RowKind.ROOT, RowKind.HEAD):
            held = self._rows.get(kind, {})
            for key in [key for key, data in held.items() if data in gone]:
                self._forget(kind, key)

    def _last_spans(self) -> set[rows.RowId]:
        """The newest span of each stream, which a start needs to close the hole behind it (S7)."""
        last: dict[tuple[int, int], rows.SpanRow] = {}
        for row in self.of(RowKind.SPAN):
            if isinstance(row, rows.SpanRow):
                last[row.channel, row.stream] = row
        return {one.id for one in last.values()}

    def _drop(self, kind: RowKind, past: Callable[[rows.Row], bool]) -> None:
        held = self._rows.get(kind, {})
        for key, data in list(held.items()):
            try:
                row = row_format.parse(kind, data)
            except Damaged:
                row = None
            if row is None or past(row):
                self._forget(kind, key)

    def _keep_newest(self, kind: RowKind, most: int) -> None:
        held = self._rows.get(kind, {})
        for key in list(held)[: max(0, len(held) - most)]:
            self._forget(kind, key)

    def _forget(self, kind: int, key: bytes) -> bytes:
        self._forgotten.add((kind, key))
        return self._rows[kind].pop(key)

    def take_forgotten(self) -> list[rows.GoneRow]:
        """Give what checkpoints dropped since the last call, and is not there again: the index drops it too."""
        forgotten, self._forgotten = self._forgotten, set()
        return [rows.GoneRow(kind, key) for kind, key in sorted(forgotten) if key not in self._rows[kind]]

    def shrink_to(self, most_bytes: int) -> None:
        """Drop the oldest of what can be spared until the rows fit; blocks and their pieces always stay."""
        size = sum(len(data) + _ROW_OVERHEAD for _kind, data in self.packed())
        for kind in _EXPENDABLE:
            held = self._rows.get(kind, {})
            for key in list(held):
                if size <= most_bytes:
                    return
                size -= len(self._forget(kind, key)) + _ROW_OVERHEAD


def _is_past(hold: rows.HoldRow, oldest_us: int) -> bool:
    """Whether a hold is over, and all that it ever kept is gone."""
    over_us = hold.released_us or hold.expires_us
    return bool(over_us) and max(over_us, hold.end_us) < oldest_us


def _parsed(kind: int, packed: Iterable[bytes]) -> Iterator[rows.Row]:
    for data in packed:
        try:
            row = row_format.parse(kind, data)
        except Damaged:
            continue
        if row is not None:
            yield row
