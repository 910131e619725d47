"""The stretch of time a timeline shows: zoom about a point, drag, clamp to the day (D-PLAY-08.2, 08.3, 08.6)."""

from dataclasses import dataclass, replace
from datetime import date, datetime, time, timedelta, tzinfo
from typing import Self

from recorder.client.clock import SECOND_US

MINUTE_US = 60_000_000
HOUR_US = 60 * MINUTE_US
SHORTEST_US = MINUTE_US
SHORTEST_FIT_US = 10 * MINUTE_US
LONGEST_FIT_US = 4 * HOUR_US
ALMOST = 0.999
"""From this share of the day on all of it is shown: zooming in and out again rounds."""
# One notch of a wheel: three halve the span, so that 24 h to 1 min is a flick and a hand has control.
NOTCH = 2 ** (1 / 3)


def day_bounds(day: date, zone: tzinfo) -> tuple[int, int]:
    """Give the UTC times (µs) of midnight and next midnight of a local day: 23, 24 or 25 hours apart."""
    edges = [datetime.combine(one, time(), zone) for one in (day, day + timedelta(days=1))]
    first, last = (round(edge.timestamp()) * 1_000_000 for edge in edges)
    return first, last


def same_time(at_us: int, day: date, zone: tzinfo) -> int:
    """Give the moment (UTC, µs) of another local day at which its clocks show what they show at this one."""
    within = at_us % SECOND_US
    clock = datetime.fromtimestamp((at_us - within) // SECOND_US, zone).time()
    return round(datetime.combine(day, clock, zone).timestamp()) * SECOND_US + within


@dataclass(frozen=True)
class Window:
    """From `start_us` for `span_us`, always inside [`first_us`, `last_us`], which is mostly one local day.

    Pixels count from the left edge of the timeline, `width` of them; all times are UTC in µs.
    """

    first_us: int
    last_us: int
    start_us: int
    span_us: int

    @classmethod
    def of_day(cls, day: date, zone: tzinfo) -> Self:
        """Show a whole local day."""
        first, last = day_bounds(day, zone)
        return cls(first, last, first, last - first)

    @property
    def end_us(self) -> int:
        """The first moment that is not shown any more."""
        return self.start_us + self.span_us

    @property
    def is_whole(self) -> bool:
        """Whether all of the day is shown."""
        return self.span_us >= self.last_us - self.first_us

    def at(self, x: float, width: int) -> int:
        """Give the moment under a pixel; outside, the nearest moment of the day."""
        at_us = self.start_us + round(x * self.span_us / max(1, width))
        return min(max(at_us, self.first_us), self.last_us - 1)

    def x(self, at_us: int, width: int) -> float:
        """Give the place of a moment in pixels; may lie outside."""
        return (at_us - self.start_us) * width / self.span_us

    def holds(self, at_us: int) -> bool:
        """Say whether a moment is shown."""
        return self.start_us <= at_us < self.end_us

    def zoom(self, notches: float, about_us: int | None = None) -> Self:
        """Zoom in (positive) or out about a moment, which keeps its place on the screen."""
        if about_us is None:
            about_us = self.start_us + self.span_us // 2
        return self.spanning(round(self.span_us * NOTCH**-notches), about_us)

    def spanning(self, span_us: int, about_us: int) -> Self:
        """Show so much time; the moment keeps its place on the screen if it has one, and else its middle."""
        whole = self.last_us - self.first_us
        span = min(max(span_us, SHORTEST_US), whole)
        if span > whole * ALMOST:
            span = whole
        share = (about_us - self.start_us) / self.span_us if self.holds(about_us) else 0.5
        return self._placed(about_us - round(share * span), span)

    def fitted(self, first_us: int, last_us: int) -> Self:
        """Show all of a stretch where the day holds little more; a day with hours of footage is shown whole."""
        wanted = max(round((last_us - first_us) * 1.25), SHORTEST_FIT_US)
        if wanted > LONGEST_FIT_US:
            return self.spanning(self.last_us - self.first_us, self.first_us)
        return self._placed((first_us + last_us - wanted) // 2, wanted)

    def pan(self, pixels: float, width: int) -> Self:
        """Follow a hand that drags the timeline so many pixels to the right: earlier times come into sight."""
        return self._placed(self.start_us - round(pixels * self.span_us / max(1, width)), self.span_us)

    def shift(self, span_us: int) -> Self:
        """Go so much later, or earlier."""
        return self._placed(self.start_us + span_us, self.span_us)

    def follow(self, at_us: int, margin: float = 0.05) -> Self:
        """Turn the page when a moving cursor comes to the edge or has left; else stay as it is."""
        if self.is_whole or not self.first_us <= at_us < self.last_us:
            return self
        edge = round(self.span_us * margin)
        if self.start_us + edge <= at_us < self.end_us - edge:
            return self
        if at_us >= self.end_us - edge:
            return self._placed(at_us - edge * 2, self.span_us)
        return self._placed(at_us - self.span_us + edge * 2, self.span_us)

    def _placed(self, start_us: int, span_us: int) -> Self:
        start = min(max(start_us, self.first_us), self.last_us - span_us)
        return replace(self, start_us=start, span_us=span_us)
