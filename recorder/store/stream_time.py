"""What is known of a stretch of a stream's time: what was due, what is there, what is missing and why (S7).

A moment that was due is recorded, missing, overwritten since, or not on the disk yet, and never two of these.
"""

from collections.abc import Iterable, Sequence
from dataclasses import dataclass
from typing import NamedTuple

from recorder.client.clock import SECOND_US
from recorder.client.recording import GapReason, RecordType
from recorder.store.intervals import Interval, clipped, common, joined, length, without
from recorder.store.layout import HOLE_US

SETTLED_US = 60 * SECOND_US
"""What is younger may still be on its way to a disk; media writes down holes that last once a minute."""
OVERWRITTEN_US = 10 * SECOND_US
"""What is gone between two pieces and shorter is how far samples are from each other: blocks hold more."""
_NEIGHBOURS_US = SECOND_US


class DueRow(NamedTuple):
    """A stretch that was to be recorded: throughout where it is general, else where a mark lies."""

    start_us: int
    end_us: int
    type: RecordType


class GapEntry(NamedTuple):
    """A gap row. `found`: the store saw it by itself."""

    start_us: int
    end_us: int
    reason: GapReason
    found: bool

    @property
    def is_loss(self) -> bool:
        """Whether samples within a span were given up, which the span itself does not show."""
        return self.found and self.reason in {GapReason.OVERLOAD, GapReason.DISK}


class SpanEntry(NamedTuple):
    """A span as it was logged; `end_us` means nothing until it ended. `reason` None: nothing more was due."""

    start_us: int
    end_us: int
    ended: bool
    reason: GapReason | None
    kernel_boot: bytes
    shift_us: int


class Missing(NamedTuple):
    """A stretch that was due and is missing: [start_us, end_us), UTC."""

    start_us: int
    end_us: int
    reason: GapReason


class Tally(NamedTuple):
    """How much of a stretch was due, and what became of it (µs); `due_us` is the sum of the others."""

    due_us: int
    recorded_us: int
    overwritten_us: int
    missing: dict[GapReason, int]


def due_time(rows: Iterable[DueRow], marks: Iterable[Interval], told: Iterable[Interval]) -> list[Interval]:
    """Give what was due: general rows, and of the others what marks and the gaps of media name."""
    rows = list(rows)
    general = [(one.start_us, one.end_us) for one in rows if one.type is RecordType.GENERAL]
    on_events = joined((one.start_us, one.end_us) for one in rows if one.type is not RecordType.GENERAL)
    return joined([*general, *common(on_events, joined([*marks, *told]))])


@dataclass(frozen=True)
class StreamTime:
    """One stream within [start_us, end_us). Build it with `of`."""

    due: Sequence[Interval]
    """As far as it is past, and either on a disk or settled."""
    kept: Sequence[Interval]
    """Footage that is still there."""
    missing: Sequence[Missing]

    @classmethod
    def of(
        cls,
        start_us: int,
        end_us: int,
        *,
        now_us: int,
        due: Sequence[Interval],
        kept: Sequence[Interval],
        spans: Sequence[SpanEntry],
        gaps: Sequence[GapEntry],
        known_since_us: int,
    ) -> "StreamTime":
        """Work it out. Before `known_since_us` nothing is missing but what gap rows tell: it was overwritten."""
        rows = [one for one in gaps if one.reason is not GapReason.CONTROL_SILENT]
        lost = joined((one.start_us, one.end_us) for one in rows if one.is_loss)
        kept = without(kept, lost)
        due = clipped(due, start_us, min(end_us, now_us))
        told = joined((one.start_us, one.end_us) for one in rows)
        # What spans say was recorded once may be overwritten by now; that is no hole.
        once = without(joined([*kept, *_once(spans, kept, rows)], HOLE_US), lost)
        settled = clipped(due, known_since_us, now_us - SETTLED_US)
        holes = without(joined([*without(settled, once), *common(due, told)]), kept)
        # What remains of a row beside footage is no hole; a short row of its own is.
        whole = {*told, *lost}
        holes = [one for one in holes if one[1] - one[0] >= HOLE_US or one in whole]
        missing = [part for hole in holes for part in _explained(hole, rows, spans)]
        reached = max([now_us - SETTLED_US, *(end for _start, end in kept[-1:]), *(end for _start, end in told[-1:])])
        return cls(clipped(due, start_us, reached), clipped(kept, start_us, end_us), missing)

    def tally(self, start_us: int, end_us: int) -> Tally:
        """Sum up a part of the stretch."""
        due = clipped(self.due, start_us, end_us)
        missing: dict[GapReason, int] = {}
        for one in self.missing:
            part = min(one.end_us, end_us) - max(one.start_us, start_us)
            if part > 0:
                missing[one.reason] = missing.get(one.reason, 0) + part
        there = joined([*self.kept, *((one.start_us, one.end_us) for one in self.missing)], HOLE_US)
        overwritten = length(one for one in without(due, there) if one[1] - one[0] >= OVERWRITTEN_US)
        due_us = length(due)
        return Tally(due_us, due_us - overwritten - sum(missing.values()), overwritten, missing)


def _once(spans: Sequence[SpanEntry], kept: Sequence[Interval], rows: Sequence[GapEntry]) -> list[Interval]:
    """Give what was recorded once. A span without an end goes as far as its footage, else to the next hole or span."""
    found: list[Interval] = []
    holes = [one.start_us for one in rows if not one.is_loss]
    for nth, one in enumerate(spans):
        end_us = one.end_us
        if not one.ended:
            behind = [other.start_us for other in spans[nth + 1 : nth + 2]]
            there = [end for _start, end in kept if one.start_us < end <= (behind[0] if behind else end)]
            left = [*behind, *(at for at in holes if at > one.start_us)]
            end_us = max(there, default=min(left, default=one.start_us))
        found.append((one.start_us, end_us))
    return found


def _explained(hole: Interval, rows: Sequence[GapEntry], spans: Sequence[SpanEntry]) -> list[Missing]:
    """Cut a hole by the rows that explain it: what the store lost on purpose, what media told, what the store found."""
    left = [hole]
    found: list[Missing] = []
    for row in sorted(rows, key=lambda one: (not one.is_loss, one.found, one.start_us)):
        part = common(left, [(row.start_us, row.end_us)])
        if part:
            found += [Missing(start, end, row.reason) for start, end in part]
            left = without(left, [(row.start_us, row.end_us)])
    found += [Missing(start, end, _inferred(start, end, rows, spans)) for start, end in left]
    return _together(sorted(found))


def _together(parts: list[Missing]) -> list[Missing]:
    """Join neighbours of one reason; slivers between rows go to the reason before them.

    One at the beginning is the length of the last sample, which is there.
    """
    joint: list[Missing] = []
    for one in parts:
        if joint and (joint[-1].reason is one.reason or one.end_us - one.start_us < HOLE_US):
            joint[-1] = joint[-1]._replace(end_us=one.end_us)
        else:
            joint.append(one)
    if len(joint) > 1 and joint[0].end_us - joint[0].start_us < HOLE_US:
        del joint[0]
    return joint


def _inferred(start_us: int, end_us: int, rows: Sequence[GapEntry], spans: Sequence[SpanEntry]) -> GapReason:
    """Say why something is missing that no row explains: a hole that goes on, or one whose row was lost."""
    before = [one for one in rows if abs(one.end_us - start_us) <= _NEIGHBOURS_US]
    if before:
        return before[-1].reason
    by_time = sorted(spans, key=lambda one: one.start_us)
    last = next((one for one in reversed(by_time) if one.start_us <= start_us), None)
    following = next((one for one in by_time if one.start_us >= end_us - HOLE_US and one is not last), None)
    if last is not None and last.ended and last.reason is not None:
        return last.reason
    if last is not None and not last.ended and following is not None:
        return GapReason.RESTARTED if following.kernel_boot == last.kernel_boot else GapReason.NO_POWER
    if following is not None and following.shift_us:
        return GapReason.CLOCK
    return GapReason.UNKNOWN
