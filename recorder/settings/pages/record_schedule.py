"""When a channel records, and as what (D-REC-01 to D-REC-04)."""

from typing import Annotated, Self

from pydantic import AfterValidator, Field

from recorder.client.errors import NightjarError
from recorder.client.recording import RecordType
from recorder.client.words import _
from recorder.settings.action import Parameters, Run, action
from recorder.settings.page import Page, setting
from recorder.settings.scope import Area, Permission, Scope
from recorder.settings.week import HOLIDAY, WeekGrid

PRIORITY = (
    RecordType.MOTION_AND_ALARM,
    RecordType.ALARM,
    RecordType.POS,
    RecordType.INTELLIGENT,
    RecordType.MOTION,
    RecordType.GENERAL,
)
"""Which type counts where several hold at once, the first first (D-REC-02.1)."""
VOID_BESIDE_BOTH = {RecordType.MOTION, RecordType.ALARM}
TITLES = {
    RecordType.GENERAL: _("General"),
    RecordType.MOTION: _("Motion"),
    RecordType.ALARM: _("Alarm"),
    RecordType.MOTION_AND_ALARM: _("Motion and alarm"),
    RecordType.INTELLIGENT: _("Intelligent"),
    RecordType.POS: _("Cash register"),
}
Day = Annotated[int, Field(ge=0, le=HOLIDAY)]


class NoHolidayPlan(NightjarError):
    """Holidays are to be copied, and are as other days."""

    status = 409
    words = _("Holidays have no periods of their own here: they are recorded as other days.")


def in_order(types: tuple[RecordType, ...]) -> tuple[RecordType, ...]:
    """Sort types by priority, and leave out motion and alarm where both together are asked for (D-REC-02.2)."""
    void = VOID_BESIDE_BOTH if RecordType.MOTION_AND_ALARM in types else set[RecordType]()
    return tuple(one for one in PRIORITY if one in types and one not in void)


class CopyDay(Parameters):
    """Which day to copy to which others; 0 is Monday, 7 are holidays."""

    day: Day = setting(title=_("Day"), widget="day")
    to: tuple[Day, ...] = setting(title=_("To"), widget="days", shortest=1, longest=8)


class ClearDays(Parameters):
    """Which days to clear; 0 is Monday, 7 are holidays."""

    days: tuple[Day, ...] = setting(title=_("Days"), widget="days", shortest=1, longest=8)


def week_in_order(week: WeekGrid[RecordType]) -> WeekGrid[RecordType]:
    """Normalise the types of every period (D-REC-02.2)."""
    for number, day in enumerate((*week.days, week.holiday)):
        if day is not None:
            week = week.with_day(number, [one.model_copy(update={"types": in_order(one.types)}) for one in day])
    return week


WeekOfTypes = Annotated[WeekGrid[RecordType], AfterValidator(week_in_order)]


class RecordSchedule(
    Page, scope=Scope.CHANNEL, area=Area.STORAGE, permission=Permission.STORAGE, order=50, title=_("Record schedule")
):
    """The week of one channel: up to six periods a day, each with its types."""

    pre_record_s: int = setting(
        5, ge=0, le=30, title=_("Pre-record"), unit="s", hint=_("Kept from before an event began.")
    )
    keys_between: bool = setting(
        False,
        title=_("Key pictures between events"),
        hint=_("In periods that record on events: while nothing happens a picture every second or two is kept."),
    )
    record_sub: bool = setting(False, title=_("Record the sub stream too"))
    week: WeekOfTypes = setting(
        WeekGrid[RecordType].always(RecordType.GENERAL), title=_("Week"), widget="week-grid", choices=TITLES
    )

    @action(title=_("Copy a day to others"))
    def copy_day(self, run: Run, parameters: CopyDay) -> Self:
        """Draw one day's periods on other days too (D-REC-03)."""
        del run
        week = self.week
        holiday = parameters.day == HOLIDAY
        if holiday and week.holiday is None:
            raise NoHolidayPlan
        drawn = week.on(parameters.day % HOLIDAY, holiday=holiday)
        for day in parameters.to:
            week = week.with_day(day, drawn)
        return self.with_values(week=week)

    @action(title=_("Clear days"))
    def clear_days(self, run: Run, parameters: ClearDays) -> Self:
        """Take all periods from days (D-REC-03)."""
        del run
        week = self.week
        for day in parameters.days:
            week = week.with_day(day, [])
        return self.with_values(week=week)
