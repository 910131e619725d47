"""In which zone the recorder lives, how it writes times, and who sets its clock (D-SYS-02, architecture §3)."""

from datetime import datetime
from enum import StrEnum
from functools import cache
from typing import Annotated, Self
from zoneinfo import ZoneInfo, available_timezones

from pydantic import AfterValidator

from recorder.client.words import _
from recorder.settings.action import Parameters, Run, action
from recorder.settings.errors import NotAllowed
from recorder.settings.host import is_host
from recorder.settings.machine import host_zone
from recorder.settings.page import Page, setting
from recorder.settings.scope import Area, Permission, Scope

FIRST_YEAR, LAST_YEAR = 2026, 2099
"""Before it this program was not written; beyond it chips of clocks have other ideas."""


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


def _server(text: str) -> str:
    if text and not is_host(text):
        raise NotAllowed(_("This is no name or address of a server."), _("a name such as pool.ntp.org, or an address"))
    return text


def _moment(text: str) -> str:
    try:
        found = datetime.fromisoformat(text.strip())
    except ValueError:
        found = None
    if found is None or found.tzinfo is not None or not FIRST_YEAR <= found.year <= LAST_YEAR:
        raise NotAllowed(
            _("This is no time."), _("a time from {first} to {last}").format(first=FIRST_YEAR, last=LAST_YEAR)
        )
    return text.strip()


class SetClock(Parameters):
    """The time to be set."""

    time: Annotated[str, AfterValidator(_moment)] = setting(
        title=_("Time"), longest=19, hint=_("Year-month-day hour:minute:second, as 2027-01-31 18:05:00, in this zone.")
    )


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
    time_server: Annotated[str, AfterValidator(_server)] = setting(
        "pool.ntp.org", longest=253, title=_("Time server"), group=_("Network time"), system_owned=True
    )
    time_interval_min: int = setting(
        60,
        ge=1,
        le=1440,
        title=_("Ask every"),
        unit="min",
        group=_("Network time"),
        hint=_("Every 68 min at least, however much longer is chosen."),
        system_owned=True,
    )
    clock_state: str = setting("", title=_("The clock now"), group=_("Network time"), told=True)

    @property
    def zone_info(self) -> ZoneInfo:
        """The zone itself."""
        return ZoneInfo(self.zone)

    @action(title=_("Use this computer's zone"))
    def use_host_zone(self, run: Run) -> Self:
        """Take the zone of the operating system."""
        del run
        return self.with_values(zone=host_zone())

    @action(title=_("Correct the clock now"))
    def correct_clock(self, run: Run) -> None:
        """Ask the time server, and set the clock at once instead of bit by bit (D-SYS-13)."""
        run.progress(0, 1, _("The time server is asked"))
        run.root("clock", "correct", {})

    @action(title=_("Set the clock"), confirm=_("Set the clock by hand?"))
    def set_clock(self, run: Run, parameters: SetClock) -> None:
        """Set the clock by hand (D-SYS-11)."""
        local = datetime.fromisoformat(parameters.time).replace(tzinfo=self.zone_info)
        run.root("clock", "set", {"utc_s": local.timestamp()})
