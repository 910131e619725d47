"""One holiday: a day or some, or a rule that finds it every year (D-SYS-14)."""

from calendar import monthrange
from datetime import date, timedelta
from enum import StrEnum
from typing import Annotated, Any, Self

from pydantic import AfterValidator, model_validator

from recorder.client.dates import LONG_MONTHS
from recorder.client.words import _
from recorder.settings.errors import NotAllowed
from recorder.settings.page import Page, setting
from recorder.settings.scope import Area, Permission, Scope
from recorder.settings.texts import Printable

MOST_HOLIDAYS = 64
"""More than any country has, and room for a school's."""
LONGEST_DAYS = 100
"""Longer than the summer of any school."""
LAST_YEAR = 2999
DATES = _("By date")
RULE = _("By rule")


class Kind(StrEnum):
    """How a holiday is found."""

    DATES = "dates"
    WEEKDAY = "weekday"
    EASTER = "easter"


class Which(StrEnum):
    """Which one of a month's days of a name."""

    FIRST = "first"
    SECOND = "second"
    THIRD = "third"
    FOURTH = "fourth"
    LAST = "last"


class Month(StrEnum):
    """A month, as the ISO writes it."""

    JANUARY = "01"
    FEBRUARY = "02"
    MARCH = "03"
    APRIL = "04"
    MAY = "05"
    JUNE = "06"
    JULY = "07"
    AUGUST = "08"
    SEPTEMBER = "09"
    OCTOBER = "10"
    NOVEMBER = "11"
    DECEMBER = "12"


def iso_date(text: str) -> str:
    """Read a date, or nothing; raises `NotAllowed`."""
    try:
        return date.fromisoformat(text).isoformat() if text else ""
    except ValueError:
        raise NotAllowed(_("This is no date."), _("year, month and day such as 2027-05-01")) from None


IsoDate = Annotated[str, AfterValidator(iso_date)]


class Holiday(
    Page,
    scope=Scope.LIST,
    area=Area.SYSTEM,
    permission=Permission.SYSTEM,
    order=22,
    removable=True,
    numbered=MOST_HOLIDAYS,
    title=_("Holidays"),
):
    """Week plans have periods of their own for holidays; where a plan has none, a holiday is a day as others."""

    name: Printable = setting("", longest=63, title=_("Name"))
    enabled: bool = setting(True, title=_("Counts as a holiday"))
    kind: Kind = setting(
        Kind.DATES,
        title=_("It is found"),
        choices={
            "dates": _("By its date"),
            "weekday": _("By the day of the week"),
            "easter": _("From Easter Sunday on"),
        },
    )
    yearly: bool = setting(True, title=_("Every year"))
    first_day: IsoDate = setting("", longest=10, title=_("First day"), group=DATES, hint=_("Such as 2027-12-24."))
    last_day: IsoDate = setting("", longest=10, title=_("Last day"), group=DATES, hint=_("Empty: that day alone."))
    which: Which = setting(
        Which.FIRST,
        title=_("Which one"),
        group=RULE,
        choices={
            "first": _("The first"),
            "second": _("The second"),
            "third": _("The third"),
            "fourth": _("The fourth"),
            "last": _("The last"),
        },
    )
    weekday: int = setting(0, ge=0, le=6, title=_("Day of the week"), widget="weekday", group=RULE)
    month: Month = setting(
        Month.JANUARY,
        title=_("Of the month"),
        group=RULE,
        choices=dict(zip(Month, LONG_MONTHS, strict=True)),
    )
    easter_days: int = setting(
        0,
        ge=-100,
        le=100,
        title=_("Days after Easter Sunday"),
        group=RULE,
        hint=_("-2 is Good Friday, 1 Easter Monday, 39 Ascension, 50 Whit Monday."),
    )

    year: int = setting(
        0, ge=0, le=LAST_YEAR, title=_("Only in the year"), group=RULE, hint=_("Where it is not every year.")
    )

    @model_validator(mode="after")
    def _dates_agree(self) -> Self:
        if self.kind is not Kind.DATES:
            if not self.yearly and not self.year:
                raise NotAllowed(_("The year is missing in which the rule counts."), _("a year, or every year"))
            return self
        if not self.first_day:
            if self.last_day:
                raise NotAllowed(_("The first day is missing."), _("a first day"))
            return self
        first, last = self._first_and_last()
        if not 0 <= (last - first).days < LONGEST_DAYS:
            raise NotAllowed(
                _("A holiday ends after it begins, and is not longer than {days} days.").format(days=LONGEST_DAYS),
                _("a last day on or after the first"),
            )
        return self

    @classmethod
    def item_title(cls, item: str, values: Any, known: str) -> str:
        """Its name, else its number."""
        del known
        return values.name if isinstance(values, Holiday) and values.name else _("Holiday {item}").format(item=item)

    def days_from(self, year: int) -> frozenset[date]:
        """Give its days that begin in a year; the 29th of February is no day of most years."""
        if not self.enabled or not (self.yearly or self._only_in == year):
            return frozenset()
        match self.kind:
            case Kind.DATES:
                return self._dates_from(year)
            case Kind.WEEKDAY:
                return frozenset({self._nth_from(year)})
            case Kind.EASTER:
                return frozenset({easter(year) + timedelta(days=self.easter_days)})

    @property
    def _only_in(self) -> int:
        if self.kind is not Kind.DATES:
            return self.year
        return self._first_and_last()[0].year if self.first_day else 0

    def _first_and_last(self) -> tuple[date, date]:
        first = date.fromisoformat(self.first_day)
        return first, date.fromisoformat(self.last_day) if self.last_day else first

    def _dates_from(self, year: int) -> frozenset[date]:
        if not self.first_day:
            return frozenset()
        first, last = self._first_and_last()
        try:
            begin = first.replace(year=year)
        except ValueError:
            return frozenset()
        return frozenset(begin + timedelta(days=number) for number in range((last - first).days + 1))

    def _nth_from(self, year: int) -> date:
        month = int(self.month)
        if self.which is Which.LAST:
            last = date(year, month, monthrange(year, month)[1])
            return last - timedelta(days=(last.weekday() - self.weekday) % 7)
        first = date(year, month, 1)
        return first + timedelta(days=(self.weekday - first.weekday()) % 7 + 7 * list(Which).index(self.which))


def easter(year: int) -> date:
    """Easter Sunday of the Gregorian calendar, by the rule of Meeus, Astronomical Algorithms, chapter 8."""
    century, of_century = divmod(year, 100)
    golden = year % 19
    leaps = (century - (century + 8) // 25 + 1) // 3
    epact = (19 * golden + century - century // 4 - leaps + 15) % 30
    days = (32 + 2 * (century % 4) + 2 * (of_century // 4) - epact - of_century % 4) % 7
    late = (golden + 11 * epact + 22 * days) // 451
    month, day = divmod(epact + days - 7 * late + 114, 31)
    return date(year, month, day + 1)
