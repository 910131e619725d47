"""Turns holes into gap rows: what media tells wins over what the store finds, and neighbours become one row."""

from collections import deque
from dataclasses import dataclass

from recorder.client.clock import SECOND_US
from recorder.client.recording import GapReason
from recorder.client.stream import StreamKey
from recorder.store.clock_step import gap_moved
from recorder.store.ids import IdSource, RowId
from recorder.store.intervals import without
from recorder.store.layout import REASON_CODES, STREAM_CODES
from recorder.store.rows import ClockMapRow, GapRow, GoneRow, Row, RowKind

TOLD, FOUND = 0, 1
# Rows that may still overlap what comes: older ones are left as they are.
_REMEMBERED = 32
_NEIGHBOURS_US = SECOND_US


@dataclass
class _Known:
    id: RowId
    reason: GapReason
    origin: int
    start_us: int
    end_us: int


class GapLog:
    """Gap rows of all streams of one run; gives the catalog rows for what it is told. One thread at a time."""

    def __init__(self, ids: IdSource) -> None:
        self._ids = ids
        self._known: dict[StreamKey, deque[_Known]] = {}

    def told(self, key: StreamKey, start_us: int, end_us: int, reason: GapReason) -> list[Row]:
        """Media says why a stretch is missing. The same start again replaces it; found rows in it are taken back."""
        if end_us <= start_us:
            return []
        known = self._of(key)
        rows: list[Row] = []
        # Time without the word of control is recorded all the same: such a row explains no hole.
        explains = reason is not GapReason.CONTROL_SILENT
        for one in [one for one in known if explains and one.origin == FOUND]:
            left = without([(one.start_us, one.end_us)], [(start_us, end_us)])
            if left == [(one.start_us, one.end_us)]:
                continue
            known.remove(one)
            rows.append(GoneRow(RowKind.GAP, one.id.pack()))
            rows += [self._row(key, self._add(key, one.reason, FOUND, *part)) for part in left]
        silence = not explains
        same = next(
            (
                one
                for one in known
                if one.origin == TOLD
                and one.start_us == start_us
                and (one.reason is GapReason.CONTROL_SILENT) == silence
            ),
            None,
        )
        if same is None:
            same = self._add(key, reason, TOLD, start_us, end_us)
        same.end_us, same.reason = end_us, reason
        return [*rows, self._row(key, same)]

    def found(self, key: StreamKey, start_us: int, end_us: int, reason: GapReason) -> list[Row]:
        """The store sees a hole; what media told of it stays, a row that ends here with this reason is prolonged."""
        left = [(start_us, end_us)] if end_us > start_us else []
        known = self._of(key)
        for one in known:
            if one.origin == TOLD and one.reason is not GapReason.CONTROL_SILENT:
                left = without(left, [(one.start_us, one.end_us)])
        rows: list[Row] = []
        for start, end in left:
            before = next(
                (
                    one
                    for one in reversed(known)
                    if one.origin == FOUND
                    and one.reason is reason
                    and one.start_us <= start <= one.end_us + _NEIGHBOURS_US
                ),
                None,
            )
            if before is None:
                before = self._add(key, reason, FOUND, start, end)
            before.end_us = max(before.end_us, end)
            rows.append(self._row(key, before))
        return rows

    def clock_was_set(self, step: ClockMapRow) -> None:
        """Move the rows of this run that the catalogs move (`recorder.store.clock_step`)."""
        for key, known in self._known.items():
            for one in known:
                one.start_us, one.end_us = gap_moved(one.start_us, one.end_us, step)
            left = [one for one in known if one.start_us < one.end_us]
            self._known[key] = deque(left, maxlen=_REMEMBERED)

    def _of(self, key: StreamKey) -> deque[_Known]:
        return self._known.setdefault(key, deque(maxlen=_REMEMBERED))

    def _add(self, key: StreamKey, reason: GapReason, origin: int, start_us: int, end_us: int) -> _Known:
        added = _Known(self._ids.draw(), reason, origin, start_us, end_us)
        self._of(key).append(added)
        return added

    @staticmethod
    def _row(key: StreamKey, one: _Known) -> GapRow:
        code = STREAM_CODES[key.stream]
        return GapRow(one.id, key.channel, code, REASON_CODES[one.reason], one.origin, one.start_us, one.end_us)
