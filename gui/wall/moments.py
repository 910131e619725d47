"""Moments in words, in the owner's manner: the clock, "since 14:02", the date where a time of day would mislead."""

from datetime import datetime, tzinfo

from gui.wall import manner
from recorder.client.clock import SECOND_US
from recorder.client.dates import LONG_MONTHS, MONTHS, Order, local, written
from recorder.client.words import _

NOON = 12
_WEEKDAYS = (
    _("Monday"),
    _("Tuesday"),
    _("Wednesday"),
    _("Thursday"),
    _("Friday"),
    _("Saturday"),
    _("Sunday"),
)


def clock(at: datetime, *, seconds: bool = False) -> str:
    """Give "14:02:05", "14:02", "2:02:05 PM" or "2:02 PM"."""
    if not manner.current().twelve:
        return f"{at:%H:%M:%S}" if seconds else f"{at:%H:%M}"
    half = _("PM") if at.hour >= NOON else _("AM")
    hour = at.hour % 12 or 12
    return f"{hour}:{at:%M:%S} {half}" if seconds else f"{hour}:{at:%M} {half}"


def widest_clock() -> str:
    """Give a time that is written as wide as any, with seconds."""
    return "00:00:00 PM" if manner.current().twelve else "00:00:00"


def time_of_day(at_us: int, zone: tzinfo, *, seconds: bool = True) -> str:
    """Give a stored time as the clock on the wall shows it."""
    return clock(local(at_us, zone), seconds=seconds)


def day(at_us: int, zone: tzinfo) -> str:
    """Give "2026-11-03", "3 Nov 2026" or "Nov 3, 2026"."""
    return written(local(at_us, zone), manner.current().order)


def moment(at_us: int, zone: tzinfo) -> str:
    """Give "2026-11-03, 14:02", "3 Nov 2026, 14:02" or "Nov 3, 2026, 2:02 PM"."""
    return f"{day(at_us, zone)}, {time_of_day(at_us, zone, seconds=False)}"


def long_day(at_us: int, zone: tzinfo) -> str:
    """Give "Tuesday, 2026-11-03", "Tuesday, 3 November 2026" or "Tuesday, November 3, 2026"."""
    at = local(at_us, zone)
    name, month_name = _WEEKDAYS[at.weekday()], LONG_MONTHS[at.month - 1]
    match manner.current().order:
        case Order.YEAR_FIRST:
            return f"{name}, {day(at_us, zone)}"
        case Order.DAY_FIRST:
            return f"{name}, {at.day} {month_name} {at.year}"
        case Order.MONTH_FIRST:
            return f"{name}, {month_name} {at.day}, {at.year}"


def short_day(at_us: int, zone: tzinfo) -> str:
    """Give "Nov 3" or "3 Nov"."""
    at = local(at_us, zone)
    name = MONTHS[at.month - 1]
    return f"{at.day} {name}" if manner.current().order is Order.DAY_FIRST else f"{name} {at.day}"


def month(year: int, number: int) -> str:
    """Give "November 2026"."""
    return f"{LONG_MONTHS[number - 1]} {year}"


def since(at_us: int, now_us: int, zone: tzinfo) -> str:
    """Give the time of day, with the date where it was another day, with the year where it was another year."""
    at, now = local(at_us, zone), local(now_us, zone)
    if at.date() == now.date():
        return clock(at)
    if at.year != now.year:
        return f"{day(at_us, zone)}, {clock(at)}"
    return f"{short_day(at_us, zone)}, {clock(at)}"


def length(span_us: int) -> str:
    """Give a length of time as "4 s", "2 min 05 s", "1 h 20 min"."""
    seconds = max(0, round(span_us / SECOND_US))
    if seconds < 60:
        return _("{seconds} s").format(seconds=seconds)
    minutes, seconds = divmod(seconds, 60)
    if minutes < 60:
        return _("{minutes} min {seconds:02} s").format(minutes=minutes, seconds=seconds)
    hours, minutes = divmod(minutes, 60)
    return _("{hours} h {minutes:02} min").format(hours=hours, minutes=minutes)
