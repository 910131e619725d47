"""Marks: control says that an event began, media records and types what belongs to it (architecture §3)."""

from dataclasses import dataclass, replace

from recorder.client.clock import SECOND_US, Clock
from recorder.client.recording import RecordType
from recorder.client.stream import StreamKey
from recorder.media.due import FOREVER_US
from recorder.store.intervals import Interval

# control sends an open mark again every 10 s; one that is no longer sent ends by itself.
LEASE_US = 30 * SECOND_US
# A mark that ended so long ago has no effect on what is recorded any more.
FORGET_US = 600 * SECOND_US
MOST_MARKS = 10_000


@dataclass(frozen=True)
class Mark:
    """An event that is to be recorded: from `pre_s` before `event_us` to `until_us` (None: it goes on), all UTC."""

    id: str
    streams: tuple[StreamKey, ...]
    event_us: int
    pre_s: int
    until_us: int | None
    type: RecordType
    renewed_us: int = 0
    """Monotonic: when control said so last."""
    shift_us: int = 0
    """By how much our clock was set since control told of it first; control goes on telling the time before."""

    @property
    def interval(self) -> Interval:
        """The time that it covers, as far as is known."""
        return self.event_us - self.pre_s * SECOND_US, FOREVER_US if self.until_us is None else self.until_us


class MarkBook:
    """The marks that still decide what is recorded."""

    def __init__(self, clock: Clock) -> None:
        self._clock = clock
        self._marks: dict[str, Mark] = {}

    def knows(self, mark: str) -> bool:
        """Whether a mark of this id was put."""
        return mark in self._marks

    def put(self, mark: Mark) -> bool:
        """Take a mark or renew it; says whether it is news."""
        known = self._marks.get(mark.id)
        mark = replace(mark, renewed_us=self._clock.monotonic_us())
        if known is not None and known.shift_us:
            mark = _moved(mark, known.shift_us)
        self._marks[mark.id] = mark
        while len(self._marks) > MOST_MARKS:
            del self._marks[next(iter(self._marks))]
        return known is None or replace(known, renewed_us=mark.renewed_us) != mark

    def get(self, mark: str) -> Mark:
        """Give a mark that was put, with the times that hold by our clock."""
        return self._marks[mark]

    def clock_was_set(self, by_us: int) -> None:
        """Move all events with our clock."""
        self._marks = {id_: _moved(mark, mark.shift_us + by_us, by_us) for id_, mark in self._marks.items()}

    def intervals(self, key: StreamKey) -> list[Interval]:
        """Give the times that marks want recorded of a stream."""
        return [mark.interval for mark in self._marks.values() if key in mark.streams]

    def renew_all(self) -> None:
        """While control is silent no lease runs out."""
        now = self._clock.monotonic_us()
        self._marks = {id_: replace(mark, renewed_us=now) for id_, mark in self._marks.items()}

    def lapse(self) -> list[Mark]:
        """Forget what is long over; end open marks whose lease ran out, and give them with their end."""
        now, monotonic = self._clock.now_us(), self._clock.monotonic_us()
        ended: list[Mark] = []
        for mark in list(self._marks.values()):
            if mark.until_us is None and monotonic - mark.renewed_us > LEASE_US:
                over = replace(mark, until_us=max(now, mark.event_us))
                self._marks[mark.id] = over
                ended.append(over)
            elif mark.until_us is not None and mark.until_us < now - FORGET_US:
                del self._marks[mark.id]
        return ended


def _moved(mark: Mark, shift_us: int, by_us: int | None = None) -> Mark:
    by_us = shift_us if by_us is None else by_us
    until_us = None if mark.until_us is None else mark.until_us + by_us
    return replace(mark, event_us=mark.event_us + by_us, until_us=until_us, shift_us=shift_us)
