"""The inspection page: the grid is walked with arrows, and says what is missing where the mark stands."""

from datetime import date

import pytest

from gui.inspection.page import Inspection
from gui.pages.main_menu import MainMenu
from recorder.client.errors import Unavailable
from tests.gui.pages.house import house
from tests.gui.rig import SIZES, clipped, unreachable


def opened(size=(1280, 720)):
    rig, rooms, api = house(size)
    page = Inspection(rooms)
    rig.open(page)
    return rig, page, api


@pytest.mark.parametrize("size", SIZES)
def test_it_lays_out_and_is_reached_with_arrows(size):
    rig, _page, _api = opened(size)
    assert clipped(rig.screen) == []
    assert unreachable(rig.screen) == []


@pytest.mark.covers("P-INSP-01", "P-INSP-03")
def test_the_marked_hour_says_what_is_missing_and_why():
    rig, page, api = opened()
    assert api.calls[-1][1:] == ((1, 2), page.day, 1, True)
    assert page.told.text.endswith("complete.")
    rig.key("down", *["left"] * 15)
    assert "Yard" in page.told.text
    assert "incomplete. 15 min 00 s missing: no power." in page.told.text
    rig.key(*["right"] * 14)
    assert page.told.text.endswith("nothing was due.")


def test_it_opens_at_the_present_hour_and_changes_to_days_at_the_same_day():
    rig, page, _api = opened()
    assert page.told.text.startswith("Front door, 22:00")
    rig.key(*["left"] * 4)
    page.turn(-1)
    rig.show()
    assert page.told.text.startswith("Front door, 18:00")
    page.today()
    rig.show()
    assert page.told.text.startswith("Front door, 22:00")
    page.turn(-2)
    page.switch()
    rig.show()
    assert page.told.text.startswith("Front door, Sunday, 2023-11-12")


@pytest.mark.covers("P-INSP-02")
def test_days_of_a_month_lead_to_their_hours():
    rig, page, api = opened()
    page.day = date(2026, 2, 10)
    page.switch()
    rig.show()
    assert api.calls[-1][1:] == ((1, 2), date(2026, 2, 1), 28, False)
    rig.screen.focus_on("grid")
    page.grid._move(1, 4)
    page._open()
    assert (page.monthly, page.day) == (False, date(2026, 2, 5))


def test_a_recorder_that_does_not_answer_is_told():
    rig, page, api = opened()
    api.refuse = Unavailable(process="reader")
    page.turn(-1)
    rig.show()
    assert "reader" in page.told.text


def test_the_main_menu_leads_there():
    rig, rooms, _api = house()
    rig.open(MainMenu(rooms))
    rig.click("inspection")
    assert isinstance(rig.screen.navigator.top, Inspection)
