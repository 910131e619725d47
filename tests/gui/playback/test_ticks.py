"""The ruler's times are round, right in the recorder's zone, and never run into each other."""

from datetime import date, datetime
from zoneinfo import ZoneInfo

import pytest
from hypothesis import given
from hypothesis import strategies as st

from gui.playback.ticks import ticks
from gui.playback.window import HOUR_US, MINUTE_US, Window

BERLIN = ZoneInfo("Europe/Berlin")


def measure(label: str) -> int:
    return 7 * len(label)


def labels(window, width=1000, zone=BERLIN):
    return [tick.label for tick in ticks(window, width, zone, measure) if tick.label]


def test_a_whole_day_has_hours_and_a_minute_has_seconds():
    day = Window.of_day(date(2026, 11, 21), BERLIN)
    assert labels(day)[:3] == ["02:00", "04:00", "06:00"]
    noon = round(datetime(2026, 11, 21, 12, tzinfo=BERLIN).timestamp() * 1e6)
    assert "12:00:00" in labels(day.spanning(MINUTE_US, noon))
    assert "12:00" in labels(day.spanning(HOUR_US, noon))


def test_the_hour_that_does_not_exist_is_left_out():
    shown = labels(Window.of_day(date(2026, 3, 29), BERLIN), width=3000)
    assert "01:00" in shown
    assert "02:00" not in shown
    assert "03:00" in shown


def test_the_hour_that_comes_twice_stands_twice_and_the_second_is_named():
    day = Window.of_day(date(2026, 10, 25), BERLIN)
    marks = {tick.label: tick.at_us for tick in ticks(day, 3000, BERLIN, measure) if tick.label}
    assert marks["02:00 CET"] - marks["02:00"] == HOUR_US
    assert marks["03:00"] - marks["01:00"] == 3 * HOUR_US


@pytest.mark.parametrize("zone", ["Asia/Kathmandu", "Australia/Lord_Howe", "Pacific/Apia", "UTC", "America/St_Johns"])
def test_odd_zones_have_round_times_too(zone):
    place = ZoneInfo(zone)
    for day in (date(2026, 4, 5), date(2026, 10, 4), date(2011, 12, 31), date(2026, 11, 1)):
        window = Window.of_day(day, place)
        for tick in ticks(window, 1200, place, measure):
            at = datetime.fromtimestamp(tick.at_us / 1e6, place)
            assert (at.minute % 15, at.second) == (0, 0)
            assert at.date() == day
            if tick.label:
                assert tick.label.startswith(f"{at:%H:%M}")


@given(
    st.sampled_from([date(2026, 11, 21), date(2026, 3, 29), date(2026, 10, 25)]),
    st.integers(0, 2000),
    st.integers(0, 35),
    st.floats(0, 1),
)
def test_labels_never_overlap_and_lie_inside(day, width, notches, place):
    window = Window.of_day(day, BERLIN)
    window = window.zoom(notches, window.first_us + round(place * (window.span_us - 1)))
    made = ticks(window, width, BERLIN, measure)
    assert len(made) <= width / 4 + 2
    assert [tick.at_us for tick in made] == sorted({tick.at_us for tick in made})
    end = -16.0
    for tick in made:
        assert window.start_us <= tick.at_us < window.end_us
        if tick.label:
            assert tick.x - measure(tick.label) / 2 >= max(0, end + 16) - 0.01
            end = tick.x + measure(tick.label) / 2
            assert end <= width + 0.01


@given(st.integers(700, 2000), st.integers(0, 30))
def test_a_usual_ruler_always_has_times_to_read(width, notches):
    window = Window.of_day(date(2026, 11, 21), BERLIN)
    window = window.zoom(notches, window.first_us + window.span_us // 3)
    assert len([tick for tick in ticks(window, width, BERLIN, measure) if tick.label]) >= 3
