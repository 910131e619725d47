"""What a search for motion found in one channel: moments to jump to, and the footage that nobody looked at."""

from collections.abc import Sequence
from dataclasses import dataclass, replace

from recorder.client.api import ApiClient
from recorder.client.clock import SECOND_US

Span = tuple[int, int]
JOIN_US = 10 * SECOND_US
"""Somebody who stands still for so long and walks on is one moment in the list."""
LAG_US = 15 * SECOND_US
"""What moved is told so much later (detect brings it every 10 s): after this nobody can know yet."""
LEAST_UNKNOWN_US = 5 * SECOND_US
"""Shorter pieces that nobody looked at are the edges of recordings."""
BEFORE_US = 2 * SECOND_US
"""So long before a moment it is shown from: one sees where it comes from."""


@dataclass(frozen=True)
class MomentsFound:
    """Within [start_us, end_us) of a channel: when something moved, and recorded time that was not analysed; in order.

    Times are UTC in µs.
    """

    start_us: int = 0
    end_us: int = 0
    moved: tuple[Span, ...] = ()
    unknown: tuple[Span, ...] = ()
    looked: bool = False
    """Whether anything of it was analysed at all."""

    def joined(self, earlier: "MomentsFound") -> "MomentsFound":
        """Add what was found in the time before."""
        return replace(
            self,
            start_us=earlier.start_us,
            moved=_joined((*earlier.moved, *self.moved), JOIN_US),
            unknown=_joined((*earlier.unknown, *self.unknown), 0),
            looked=self.looked or earlier.looked,
        )

    def after(self, at_us: int) -> Span | None:
        """Give the first moment whose beginning is yet to come."""
        return next((one for one in self.moved if one[0] - BEFORE_US > at_us), None)

    def before(self, at_us: int) -> Span | None:
        """Give the last moment that began a while ago."""
        return next((one for one in reversed(self.moved) if one[0] + BEFORE_US < at_us), None)

    def at(self, at_us: int) -> Span | None:
        """Give the moment that is shown at a time, with the seconds before and behind it."""
        return next((one for one in self.moved if one[0] - 2 * BEFORE_US <= at_us < one[1] + BEFORE_US), None)

    @property
    def unknown_us(self) -> int:
        """How much recorded time nobody looked at."""
        return sum(end - start for start, end in self.unknown)


def search(api: ApiClient, channel: int, region: str, start_us: int, end_us: int) -> MomentsFound:
    """Ask for one stretch, which ends a little before now; waits. `region` as `recorder.client.grid` writes it."""
    found = api.motion(channel, start_us, end_us, region)
    recorded = _joined([(one.start_us, one.end_us) for one in api.spans(channel, start_us, end_us)], 0)
    analysed = _joined([(one.start_us, one.end_us) for one in found.analysed], LEAST_UNKNOWN_US)
    unknown = [one for one in _without(recorded, analysed) if one[1] - one[0] >= LEAST_UNKNOWN_US]
    moved = _joined([(one.start_us, one.end_us) for one in found.moved], JOIN_US)
    return MomentsFound(start_us, end_us, moved, tuple(unknown), looked=bool(analysed))


def _joined(spans: Sequence[Span], pause_us: int) -> tuple[Span, ...]:
    found: list[Span] = []
    for start, end in sorted(spans):
        if found and start <= found[-1][1] + pause_us:
            found[-1] = found[-1][0], max(found[-1][1], end)
        else:
            found.append((start, end))
    return tuple(found)


def _without(spans: Sequence[Span], taken: Sequence[Span]) -> list[Span]:
    """What of some stretches is in none of others; both in order and apart."""
    left: list[Span] = []
    for start, end in spans:
        at = start
        for begin, until in taken:
            if until <= at or begin >= end:
                continue
            if begin > at:
                left.append((at, begin))
            at = max(at, until)
        if at < end:
            left.append((at, end))
    return left
