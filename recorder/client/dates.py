"""Days as the owner writes them, the same on the screen and in what control says."""

from datetime import UTC, date, datetime, tzinfo
from enum import StrEnum

from recorder.client.clock import SECOND_US
from recorder.client.words import _

# Short enough for a tile; strftime would follow the locale of the process, not the language of the words.
MONTHS = (
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

LONG_MONTHS = (
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


class Order(StrEnum):
    """What a date begins with."""

    YEAR_FIRST = "year-month-day"
    DAY_FIRST = "day-month-year"
    MONTH_FIRST = "month-day-year"


def local(at_us: int, zone: tzinfo) -> datetime:
    """Give a stored time (UTC, µs) as the clock on the wall shows it; out of range, the nearest day there is."""
    try:
        return datetime.fromtimestamp(at_us // SECOND_US, UTC).astimezone(zone)
    except (OverflowError, OSError, ValueError):
        return datetime.max.replace(tzinfo=zone, microsecond=0) if at_us > 0 else datetime.min.replace(tzinfo=zone)


def written(at: date, order: Order) -> str:
    """Give "2026-11-03", "3 Nov 2026" or "Nov 3, 2026"."""
    match order:
        case Order.YEAR_FIRST:
            return f"{at.year:04}-{at:%m-%d}"
        case Order.DAY_FIRST:
            return f"{at.day} {MONTHS[at.month - 1]} {at.year}"
        case Order.MONTH_FIRST:
            return f"{MONTHS[at.month - 1]} {at.day}, {at.year}"
