"""Every week plan against an oracle that shares no code with the scheduler.

It has the plan as JSON and looks at a clock and a calendar on the wall, minute after minute, over changes of daylight
saving time and holidays.
"""

from datetime import UTC, date, datetime, timedelta
from zoneinfo import ZoneInfo

import pytest
from hypothesis import HealthCheck, given, settings
from hypothesis import strategies as st

from recorder.client.recording import RecordType
from recorder.control.pictures import wanted_pictures
from recorder.control.planner import Planner
from recorder.events.pages.disarming import Disarming
from recorder.events.rules import Rules
from recorder.events.sources.input_alarm import InputAlarm
from recorder.media.plan import Plan
from recorder.sealing import Sealer
from recorder.settings.pages.channel import Channel
from recorder.settings.pages.date_time import DateTime
from recorder.settings.pages.holiday import Holiday
from recorder.settings.pages.picture_schedule import PictureSchedule
from recorder.settings.pages.record_schedule import RecordSchedule
from recorder.store.key_ring import KeyRing
from tests.recorder.events.conftest import Bench

MINUTE_US = 60_000_000
DAYS = 3
# Around days on which clocks change: forward, back, at midnight, by half an hour, by a whole day; and none.
STARTS = [
    ("Europe/Berlin", (2026, 3, 27)), ("Europe/Berlin", (2026, 10, 23)), ("America/Sao_Paulo", (2018, 11, 2)),
    ("America/Havana", (2026, 10, 31)), ("Australia/Lord_Howe", (2026, 10, 2)), ("Africa/Cairo", (2026, 4, 22)),
    ("Pacific/Apia", (2011, 12, 28)), ("Asia/Kathmandu", (2026, 12, 30)), ("America/St_Johns", (2006, 10, 27)),
]  # fmt: skip
MONTHS = ["01", "02", "03", "04", "05", "06", "07", "08", "09", "10", "11", "12"]
WHICH = ["first", "second", "third", "fourth", ""]
EASTERS = {2006: (4, 16), 2011: (4, 24), 2012: (4, 8), 2018: (4, 1), 2026: (4, 5), 2027: (3, 28)}
"""As the tables of churches have them."""


def is_holiday(day, holidays):
    """Whether a calendar on the wall that has these holidays marked shows the day in red."""
    for one in holidays:
        match one:
            case {"kind": "dates", "yearly": False}:
                if one["first_day"] <= day.isoformat() <= (one["last_day"] or one["first_day"]):
                    return True
            case {"kind": "dates"}:
                first, last = one["first_day"], one["last_day"] or one["first_day"]
                moment = f"{day:%m-%d}"
                if (first[:4] == last[:4] and first[5:] <= moment <= last[5:]) or (
                    first[:4] != last[:4] and (moment >= first[5:] or moment <= last[5:])
                ):
                    return True
            case {"kind": "weekday"}:
                week = (day.day - 1) // 7
                last = (day + timedelta(days=7)).month != day.month
                fits = last if one["which"] == "last" else one["which"] == WHICH[week]
                if day.weekday() == one["weekday"] and f"{day:%m}" == one["month"] and fits:
                    return one["yearly"] or one["year"] == day.year
            case {"kind": "easter"}:
                if (day - date(day.year, *EASTERS[day.year])).days == one["easter_days"]:
                    return one["yearly"] or one["year"] == day.year
    return False


def shown(week, local, holidays, kind):
    """Whether the plan on the wall has this type at the time that the clock on the wall shows."""
    day = week["days"][local.weekday()]
    if week["holiday"] is not None and any(is_holiday(local.date(), [one]) for one in holidays):
        day = week["holiday"]
    minute = local.hour * 60 + local.minute
    return any(kind in one["types"] and one["start_min"] <= minute < one["end_min"] for one in day)


@st.composite
def periods(draw, kinds):
    marks = sorted(draw(st.lists(st.integers(0, 1440), max_size=12, unique=True)))
    pairs = zip(marks[::2], marks[1::2], strict=False)
    types = st.lists(st.sampled_from(kinds), min_size=1, max_size=2, unique=True)
    return [{"start_min": start, "end_min": end, "types": draw(types)} for start, end in pairs]


def weeks(*kinds):
    day = periods(kinds)
    return st.fixed_dictionaries({"days": st.lists(day, min_size=7, max_size=7), "holiday": st.none() | day})


@st.composite
def holidays_near(draw, start):
    near = st.integers(-2, DAYS + 1).map(lambda days: date(*start) + timedelta(days=days))
    found = []
    for kind in draw(st.lists(st.sampled_from(["dates", "weekday", "easter"]), max_size=4)):
        day, yearly = draw(near), draw(st.booleans())
        if kind == "dates":
            longer = draw(st.integers(-1, 3))
            last = (day + timedelta(days=longer)).isoformat() if longer >= 0 else ""
            found.append({"kind": kind, "yearly": yearly, "first_day": day.isoformat(), "last_day": last})
        elif kind == "weekday":
            which = draw(st.sampled_from(["first", "second", "third", "fourth", "last"]))
            rule = {"which": which, "weekday": day.weekday(), "month": f"{day:%m}"}
            found.append({"kind": kind, "yearly": yearly, "year": day.year, **rule})
        else:
            days = (day - date(day.year, *EASTERS[day.year])).days
            if -100 <= days <= 100:
                found.append({"kind": kind, "yearly": yearly, "year": day.year, "easter_days": days})
    return found


@pytest.fixture(scope="module")
def bench(tmp_path_factory):
    from recorder.client.clock import ManualClock
    from recorder.client.instance import Instance

    found = Bench(Instance(tmp_path_factory.mktemp("schedules")), ManualClock())
    found.change(Channel, "1", url="rtsp://10.0.0.7/main")
    yield found
    found.close()


def set_up(bench, zone, holidays):
    bench.change(DateTime, zone=zone)
    for number in range(1, 5):
        if number <= len(holidays):
            values = {name: one.default for name, one in Holiday.model_fields.items()} | holidays[number - 1]
        else:
            values = {"enabled": False}
        bench.change(Holiday, str(number), **values)


def minutes(start, zone):
    """Each minute of UTC from here on, with what the clock on the wall shows."""
    begin = datetime(*start, tzinfo=UTC)
    return [
        (round(at.timestamp()) * 1_000_000, at.astimezone(zone))
        for at in (begin + timedelta(minutes=one) for one in range(DAYS * 1440))
    ]


def inside(spans, at_us):
    return any(start <= at_us < end for start, end in spans)


SLOW = {"deadline": None, "suppress_health_check": list(HealthCheck)}


@pytest.mark.covers("D-REC-01", "D-REC-05", "D-SYS-14", "D-SYS-12")
@pytest.mark.parametrize(("name", "start"), STARTS)
@settings(max_examples=2, **SLOW)
@given(data=st.data())
def test_what_is_recorded_and_pictured_is_what_plan_and_clock_on_the_wall_show(bench, name, start, data):
    zone, red = ZoneInfo(name), data.draw(holidays_near(start))
    record, pictures = data.draw(weeks("general", "motion", "alarm")), data.draw(weeks("general"))
    set_up(bench, name, red)
    bench.change(RecordSchedule, "1", week=record)
    bench.change(PictureSchedule, "1", week=pictures, scheduled=True)
    begin_us = round(datetime(*start, tzinfo=UTC).timestamp()) * 1_000_000
    seal, ring = Sealer(bench.instance), KeyRing(bench.instance, bench.clock)
    plan = Planner(bench.settings, seal, ring, lambda _seat: "").make(begin_us, Plan())
    due = {
        kind: [(one.start_us, one.end_us) for one in plan.channels[0].record if one.type is kind]
        for kind in (RecordType.GENERAL, RecordType.MOTION, RecordType.ALARM)
    }
    taken = wanted_pictures(bench.settings, begin_us)[1].due
    for at_us, local in minutes(start, zone):
        # The first and the last moment of the minute: a period begins and ends with one.
        for moment in (at_us, at_us + MINUTE_US - 1):
            assert {kind: inside(spans, moment) for kind, spans in due.items()} == {
                kind: shown(record, local, red, kind) for kind in due
            }, local
            assert inside(taken, moment) == shown(pictures, local, red, "general"), local


@pytest.mark.covers("D-ALM-09.2", "D-ALM-18.1", "D-RULE-04", "D-SYS-14")
@pytest.mark.parametrize(("name", "start"), STARTS)
@settings(max_examples=2, **SLOW)
@given(data=st.data())
def test_rules_are_armed_and_the_recorder_disarmed_as_plan_and_clock_on_the_wall_show(bench, name, start, data):
    zone, red = ZoneInfo(name), data.draw(holidays_near(start))
    armed, quiet = data.draw(weeks("armed")), data.draw(weeks("disarmed"))
    set_up(bench, name, red)
    bench.change(InputAlarm, "IN1", week=armed)
    bench.change(Disarming, disarmed=False, week=quiet)
    rules = Rules(bench.settings)
    rules.load()
    page = rules.get(InputAlarm, "IN1")
    for at_us, local in minutes(start, zone):
        for moment in (at_us, at_us + MINUTE_US - 1):
            assert rules.armed(page, moment) == shown(armed, local, red, "armed"), local
            assert rules.disarmed("relay", 0, moment) == shown(quiet, local, red, "disarmed"), local
