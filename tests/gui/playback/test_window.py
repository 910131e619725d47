"""The timeline's window zooms about the pointer, follows the hand, and never leaves its day."""

from datetime import date
from zoneinfo import ZoneInfo

import pytest
from hypothesis import given
from hypothesis import strategies as st

from gui.playback.window import HOUR_US, MINUTE_US, SHORTEST_US, Window, day_bounds

BERLIN = ZoneInfo("Europe/Berlin")
DAY = Window.of_day(date(2026, 11, 21), BERLIN)
WIDTH = 1000


@pytest.mark.parametrize(
    ("day", "hours"), [(date(2026, 11, 21), 24), (date(2026, 3, 29), 23), (date(2026, 10, 25), 25)]
)
def test_a_day_is_as_long_as_the_zone_makes_it(day, hours):
    first, last = day_bounds(day, BERLIN)
    assert last - first == hours * HOUR_US


@pytest.mark.covers("D-PLAY-08.2")
def test_zooming_keeps_the_moment_under_the_pointer():
    window = DAY
    about = window.at(700, WIDTH)
    for _notch in range(12):
        window = window.zoom(1, about)
        assert window.x(about, WIDTH) == pytest.approx(700, abs=0.5)
    assert window.span_us < DAY.span_us / 15


@pytest.mark.covers("V-PLAY-04", "D-PLAY-08.6")
def test_zoom_goes_from_a_day_to_a_minute_and_back():
    window = DAY
    for _notch in range(60):
        window = window.zoom(1)
    assert window.span_us == SHORTEST_US
    for _notch in range(60):
        window = window.zoom(-1)
    assert window == DAY


@pytest.mark.covers("D-PLAY-08.3")
def test_dragging_right_brings_earlier_times_and_stops_at_midnight():
    window = DAY.spanning(2 * HOUR_US, DAY.at(500, WIDTH))
    dragged = window.pan(100, WIDTH)
    assert window.start_us - dragged.start_us == 2 * HOUR_US // 10
    assert window.pan(10**9, WIDTH).start_us == DAY.first_us
    assert window.pan(-(10**9), WIDTH).end_us == DAY.last_us


def test_a_whole_day_cannot_be_dragged():
    assert DAY.pan(300, WIDTH) == DAY


def test_following_turns_the_page_only_at_the_edge():
    window = DAY.spanning(HOUR_US, DAY.at(500, WIDTH))
    middle = window.start_us + window.span_us // 2
    assert window.follow(middle) == window
    late = window.follow(window.end_us)
    assert late.holds(window.end_us)
    assert late.x(window.end_us, WIDTH) < WIDTH / 2
    early = window.follow(window.start_us - MINUTE_US)
    assert early.x(window.start_us - MINUTE_US, WIDTH) > WIDTH / 2


@given(
    st.lists(
        st.one_of(
            st.tuples(st.just("zoom"), st.floats(-20, 20), st.integers(-(10**6), 10**6)),
            st.tuples(st.just("pan"), st.floats(-5000, 5000)),
            st.tuples(st.just("shift"), st.integers(-(10**12), 10**12)),
            st.tuples(st.just("follow"), st.integers(-(10**6), 10**6)),
        ),
        max_size=20,
    )
)
def test_whatever_is_done_the_window_stays_in_its_day(steps):
    window = DAY
    for name, *numbers in steps:
        if name == "zoom":
            window = window.zoom(numbers[0], DAY.first_us + numbers[1] * 90_000)
        elif name == "pan":
            window = window.pan(numbers[0], WIDTH)
        elif name == "shift":
            window = window.shift(numbers[0])
        else:
            window = window.follow(DAY.first_us + numbers[0] * 90_000)
        assert DAY.first_us <= window.start_us < window.end_us <= DAY.last_us
        assert window.span_us >= SHORTEST_US


@given(st.integers(0, WIDTH - 1), st.integers(0, 30))
def test_a_pixel_and_its_moment_agree(x, notches):
    window = DAY.zoom(notches, DAY.at(333, WIDTH))
    assert window.x(window.at(x, WIDTH), WIDTH) == pytest.approx(x, abs=0.01)
