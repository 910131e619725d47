"""Recorded spans become pixels: nothing recorded is invisible, the weightiest type shows, the work is bounded."""

import time
from datetime import date
from zoneinfo import ZoneInfo

import pytest
from hypothesis import given
from hypothesis import strategies as st

from gui.playback.lane import KINDS, Run, Stretch, footage_at, kind_of, next_footage, runs
from gui.playback.window import HOUR_US, MINUTE_US, Window

DAY = Window.of_day(date(2026, 11, 21), ZoneInfo("Europe/Berlin"))
SECOND = 1_000_000


def hours(start, end, kind="general"):
    return Stretch(DAY.first_us + round(start * HOUR_US), DAY.first_us + round(end * HOUR_US), kind)


def test_a_span_covers_its_share_of_the_lane():
    assert runs([hours(6, 12)], DAY, 240) == [Run(60, 60, "general")]


def test_a_second_of_alarm_is_seen_in_a_whole_day_of_footage():
    alarm = Stretch(DAY.first_us + 12 * HOUR_US, DAY.first_us + 12 * HOUR_US + SECOND, "alarm")
    for order in ([hours(0, 24), alarm], [alarm, hours(0, 24)]):
        assert runs(order, DAY, 240) == [Run(0, 120, "general"), Run(120, 1, "alarm"), Run(121, 119, "general")]


def test_a_hole_wider_than_a_pixel_is_seen():
    assert len(runs([hours(0, 6), hours(6.3, 24)], DAY, 240)) == 2


def test_spans_below_a_pixel_merge():
    stretches = [Stretch(at, at + SECOND) for at in range(DAY.first_us, DAY.first_us + HOUR_US, 2 * SECOND)]
    assert runs(stretches, DAY, 240) == [Run(0, 10, "general")]


@pytest.mark.covers("D-PLAY-08")
def test_types_have_colours_of_their_own():
    assert kind_of("motion&alarm") == "alarm"
    assert kind_of("of a later version") == "general"
    assert {"general", "motion", "alarm", "intelligent", "pos"} == set(KINDS)
    assert len({kind.colour for kind in KINDS.values()}) == 5


def luminance(colour):
    def linear(value):
        share = value / 255
        return share / 12.92 if share <= 0.03928 else ((share + 0.055) / 1.055) ** 2.4

    red, green, blue = (linear(one) for one in colour)
    return 0.2126 * red + 0.7152 * green + 0.0722 * blue


def test_colours_stand_out_from_the_lane():
    lane = luminance((24, 28, 34))
    for kind in KINDS.values():
        assert (luminance(kind.colour) + 0.05) / (lane + 0.05) >= 3


def test_a_click_beside_the_footage_goes_to_the_next():
    lane = [hours(2, 3), hours(5, 6)]
    at = DAY.first_us + 4 * HOUR_US
    assert not footage_at(lane, at)
    assert next_footage(lane, at) == DAY.first_us + 5 * HOUR_US
    assert next_footage(lane, DAY.first_us + 150 * MINUTE_US) == DAY.first_us + 150 * MINUTE_US
    assert next_footage(lane, DAY.first_us + 7 * HOUR_US) is None


@given(
    st.lists(
        st.tuples(st.integers(-(10**11), 10**11), st.integers(-10, 10**10), st.sampled_from([*KINDS, "odd"])),
        max_size=30,
    ),
    st.integers(0, 300),
    st.integers(0, 30),
)
def test_runs_are_in_order_apart_and_inside_and_every_visible_span_shows(spans, width, notches):
    window = DAY.zoom(notches, DAY.first_us + DAY.span_us // 3)
    stretches = [Stretch(DAY.first_us + start, DAY.first_us + start + length, kind) for start, length, kind in spans]
    made = runs(stretches, window, width)
    end = 0
    for run in made:
        assert run.x >= end
        assert run.width >= 1
        end = run.x + run.width
    assert end <= width
    for start, last, _kind in stretches:
        seen = max(start, window.start_us), min(last, window.end_us)
        if width and seen[0] < seen[1]:
            x = min(int(window.x(seen[0], width)), width - 1)
            assert any(run.x <= x < run.x + run.width for run in made)


def test_a_day_of_events_is_drawn_in_the_time_of_a_frame():
    stretches = [
        Stretch(at, at + 6 * SECOND, "motion" if at % 7 else "general")
        for at in range(DAY.first_us, DAY.last_us, 10 * SECOND)
    ]
    began = time.process_time()
    for _again in range(3):
        made = runs(stretches, DAY, 1500)
    assert (time.process_time() - began) / 3 < 0.1
    assert len(made) <= 1500
