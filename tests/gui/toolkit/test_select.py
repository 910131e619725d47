"""One of several is chosen from a menu, one of many from a list in which one can search; nothing is cut."""

import pytest

from gui.dialogs.chooser import ChooseMany, ChooseOne
from gui.dialogs.menu import Item, Menu
from gui.toolkit.button import Button
from gui.toolkit.layout import Column
from gui.toolkit.page import Page
from gui.toolkit.select import MANY, Option, Select
from tests.gui.rig import SIZES, Rig, clipped, unreachable

LONG = "Donaudampfschifffahrtsgesellschaft 12"


def at_select(count, size=(1280, 720)):
    rig = Rig(size)
    rig.told = []
    page = Page()
    options = [Option(number, f"{number}  {LONG}") for number in range(1, count + 1)]
    page.add(Column([Select(options, 1, rig.told.append, name="camera", width=260, steps=False, title="Camera")]))
    rig.open(page)
    rig.key("ok")
    return rig


@pytest.mark.parametrize("size", SIZES)
@pytest.mark.parametrize("count", [3, MANY, 64])
def test_every_choice_is_read_whole_and_reached(count, size):
    rig = at_select(count, size)
    assert isinstance(rig.top, ChooseOne if count > MANY else Menu)
    assert clipped(rig.screen) == []
    assert unreachable(rig.screen) == []


def test_one_of_many_is_found_by_what_is_typed():
    rig = at_select(64)
    assert "Camera" in rig.words()
    rig.type("57")
    rig.key("ok")
    assert rig.told == [57]
    assert rig.focus == "camera"


@pytest.mark.parametrize("size", SIZES)
def test_a_menu_that_is_longer_than_the_screen_cuts_no_line_beside_its_bar(size):
    rig = Rig(size)
    rig.open(Page(children=[Button("Below", print, name="below")]))
    rig.open(Menu([Item(f"{LONG} {number}", print) for number in range(40)]))
    assert clipped(rig.screen) == []


def test_the_lines_of_a_menu_begin_below_each_other_though_one_is_ticked():
    rig = Rig()
    rig.open(Page(children=[Button("Below", print, name="below")]))
    menu = rig.open(Menu([Item("One", print), Item("Two", print, chosen=True), Item("Three", print)]))
    icons = {one.icon for one in menu.walk() if isinstance(one, Button)}
    assert "" not in icons
    menu.close()
    menu = rig.open(Menu([Item("One", print), Item("Two", print)]))
    assert {one.icon for one in menu.walk() if isinstance(one, Button)} == {""}


@pytest.mark.parametrize("size", SIZES)
def test_names_to_tick_are_not_cut_to_the_same_beginning(size):
    rig = Rig(size)
    rig.open(Page(children=[Button("Below", print, name="below")]))
    sheet = rig.open(ChooseMany("Copy to", [Option(n, f"{n}  {LONG}") for n in range(1, 33)], [], print))
    assert rig.screen.rect.contains(sheet.rect)
    for check in sheet.checks:
        assert check.measure(0, 0)[0] <= check.rect.width
    assert unreachable(rig.screen) == []
