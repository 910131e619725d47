"""The main menu: arrows stay among its tiles, and the recorder is switched off or restarted there, after a question."""

from dataclasses import replace
from pathlib import Path

import pytest

import gui.deeds
from gui.pages.main_menu import COLUMNS, MainMenu
from gui.pages.menu_tile import MenuTile
from hal.kinds.power import PowerState
from recorder.client.answers import UpdateNote
from tests.gui.pages.house import house
from tests.gui.rig import SIZES, clipped, unreachable


class Hal:
    """What the hardware service was asked for."""

    asked: list[tuple[str, ...]]

    def __init__(self, _path):
        pass

    def __enter__(self):
        return self

    def __exit__(self, *_error):
        pass

    def devices(self):
        return [PowerState("machine", online=True)]

    def call(self, kind, name, verb):
        self.asked.append((kind, name, verb))


@pytest.fixture
def hal(monkeypatch):
    Hal.asked = []
    monkeypatch.setattr(gui.deeds, "HalClient", Hal)
    return Hal.asked


def at_menu(size=(1280, 720)):
    rig, rooms, _api = house(size)
    rooms.instance.socket = lambda name: Path("/nonexistent") / name
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
def test_the_recorder_is_restarted_or_switched_off_after_a_question_whose_safe_answer_has_the_focus(
    hal, downs, verb, words
):
    rig, _rooms = at_menu()
    rig.go_to("power")
    rig.key("ok", *["down"] * downs, "ok")
    assert words in rig.words()
    assert rig.focus == "cancel"
    rig.key("ok")
    assert rig.top.name == "main-menu"
    assert rig.focus == "power"
    assert hal == []
    rig.key("ok", *["down"] * downs, "ok")
    rig.go_to("do")
    rig.key("ok")
    assert hal == [("power", "machine", verb)]
    assert rig.notices


def test_who_restarts_while_the_recorder_is_updated_is_told_so(hal):
    rig, rooms = at_menu()
    rooms.feed.latest = replace(rooms.feed.latest, update=UpdateNote(busy=True))
    rooms.restart()
    rig.show()
    assert "The recorder is being updated. Wait for the end of it" in rig.words()
    assert hal == []
