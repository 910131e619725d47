"""Decoding times for pictures that were recorded with the times at which they are shown.

Cameras that reorder pictures (B frames) send them in decoding order; MP4 wants a decoding time that never goes back and
is never after the time shown (ISO/IEC 14496-12 §8.6.1). Sorting the shown times of a GOP and moving them forward by the
largest lag gives such times; without reordering both are equal.
"""

from collections.abc import Sequence


class DecodingTimes:
    """Gives decoding times GOP by GOP; times are integers of one unit."""

    def __init__(self) -> None:
        self._delay = 0
        self._last: int | None = None

    def of(self, shown: Sequence[int]) -> list[int]:
        """Decoding times of one GOP, given when each of its pictures is shown, in decoding order."""
        ordered = sorted(shown)
        if not self._delay and ordered == list(shown) and self._go_on(ordered):
            # Nothing is reordered, as from most cameras.
            self._last = ordered[-1]
            return ordered
        self._delay = max(self._delay, *(early - at for early, at in zip(ordered, shown, strict=True)))
        times: list[int] = []
        for at, early in zip(shown, ordered, strict=True):
            time = min(early - self._delay, at)
            if self._last is not None:
                time = max(time, self._last + 1)
            self._last = time
            times.append(time)
        return times

    def _go_on(self, times: list[int]) -> bool:
        """Whether sorted times, none of them twice, are all later than the last one given."""
        return len(set(times)) == len(times) and (self._last is None or times[0] > self._last)
