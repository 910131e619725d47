"""Where the ruler of a timeline has its ticks, and which of them carry a time, in the recorder's zone.

Ticks stand at round local times. On the day summer time begins the hour that does not exist is left out; on the day it
ends, the hour that comes twice stands twice, its second one named with its zone.
"""

from collections.abc import Callable
from dataclasses import dataclass
from datetime import UTC, datetime, timedelta, tzinfo

from gui.playback.window import HOUR_US, Window
from gui.wall.moments import clock, local

_STEPS_S = (1, 2, 5, 10, 15, 30, 60, 120, 300, 600, 900, 1800, 3600, 7200, 10800, 14400, 21600, 43200)
_MINOR = {2: 1, 5: 1, 10: 5, 15: 5, 30: 10, 60: 15, 120: 30, 300: 60, 600: 120, 900: 300, 1800: 600, 3600: 900}
_SECOND_US = 1_000_000
_NONE = timedelta()
APART = 16
"""Pixels."""


@dataclass(frozen=True)
class Tick:
    """A mark on the ruler, `x` pixels from its left edge; unlabelled ones are drawn short."""

    at_us: int
    x: float
    label: str = ""


def ticks(window: Window, width: int, zone: tzinfo, measure: Callable[[str], int]) -> list[Tick]:
    """Choose ticks for a ruler of so many pixels.

    `measure` tells how wide a label is drawn; labels keep `APART` pixels between them, stand centred on their tick and
    lie wholly inside the ruler.
    """
    if width <= 0:
        return []
    widest = _widest(measure, seconds=True) + APART
    step = next((one for one in _STEPS_S if one * _SECOND_US * width / window.span_us >= widest), _STEPS_S[-1])
    if step >= 60:
        folded = local(window.end_us, zone)
        twice = (local(window.start_us, zone).utcoffset() or _NONE) > (folded.utcoffset() or _NONE)
        zone_name = measure(f" {folded.tzname()}") if twice else 0
        widest = _widest(measure, seconds=False) + zone_name + APART
        step = next(
            (one for one in _STEPS_S if one >= 60 and one * _SECOND_US * width / window.span_us >= widest), step
        )
    minor = _MINOR.get(step, 3600 if step <= 14400 else 10800)
    if minor * _SECOND_US * width / window.span_us < 5:
        minor = step
    made: list[Tick] = []
    free = 0.0
    for at_us in _round_times(window, minor, zone):
        at, x = local(at_us, zone), window.x(at_us, width)
        label = ""
        if (at.hour * 3600 + at.minute * 60 + at.second) % step == 0:
            wanted = clock(at, seconds=step < 60)
            if at.fold:
                wanted = f"{wanted} {at.tzname()}"
            half = measure(wanted) / 2
            if x - half >= free and x + half <= width:
                label = wanted
                free = x + half + APART
        made.append(Tick(at_us, x, label))
    return made


def _widest(measure: Callable[[str], int], *, seconds: bool) -> int:
    """Give the width of the widest label there is: "22:00", or "12:00 PM"."""
    return max(measure(clock(datetime(2000, 1, 1, hour, 0, tzinfo=UTC), seconds=seconds)) for hour in (0, 22))


def _round_times(window: Window, step_s: int, zone: tzinfo) -> list[int]:
    """Give the moments in the window whose local time of day is a multiple of the step."""
    found: list[int] = []
    for start_us, end_us, offset_s in _even_stretches(window.start_us, window.end_us, zone):
        first = -(-(start_us // _SECOND_US + offset_s) // step_s) * step_s - offset_s
        if first * _SECOND_US < start_us:
            first += step_s
        found += range(first * _SECOND_US, end_us, step_s * _SECOND_US)
    return found


def _offset_s(at_us: int, zone: tzinfo) -> int:
    offset = local(at_us, zone).utcoffset()
    return round(offset.total_seconds()) if offset is not None else 0


def _even_stretches(start_us: int, end_us: int, zone: tzinfo) -> list[tuple[int, int, int]]:
    """Cut a stretch where the zone's offset from UTC changes: (start, end, offset in s)."""
    stretches: list[tuple[int, int, int]] = []
    at, offset = start_us, _offset_s(start_us, zone)
    probe = start_us
    while probe < end_us:
        later = min(probe + HOUR_US, end_us)
        changed = _offset_s(later, zone)
        if changed != offset:
            low, high = probe, later
            while high - low > _SECOND_US:
                middle = (low + high) // 2
                low, high = (middle, high) if _offset_s(middle, zone) == offset else (low, middle)
            turn = -(-low // _SECOND_US) * _SECOND_US
            if turn < end_us:
                stretches.append((at, turn, offset))
                at, offset = turn, changed
        probe = later
    stretches.append((at, end_us, offset))
    return stretches
