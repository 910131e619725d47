"""Moments in words: the clock on the wall, "since 14:02", the date where a time of day would mislead."""

from datetime import UTC, datetime, tzinfo

from recorder.client.clock import SECOND_US
from recorder.client.words import _

# Short enough for a tile; strftime would follow the locale of the process, not the language of the words.
_MONTHS = (
    _("Jan"),
    _("Feb"),
    _("Mar"),
    _("Apr"),
    _("May"),
    _("Jun"),
    _("Jul"),
    _("Aug"),
    _("Sep"),
    _("Oct"),
    _("Nov"),
    _("Dec"),
)
_LONG_MONTHS = (
    _("January"),
    _("February"),
    _("March"),
    _("April"),
    _("May"),
    _("June"),
    _("July"),
    _("August"),
    _("September"),
    _("October"),
    _("November"),
    _("December"),
)
_WEEKDAYS = (
    _("Monday"),
    _("Tuesday"),
    _("Wednesday"),
    _("Thursday"),
    _("Friday"),
    _("Saturday"),
    _("Sunday"),
)


def local(at_us: int, zone: tzinfo) -> datetime:
    """Give a stored time (UTC, µs) as the clock on the wall shows it; out of range, the nearest day there is."""
    try:
        return datetime.fromtimestamp(at_us // SECOND_US, UTC).astimezone(zone)
    except (OverflowError, OSError, ValueError):
        return datetime.max.replace(tzinfo=zone, microsecond=0) if at_us > 0 else datetime.min.replace(tzinfo=zone)


def time_of_day(at_us: int, zone: tzinfo, *, seconds: bool = True) -> str:
    """Give "14:02:05", or "14:02"."""
    at = local(at_us, zone)
    return f"{at:%H:%M:%S}" if seconds else f"{at:%H:%M}"


def day(at_us: int, zone: tzinfo) -> str:
    """Give "3 Nov 2026"."""
    at = local(at_us, zone)
    return f"{at.day} {_MONTHS[at.month - 1]} {at.year}"


def long_day(at_us: int, zone: tzinfo) -> str:
    """Give "Tuesday, 3 November 2026"."""
    at = local(at_us, zone)
    return f"{_WEEKDAYS[at.weekday()]}, {at.day} {_LONG_MONTHS[at.month - 1]} {at.year}"


def month(year: int, number: int) -> str:
    """Give "November 2026"."""
    return f"{_LONG_MONTHS[number - 1]} {year}"


def since(at_us: int, now_us: int, zone: tzinfo) -> str:
    """Give the time of day, with the date where it was another day, with the year where it was another year."""
    at, now = local(at_us, zone), local(now_us, zone)
    clock = f"{at:%H:%M}"
    if at.date() == now.date():
        return clock
    date = f"{at.day} {_MONTHS[at.month - 1]}"
    return f"{date}, {clock}" if at.year == now.year else f"{date} {at.year}, {clock}"


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
