"""What was due of each stream, as far as this run of the store knows: gaps that it finds are kept to it (S7)."""

from collections.abc import Iterable
from typing import NamedTuple

from recorder.client.recording import RecordType
from recorder.client.stream import StreamKey
from recorder.store.clock_step import due_moved, first_start_us, told_since_us
from recorder.store.intervals import Interval, clipped, joined
from recorder.store.layout import RECORD_TYPES, STREAM_CODES, stream_key
from recorder.store.row_format import DUE_KEY
from recorder.store.rows import BootRow, ClockMapRow, DueRow, GoneRow, Row, RowKind


class KnownDue(NamedTuple):
    """A due interval as the catalogs have it."""

    key: StreamKey
    start_us: int
    end_us: int
    type: RecordType


class DueKnown:
    """Due rows of all streams, of whatever type; one thread at a time."""

    def __init__(self, boot: int) -> None:
        """`boot` is the number of this run."""
        self._rows: dict[tuple[int, int], dict[int, DueRow]] = {}
        self._news: list[DueRow] = []
        self._runs = {boot}
        """The runs in this boot of the kernel."""
        self._began_us = 0
        """When the first of them started, monotonic."""

    def learn(self, rows: Iterable[Row], boots: Iterable[Row], kernel_boot: bytes) -> None:
        """Take the due rows of a catalog, and which runs told them; what was told since wins."""
        boots = list(boots)
        self._began_us = first_start_us(boots, kernel_boot)
        self._runs |= {one.boot for one in boots if isinstance(one, BootRow) and one.kernel_boot == kernel_boot}
        for row in rows:
            if isinstance(row, DueRow) and self._of(row).setdefault(row.start_us, row) is row:
                self._news.append(row)

    def told(self, row: DueRow) -> None:
        """Take an interval; the same start again replaces its end."""
        self._of(row)[row.start_us] = row

    def forget(self, gone: Iterable[GoneRow]) -> None:
        """Let go of what a catalog let go of; of each stream the last row stays, since one says that others lack."""
        for one in gone:
            if one.kind != RowKind.DUE or len(one.key) != DUE_KEY.size:
                continue
            channel, stream, start_us = DUE_KEY.unpack(one.key)
            known = self._rows.get((channel, stream), {})
            if start_us != max(known, default=start_us):
                known.pop(start_us, None)

    def take_news(self) -> list[KnownDue]:
        """Give what catalogs told since the last call, and after a step of the clock everything."""
        news, self._news = self._news, []
        return [
            KnownDue(key, one.start_us, one.end_us, RECORD_TYPES.get(one.record_type, RecordType.GENERAL))
            for one in news
            # What was told by a clock that is past ended then, whatever the clock says now.
            if one.boot and (key := stream_key(one.channel, one.stream)) is not None
        ]

    def knows(self, key: StreamKey) -> bool:
        """Whether any row says what was due of a stream."""
        return bool(self._rows.get((key.channel, STREAM_CODES[key.stream])))

    def clip(self, key: StreamKey, start_us: int, end_us: int) -> list[Interval]:
        """Give the parts of a stretch that were due; all of it where nothing is known of the stream."""
        known = self._rows.get((key.channel, STREAM_CODES[key.stream]))
        if not known:
            return [(start_us, end_us)] if start_us < end_us else []
        return clipped(joined((one.start_us, one.end_us) for one in known.values()), start_us, end_us)

    def clock_was_set(self, step: ClockMapRow) -> None:
        """Move what this step moves, as the catalogs do."""
        for stream, known in self._rows.items():
            told_us = told_since_us(known.values(), step, self._runs, self._began_us)
            moved = [one for row in known.values() for one in due_moved(row, step, self._runs, told_us)]
            self._rows[stream] = {one.start_us: one for one in moved}
        self._news = [one for known in self._rows.values() for one in known.values()]

    def _of(self, row: DueRow) -> dict[int, DueRow]:
        return self._rows.setdefault((row.channel, row.stream), {})
