"""The main menu: arrows stay among its tiles, and the recorder is switched off or restarted there, after a question."""

from dataclasses import replace

import pytest

from gui.pages.main_menu import COLUMNS, MainMenu
from gui.pages.menu_tile import MenuTile
from recorder.client.answers import UpdateNote
from tests.gui.pages.house import house
from tests.gui.rig import SIZES, clipped, unreachable


def at_menu(size=(1280, 720)):
    rig, rooms, _api = house(size)
    rooms.main_menu()
    rig.show()
    assert isinstance(rig.top, MainMenu)
    return rig, rooms


@pytest.mark.parametrize("size", SIZES)
def test_all_of_it_can_be_read_and_reached(size):
    rig, _rooms = at_menu(size)
    assert clipped(rig.screen) == []
    assert unreachable(rig.screen) == []


def test_left_and_right_go_through_the_rows_and_never_to_a_logout():
    rig, _rooms = at_menu()
    tiles = [one.name for one in rig.top.walk() if isinstance(one, MenuTile)]
    assert len(tiles) > COLUMNS
    rig.key("left")
    assert rig.focus == tiles[0]
    seen = [rig.focus]
    for _tile in tiles[1:]:
        rig.key("right")
        seen.append(rig.focus)
    assert seen == tiles
    rig.key("right")
    assert rig.focus == tiles[-1]
    for name in reversed(tiles[:-1]):
        rig.key("left")
        assert rig.focus == name


@pytest.mark.covers("D-PWR-01", "D-MENU-02")
@pytest.mark.parametrize(("downs", "verb", "words"), [(0, "restart", "Restart?"), (1, "shut_down", "Shut down?")])
def test_the_recorder_is_restarted_or_switched_off_after_a_question_whose_safe_answer_has_the_focus(downs, verb, words):
    rig, rooms = at_menu()
    rig.go_to("power")
    rig.key("ok", *["down"] * downs, "ok")
    assert words in rig.words()
    assert rig.focus == "cancel"
    rig.key("ok")
    assert rig.top.name == "main-menu"
    assert rig.focus == "power"
    assert rooms.api.calls == []
    rig.key("ok", *["down"] * downs, "ok")
    rig.go_to("do")
    rig.key("ok")
    assert rooms.api.calls == [verb]
    assert rig.notices


def test_who_restarts_while_the_recorder_is_updated_is_told_so():
    rig, rooms = at_menu()
    rooms.feed.latest = replace(rooms.feed.latest, update=UpdateNote(busy=True))
    rooms.restart()
    rig.show()
    assert "The recorder is being updated. Wait for the end of it" in rig.words()
    assert rooms.api.calls == []


@pytest.mark.covers("D-PWR-01")
@pytest.mark.parametrize("downs", [0, 1])
def test_who_may_not_is_told_so_politely_and_asked_nothing(downs):
    rig, rooms = at_menu()
    rooms.api.may = ("live",)
    rig.go_to("power")
    rig.key("ok", *["down"] * downs, "ok")
    assert "admin may not shut the recorder down or restart it." in rig.words()
    assert clipped(rig.screen) == []
    rig.key("back")
    assert rig.top.name == "main-menu"
    assert rooms.api.calls == []
