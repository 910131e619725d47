"""A region of the picture is painted by mouse and by keys alike, and told as the API takes it."""

import pytest

from gui.forms.cell_field import CellField
from gui.toolkit.page import Page
from recorder.client.grid import WHOLE, from_text, rectangle
from tests.gui.rig import Rig


class CellPage(Page):
    def __init__(self, value):
        super().__init__(name="cells-page")
        self.changes = 0
        self.field = CellField(value, self.changed, name="cells")

    def changed(self):
        self.changes += 1

    def build(self):
        self.add(self.field)


@pytest.fixture
def opened():
    def make(value=""):
        rig = Rig((1280, 720))
        page = CellPage(value)
        rig.open(page)
        rig.show()
        return rig, page

    return make


def middle(page, column, row):
    return page.field.grid.place_of(column, row).center


@pytest.mark.covers("D-ALM-09.1")
def test_a_drag_paints_a_rectangle_and_another_clears_in_it(opened):
    rig, page = opened()
    rig.drag(middle(page, 2, 3), middle(page, 6, 5))
    assert page.field.value == "2,3,5,3"
    rig.drag(middle(page, 4, 4), middle(page, 4, 4))
    assert from_text(page.field.value) == rectangle(2, 3, 5, 3) & ~rectangle(4, 4, 1, 1)
    assert page.changes == 2


def test_keys_paint_the_same_and_back_undoes(opened):
    rig, page = opened()
    rig.go_to("cells-grid")
    rig.key("right", "down", "ok", "right", "right", "down", "ok")
    assert page.field.value == "1,1,3,2"
    rig.key("ok", "left", "back")
    assert (page.field.value, page.changes) == ("1,1,3,2", 1)


def test_all_and_none_are_one_key_away(opened):
    rig, page = opened("3,3,2,2")
    rig.click("cells-all")
    assert from_text(page.field.value) == WHOLE
    rig.click("cells-none")
    assert (page.field.value, page.changes) == ("", 2)


@pytest.mark.parametrize("value", [None, 5, "nonsense", "0,0,99,99"])
def test_what_is_no_region_is_shown_as_none(opened, value):
    _rig, page = opened(value)
    assert page.field.value == ""
