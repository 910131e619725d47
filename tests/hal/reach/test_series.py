"""A series of requests: nothing is counted twice, a late answer is a missing one, and it always ends."""

import pytest
from hypothesis import given
from hypothesis import strategies as some

from hal.reach.echo import Complaint, Why
from hal.reach.series import MISSING, WAITING, Said, Series


def at(count=3, interval_s=0.5, wait_s=2.0):
    return Series(count, interval_s, wait_s)


def test_requests_are_due_one_after_another_and_no_sooner():
    series, times = at(), []
    for tenth in range(60):
        if series.due(tenth / 10):
            series.sent(tenth / 10)
            times.append(tenth / 10)
    assert times == [0.0, 0.5, 1.0]


def test_delays_are_told_in_microseconds_in_the_order_of_sending():
    series = at()
    for now_s in (0.0, 0.5, 1.0):
        series.sent(now_s)
    series.answered(1, 0.5123)
    series.answered(0, 0.7)
    assert series.report("", "").delays_us == (700_000, 12_300, WAITING)
    assert not series.over()
    series.look(3.0)
    assert series.report("10.0.0.1", "10.0.0.2").delays_us == (700_000, 12_300, MISSING)
    assert series.report("", "").over


def test_a_late_answer_stays_missing_and_is_told_and_so_is_one_that_comes_twice():
    series = at()
    series.sent(0.0)
    series.sent(0.5)
    series.look(2.1)
    series.answered(0, 2.2)
    series.answered(1, 0.6)
    series.answered(1, 0.61)
    report = series.report("", "")
    assert (report.delays_us, report.late, report.doubled) == ((MISSING, 100_000), 1, 1)


def test_an_answer_that_waited_in_the_kernel_past_its_time_is_late_too():
    series = at()
    series.sent(0.0)
    series.answered(0, 2.5)
    assert (series.report("", "").delays_us, series.late) == ((MISSING,), 1)


@pytest.mark.parametrize("number", [-1, 1, 65534])
def test_an_answer_to_what_was_never_asked_is_strange(number):
    series = at()
    series.sent(0.0)
    series.answered(number, 0.1)
    series.complained(Complaint(Why.REFUSED, "10.0.0.9"), number)
    report = series.report("", "")
    assert (report.delays_us, report.strange, report.said) == ((WAITING,), 1, ())


def test_a_complaint_ends_the_wait_and_counts_once_for_a_request():
    series = at(count=2)
    for now_s in (0.0, 0.5):
        series.sent(now_s)
    for number in (0, 0, 1):
        series.complained(Complaint(Why.NOBODY, "10.0.0.9"), number)
    assert series.over()
    assert series.report("", "").said == (Said("nobody", "10.0.0.9", 2),)


def test_the_time_to_wait_is_that_to_the_next_request_or_to_the_end_of_a_wait():
    series = at(count=2)
    assert series.rest_s(7.0) == 0
    series.sent(7.0)
    assert series.rest_s(7.1) == pytest.approx(0.4)
    series.sent(7.5)
    assert series.rest_s(7.6) == pytest.approx(1.4)
    series.answered(0, 7.6)
    assert series.rest_s(7.6) == pytest.approx(1.9)


deeds = some.lists(some.tuples(some.sampled_from(["answer", "complain", "look"]), some.integers(-2, 12)), max_size=60)


@given(deeds, some.integers(1, 10))
def test_whatever_comes_every_request_is_answered_missing_or_waited_for_and_it_ends(what, count):
    series, now_s = at(count=count), 0.0
    for deed, number in what:
        now_s += 0.13
        if series.due(now_s):
            series.sent(now_s)
        if deed == "answer":
            series.answered(number, now_s)
        elif deed == "complain":
            series.complained(Complaint(Why.OTHER), number)
        series.look(now_s)
    while not series.over():
        rest_s = series.rest_s(now_s)
        assert rest_s >= 0
        now_s += rest_s
        if series.due(now_s):
            series.sent(now_s)
        series.look(now_s)
    assert now_s <= 60 * 0.13 + count * 0.5 + 2.0 + 1e-6
    assert all(one > 0 or one == MISSING for one in series.report("", "").delays_us)
