"""The exact periods of a day, written as a person does."""

import pytest

from tests.gui.forms.test_form import form_of
from tests.gui.rig import SIZES, clipped, unreachable


def opened(size=(1280, 720)):
    rig, form = form_of("record-schedule", size)
    rig.go_to("week-edit")
    rig.key("ok")
    assert rig.top.name == "periods"
    return rig, form


def day(form, at):
    return [(one["start_min"], one["end_min"], one["types"]) for one in form.values()["week"]["days"][at]]


def write(rig, field, digits):
    rig.click(field, "move")
    rig.screen.focus_on(field)
    rig.type(digits)


def fill(rig, count):
    """Make so many periods of an hour with an hour between them."""
    write(rig, "end-0", "0100")
    for at in range(1, count):
        rig.click("add")
        write(rig, f"begin-{at}", f"{2 * at:02}00")
        write(rig, f"end-{at}", f"{2 * at + 1:02}00")


@pytest.mark.covers("D-REC-04")
@pytest.mark.parametrize("size", SIZES)
def test_six_periods_show_all_their_words_and_arrows_reach_everything(size):
    rig, _form = opened(size)
    fill(rig, 6)
    assert clipped(rig.screen) == []
    assert unreachable(rig.screen) == []


@pytest.mark.covers("D-REC-04")
def test_times_are_written_to_the_minute_and_each_period_has_its_types():
    rig, form = opened()
    write(rig, "begin-0", "0613")
    write(rig, "end-0", "1127")
    rig.click("add")
    write(rig, "end-1", "2359")
    rig.click("type-1-0")
    rig.click("type-1-1")
    rig.click("take")
    assert rig.top.name == "form-page"
    assert day(form, 0) == [(373, 687, ["general"]), (687, 1439, ["motion"])]
    assert day(form, 1) == [(0, 1440, ["general"])]
    assert set(form.changes()) == {"week"}


@pytest.mark.covers("D-REC-04")
def test_five_keys_are_enough_to_write_a_time():
    rig, form = opened()
    rig.go_to("end-0")
    rig.key("ok")
    for key in ("key-0-0", "key-2-0", "key-0-2", "key-1-1"):
        rig.go_to(key)
        rig.key("ok")
    rig.go_to("done")
    rig.key("ok")
    assert rig.find("end-0").written == "17:35"
    rig.go_to("take")
    rig.key("ok")
    assert day(form, 0) == [(0, 17 * 60 + 35, ["general"])]


@pytest.mark.covers("D-REC-04", "D-REC-03")
def test_a_day_is_copied_to_all_or_to_chosen_days():
    rig, form = opened()
    write(rig, "end-0", "0830")
    rig.click("copy-2")
    rig.click("take")
    assert [day(form, at)[0][1] for at in range(7)] == [510, 1440, 510, 1440, 1440, 1440, 1440]
    rig.click("week-edit")
    rig.click("all")
    rig.click("take")
    assert [day(form, at) for at in range(7)] == [[(0, 510, ["general"])]] * 7


def test_the_sheet_opens_on_the_day_of_the_cursor_and_goes_to_others():
    rig, form = form_of("record-schedule")
    rig.screen.focus_on("week-grid")
    rig.key("down", "down", "down")
    rig.click("week-edit")
    write(rig, "begin-0", "12")
    rig.screen.focus_on("day")
    rig.key("right")
    assert rig.find("begin-0").written == "00:00"
    write(rig, "end-0", "0005")
    rig.click("take")
    assert day(form, 3) == [(720, 1440, ["general"])]
    assert day(form, 4) == [(0, 5, ["general"])]


def test_what_is_called_off_changes_nothing():
    rig, form = opened()
    write(rig, "end-0", "0830")
    rig.key("back")
    assert form.changes() == {}


@pytest.mark.covers("D-REC-04")
@pytest.mark.parametrize(
    ("begin", "end", "words", "at"),
    [
        ("0800", "1200", "It overlaps period 1.", "begin-1"),
        ("0000", "0100", "It lies before period 1.", "begin-1"),
        ("1300", "1200", "It must end after it begins.", "end-1"),
        ("1300", "1300", "It must end after it begins.", "end-1"),
        ("1300", "2401", "Write a time from 00:00 to 24:00", "end-1"),
        ("1399", "1400", "Write a time from 00:00 to 24:00", "begin-1"),
    ],
)
def test_a_wrong_period_is_refused_in_words_at_its_field(begin, end, words, at):
    rig, form = opened()
    write(rig, "begin-0", "0600")
    write(rig, "end-0", "0900")
    rig.click("add")
    write(rig, "begin-1", begin)
    write(rig, "end-1", end)
    rig.click("take")
    assert rig.top.name == "periods"
    assert words in rig.find("problem-1").text
    assert rig.focus == at
    assert rig.find(at).problem
    assert form.changes() == {}
    rig.screen.focus_on("day")
    rig.key("right")
    assert rig.find("day").value == 0


def test_a_period_without_a_type_is_refused():
    rig, _form = opened()
    rig.click("type-0-0")
    rig.click("take")
    assert rig.find("problem-0").text == "Choose at least one type."


@pytest.mark.covers("D-REC-04")
def test_a_seventh_period_is_refused_and_one_removed_makes_room():
    rig, form = opened()
    fill(rig, 6)
    rig.click("add")
    assert "at most 6 periods" in rig.find("problem").text
    rig.click("remove-2")
    assert not rig.find("problem").visible
    rig.click("take")
    assert len(day(form, 0)) == 5
    assert (240, 300, ["general"]) not in day(form, 0)


def test_a_day_without_periods_says_so():
    rig, form = opened()
    rig.click("remove-0")
    assert "There is nothing on this day." in rig.words()
    assert unreachable(rig.screen) == []
    rig.click("take")
    assert day(form, 0) == []


@pytest.mark.covers("D-SYS-14", "D-REC-04")
def test_holidays_get_periods_of_their_own_and_lose_them_again():
    rig, form = opened()

    def to_holidays():
        rig.screen.focus_on("day")
        rig.key(*["right"] * 7)
        assert rig.find("day").value == 7

    to_holidays()
    assert rig.find("usual").value
    assert "Holidays are as the day of the week." in rig.words()
    rig.click("add")
    write(rig, "end-0", "0630")
    assert not rig.find("usual").value
    assert unreachable(rig.screen) == []
    rig.click("take")
    assert form.values()["week"]["holiday"] == [{"start_min": 0, "end_min": 390, "types": ["general"]}]
    assert day(form, 6) == [(0, 1440, ["general"])]
    rig.click("week-edit")
    to_holidays()
    rig.click("usual")
    assert rig.find("begin-0") is None
    rig.click("take")
    assert form.values()["week"]["holiday"] is None
