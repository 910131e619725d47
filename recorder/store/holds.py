"""Which blocks of a disk are kept from reuse by holds, and what each hold wants of them (S6)."""

from collections.abc import Iterable, Iterator, Sequence
from typing import NamedTuple

from recorder.client.clock import SECOND_US
from recorder.store.contents import Contents
from recorder.store.layout import ALL_STREAMS, BlockClass, BlockState, HoldKind
from recorder.store.rows import BlockRow, ClockMapRow, CopyRow, HoldRow, KeptRow, PieceRow, RowId, RowKind

LEAD_US = 10 * SECOND_US
"""A hold reaches at most so much further back: decoding begins at the key frame before it."""
COPIED_BELOW = 2
"""A hold that wants less than one part in so many of a block is copied, and pins no block of others."""

Run = PieceRow | CopyRow


class Want(NamedTuple):
    """What a hold wants of a block: [first_us, last_us] of a stream, as stored, the lead included."""

    hold: HoldRow
    run: Run
    first_us: int
    last_us: int

    @property
    def bytes(self) -> int:
        """About how many bytes that is, by its share of the time of the run."""
        length = self.run.last_us - self.run.first_us
        return self.run.bytes * (self.last_us - self.first_us) // length if length > 0 else self.run.bytes


class Held:
    """What the living holds of a disk keep at one moment."""

    def __init__(self, contents: Contents, now_us: int, more: Sequence[HoldRow] = (), *, exports: bool = True) -> None:
        """`more` are holds that are not in the catalog yet; without `exports` what they hold does not count."""
        self._contents = contents
        rows = [one for one in contents.of(RowKind.HOLD) if isinstance(one, HoldRow)]
        self.living = [one for one in (*rows, *more) if one.lives(now_us)]
        if not exports:
            self.living = [one for one in self.living if one.kind != HoldKind.EXPORT]
        self._kept: set[tuple[RowId, int]] = set()
        self._maps: dict[bytes, list[tuple[int, int]]] = {}
        if not self.living:
            return
        self._kept = {(one.hold, one.origin) for one in contents.of(RowKind.KEPT) if isinstance(one, KeptRow)}
        for one in contents.of(RowKind.CLOCK_MAP):
            if isinstance(one, ClockMapRow):
                known = self._maps.setdefault(one.kernel_boot, [])
                known.append((one.monotonic_us, one.after_us - one.before_us))

    def __call__(self, number: int) -> bool:
        """Whether a block is kept from reuse."""
        row = self._contents.blocks.get(number)
        if row is None or not self.living:
            return False
        return self._is_within(row) or next(self.wants(row), None) is not None

    def wants(self, row: BlockRow, runs: Iterable[Run] | None = None) -> Iterator[Want]:
        """Give what holds want of a block and is not safe elsewhere; `runs` stand in for what the catalog lists.

        Of a block of hold copies everything within a hold counts: it is never copied again.
        """
        if not self.living or self._is_apart(row):
            return
        for run in self._runs(row.number) if runs is None else runs:
            for hold in self.living:
                if (hold.id, row.incarnation) in self._kept and row.block_class != BlockClass.HELD:
                    continue
                within = self._within(hold, run)
                if within is not None:
                    yield Want(hold, run, *within)

    def _is_apart(self, row: BlockRow) -> bool:
        """Whether a sealed block lies outside of all holds, told without a look at its pieces."""
        if self._maps or row.state != BlockState.SEALED or row.block_class == BlockClass.HELD:
            return False
        own = row.block_class == BlockClass.SINGLE
        return not any(
            row.first_us < hold.end_us
            and hold.start_us - LEAD_US <= row.last_us
            and (not own or hold.channel == row.channel)
            for hold in self.living
        )

    def _is_within(self, row: BlockRow) -> bool:
        """Whether a block of one stream is held for certain, told without a look at its pieces."""
        if self._maps or row.state != BlockState.SEALED or row.block_class != BlockClass.SINGLE:
            return False
        return any(
            hold.channel == row.channel
            and hold.stream in {row.stream, ALL_STREAMS}
            and hold.start_us <= row.first_us
            and row.last_us < hold.end_us
            and (hold.id, row.incarnation) not in self._kept
            for hold in self.living
        )

    def _runs(self, number: int) -> Iterator[Run]:
        for one in (*self._contents.pieces(number), *self._contents.copies(number)):
            if isinstance(one, PieceRow | CopyRow):
                yield one

    def _within(self, hold: HoldRow, run: Run) -> tuple[int, int] | None:
        if hold.channel != run.channel or hold.stream not in {run.stream, ALL_STREAMS}:
            return None
        # The hold was made by the time as it was searched then: before or after the clock was set.
        for shift in self._shifts(run):
            first, last = hold.start_us - _lead(run) - shift, hold.end_us - 1 - shift
            if run.first_us <= last and first <= run.last_us:
                return max(first, run.first_us), min(last, run.last_us)
        return None

    def _shifts(self, run: Run) -> Iterator[int]:
        yield 0
        shift = 0
        for monotonic_us, delta in sorted(self._maps.get(run.kernel_boot, ())):
            if monotonic_us > run.first_monotonic_us:
                shift += delta
                yield shift


def _lead(run: Run) -> int:
    """How far back from a moment its key frame may lie, by the mean of the run and half of it more."""
    return min(LEAD_US, 3 * (run.last_us - run.first_us) // (2 * run.keys)) if run.keys else LEAD_US


def is_short(row: BlockRow, wants: Sequence[Want], block_bytes: int) -> bool:
    """Whether what holds want of a block is copied rather than kept where it is."""
    if row.block_class == BlockClass.HELD or any(one.hold.kind == HoldKind.EXPORT for one in wants):
        return False
    return sum(one.bytes for one in wants) * COPIED_BELOW < block_bytes


def locked_bytes(held: Held, contents: Contents, opened: Iterable[tuple[BlockRow, Sequence[Run]]], size: int) -> int:
    """Give the bytes of a disk, in whole blocks of `size`, that locks and evidence keep, copies to come included."""
    whole, short = 0, 0
    runs = {row.number: found for row, found in opened}
    for row in contents.blocks.values():
        if row.state == BlockState.FREE:
            continue
        wants = [one for one in held.wants(row, runs.get(row.number)) if one.hold.kind != HoldKind.EXPORT]
        if row.block_class == BlockClass.HELD:
            whole += bool(wants) or row.state == BlockState.OPEN
        elif wants and is_short(row, wants, size):
            short += sum(one.bytes for one in wants)
        else:
            whole += bool(wants)
    return (whole + -(-short // size)) * size
