"""A week of short days; the month is `make soak`."""

from dataclasses import replace

from tests.soak.month import Day, Month, growth


def test_days_of_laps_marks_holds_and_restarts_leave_nothing_behind(tmp_path):
    month = Month(tmp_path)
    days = list(month.days(8, hours=4))
    assert month.faults == []
    assert growth(days) == []
    assert days[-1].laps > 12


def test_what_grows_is_found():
    flat = [Day(number, number, 10_000, 1 << 20, 50 << 20, 10, 1, 1 << 20, 40) for number in range(20)]
    assert growth(flat) == []
    leaky = [replace(one, objects=one.objects + 100 * one.number, files=10 + one.number // 5) for one in flat]
    assert [one.split()[0] for one in growth(leaky)] == ["objects", "files"]
