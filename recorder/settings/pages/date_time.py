"""In which zone the recorder lives, how it writes times, and who sets its clock (D-SYS-02, architecture §3)."""

from enum import StrEnum
from functools import cache
from typing import Annotated, Self
from zoneinfo import ZoneInfo, available_timezones

from pydantic import AfterValidator

from recorder.client.words import _
from recorder.settings.action import Run, action
from recorder.settings.errors import NotAllowed
from recorder.settings.machine import host_zone
from recorder.settings.page import Page, setting
from recorder.settings.scope import Area, Permission, Scope
from recorder.settings.texts import Printable


class DateFormat(StrEnum):
    """In which order a date is written."""

    YEAR_FIRST = "year-month-day"
    DAY_FIRST = "day-month-year"
    MONTH_FIRST = "month-day-year"


class WeekDay(StrEnum):
    """The days on which a week begins somewhere."""

    MONDAY = "monday"
    SATURDAY = "saturday"
    SUNDAY = "sunday"


class HourFormat(StrEnum):
    """How hours are counted."""

    HOURS_24 = "24"
    HOURS_12 = "12"


@cache
def _zones() -> frozenset[str]:
    return frozenset(available_timezones())


def _known_zone(name: str) -> str:
    if name not in _zones():
        raise NotAllowed(_("There is no time zone of this name."), _("a name such as Europe/Berlin"))
    return name


class DateTime(
    Page, scope=Scope.SYSTEM, area=Area.SYSTEM, permission=Permission.SYSTEM, order=20, title=_("Date & time")
):
    """Zone, formats, and the network time that sets the clock."""

    zone: Annotated[str, AfterValidator(_known_zone)] = setting(
        host_zone(), title=_("Time zone"), widget="zone", hint=_("Schedules and calendars follow it, DST included.")
    )
    date_format: DateFormat = setting(
        DateFormat.YEAR_FIRST,
        title=_("Date format"),
        choices={
            "year-month-day": _("Year-month-day"),
            "day-month-year": _("Day-month-year"),
            "month-day-year": _("Month-day-year"),
        },
    )
    hour_format: HourFormat = setting(
        HourFormat.HOURS_24, title=_("Hours"), choices={"24": _("24 hours"), "12": _("12 hours")}
    )
    week_begins: WeekDay = setting(
        WeekDay.MONDAY,
        title=_("Week begins on"),
        choices={"monday": _("Monday"), "saturday": _("Saturday"), "sunday": _("Sunday")},
    )
    network_time: bool = setting(
        True, title=_("Set the clock from the network"), group=_("Network time"), system_owned=True
    )
    time_server: Printable = setting(
        "pool.ntp.org", longest=253, title=_("Time server"), group=_("Network time"), system_owned=True
    )
    time_interval_min: int = setting(
        60, ge=1, le=1440, title=_("Ask every"), unit="min", group=_("Network time"), system_owned=True
    )

    @property
    def zone_info(self) -> ZoneInfo:
        """The zone itself."""
        return ZoneInfo(self.zone)

    @action(title=_("Use this computer's zone"))
    def use_host_zone(self, run: Run) -> Self:
        """Take the zone of the operating system."""
        del run
        return self.with_values(zone=host_zone())
