"""The log of what was due: each interval goes to the disks when it begins to apply, and again when its end changes."""

from collections.abc import Iterator
from typing import NamedTuple

from recorder.client.clock import SECOND_US
from recorder.client.recording import RecordType
from recorder.client.stream import StreamKey
from recorder.media.plan import Due, Plan
from recorder.store import StoreWriter
from recorder.store.intervals import joined


class _Row(NamedTuple):
    """What a disk is told of an interval: its end, and as what it counts. Rows are told apart by stream and start."""

    end_us: int
    type: RecordType


_Past = tuple[StreamKey, int, int]
_Rows = dict[tuple[StreamKey, int], _Row]


class DueLog:
    """Remembers what the disks were told."""

    def __init__(self, store: StoreWriter) -> None:
        self._store = store
        self._told: _Rows = {}
        self._saved: Plan | None = None
        self._past: set[_Past] = set()
        self._since_us = 0
        """When our clock was set last, or somebody recorded last before that: what was due before is told already."""
        self._made_us = 0
        """When the plan was made that was told last."""
        self._plan_off_us = 0
        """By how much our clock was set since the plan was made: what it says is over, ended by the clock before."""

    def begin(self, saved: Plan) -> None:
        """Say from which plan, saved by the run before, recording goes on."""
        self._saved = saved

    def tell(self, plan: Plan, now_us: int) -> None:
        """Write the intervals that apply now; call once a second and after every change of the plan.

        Those that are over are told once: they may have passed while we were away, and were due as well.
        """
        if plan.made_us != self._made_us:
            self._made_us, self._plan_off_us = plan.made_us, 0
        applies: _Rows = {}
        ended: list[tuple[StreamKey, int]] = []
        past: set[_Past] = set()
        for key, start, end, record_type in self._store.take_known_due():
            # What runs of ours before this one left is ended, unless it still applies.
            self._told.setdefault((key, start), _Row(end, record_type))
        for channel in plan.channels:
            for due in channel.record:
                for stream in due.streams:
                    key = StreamKey(channel.number, stream)
                    if due.end_us <= now_us:
                        ended.append((key, due.end_us + self._plan_off_us))
                        past.add((key, due.start_us, due.end_us))
                        # What was over when a saved plan was made, or our clock was set, is on the disks already.
                        known = plan is self._saved and due.start_us < plan.made_us
                        if not known and due.end_us > self._since_us:
                            self._tell_past(key, due)
                    elif due.start_us <= now_us and channel.stream(stream) is not None:
                        self._add(applies, key, due)
        for (key, start), row in applies.items():
            if self._told.get((key, start)) != row and start <= now_us:
                self._store.due(key, start, row.end_us, row.type)
        # What no plan has any more is not told again.
        self._past &= past
        in_force = {(key, row.type) for (key, _start), row in applies.items()}
        stays: _Rows = {}
        for (key, start), row in self._told.items():
            # What a step of the clock cut may have ended before that, while we were away.
            goes_on = row.end_us > now_us or row.end_us >= self._since_us - SECOND_US
            if (key, start) in applies or start > now_us or not goes_on:
                continue
            if (key, row.type) in in_force:
                # The same by another start, as after a step of the clock; but it may have ended and begun again since.
                end = self._ended(plan, key, row.type, max(start, self._since_us))
                if start < end < min(row.end_us, now_us):
                    self._store.due(key, start, end, row.type)
                else:
                    stays[key, start] = row
            else:
                # Taken back before its end, maybe while we were away: the plan says when, or when it was made.
                ends = (until for of, until in ended if of == key and until > start)
                end = max(ends, default=plan.made_us + self._plan_off_us)
                end = end if start < end < now_us else now_us
                if end < row.end_us:
                    self._store.due(key, start, end, row.type)
        self._told = stays | {place: row for place, row in applies.items() if place[1] <= now_us}

    def _ended(self, plan: Plan, key: StreamKey, record_type: RecordType, at_us: int) -> int:
        """Give when what was due at a moment ended by the plan; 0 where it says nothing of that moment."""
        channel = plan.channel(key.channel)
        mine = (
            [due for due in channel.record if due.type is record_type and key.stream in due.streams] if channel else []
        )
        # What was over when the plan was made was so by the clock of then.
        moved = [(due, self._plan_off_us if due.end_us <= plan.made_us else 0) for due in mine]
        known = joined((due.start_us + by_us, due.end_us + by_us) for due, by_us in moved)
        return next((end for start, end in known if start <= at_us <= end), 0)

    def _tell_past(self, key: StreamKey, due: Due) -> None:
        place = key, due.start_us, due.end_us
        if place not in self._past:
            self._past.add(place)
            start_us = max(due.start_us, self._since_us)
            if self._told.get((key, start_us)) != (due.end_us, due.type):
                self._store.due(key, start_us, due.end_us, due.type)
                self._told.pop((key, start_us), None)

    def _add(self, applies: _Rows, key: StreamKey, due: Due) -> None:
        """Add an interval. Where two begin together, the one that is recorded throughout comes first."""
        start = max(due.start_us, self._since_us)
        for begin, row in _in_order(due, start, applies.get((key, start))):
            if begin < row.end_us:
                applies[key, begin] = row

    def forget(self) -> None:
        """Write everything again the next time: a disk came that was told nothing."""
        self._told = {}
        self._past = set()

    def clock_was_set(self, now_us: int, by_us: int, unwatched_since_us: int | None = None) -> None:
        """Go on from this moment: what applied until now was due by the times of the clock before.

        Where nobody watched the step, what began since somebody recorded last is told by the clock that holds now: what
        began while nobody ran began by no clock but that on the wall.
        """
        self._told = {}
        self._plan_off_us += by_us
        self._since_us = now_us if unwatched_since_us is None else min(unwatched_since_us, now_us)


def _in_order(due: Due, start_us: int, known: _Row | None) -> Iterator[tuple[int, _Row]]:
    mine = _Row(due.end_us, due.type)
    if known is None:
        yield start_us, mine
        return
    rows = sorted((known, mine), key=lambda one: (one.type is not RecordType.GENERAL, -one.end_us))
    yield start_us, rows[0]
    yield rows[0].end_us, rows[1]
