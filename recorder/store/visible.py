"""What of a stream's time is shown: what has not expired, and beyond that what is held (S6)."""

from collections.abc import Iterable
from typing import NamedTuple

from recorder.store.holds import LEAD_US

ALL_TIME_US = -(1 << 62)


class Visible(NamedTuple):
    """Everything from `floor_us` on, and the stretches [start, end) before it, in time order. UTC, µs."""

    floor_us: int
    held: tuple[tuple[int, int], ...] = ()

    @property
    def begin_us(self) -> int:
        """The first moment that is shown."""
        return self.held[0][0] if self.held else self.floor_us

    def parts(self, start_us: int, end_us: int) -> list[tuple[int, int]]:
        """Give the shown parts of [start_us, end_us)."""
        cut = [(max(begin, start_us), min(end, end_us)) for begin, end in (*self.held, (self.floor_us, end_us))]
        return [(begin, end) for begin, end in cut if begin < end]

    def next(self, at_us: int) -> int:
        """Give the first shown moment at or after a time."""
        return next((max(begin, at_us) for begin, end in self.held if at_us < end), max(at_us, self.floor_us))

    def wants(self, first_us: int, last_us: int) -> bool:
        """Whether anything of [first_us, last_us] is shown, or may be needed to decode what is."""
        return last_us >= self.floor_us - LEAD_US or any(
            first_us < end and begin - LEAD_US <= last_us for begin, end in self.held
        )


def visible(floor_us: int, held: Iterable[tuple[int, int]]) -> Visible:
    """Join held stretches, in any order, as far as they lie before the floor."""
    joined: list[tuple[int, int]] = []
    for start, end in sorted((start, min(end, floor_us)) for start, end in held):
        if start >= end:
            continue
        if joined and start <= joined[-1][1]:
            joined[-1] = (joined[-1][0], max(joined[-1][1], end))
        else:
            joined.append((start, end))
    return Visible(floor_us, tuple(joined))
