"""Focus, events, and what is drawn when."""

import pytest
from pygame import Rect

from gui.toolkit.button import Button
from gui.toolkit.event import DoubleClick, Move, Press, Release, RightClick
from gui.toolkit.label import Label
from gui.toolkit.layout import Align, Column, Row
from gui.toolkit.page import Page
from gui.toolkit.scroll import Scroll
from gui.toolkit.widget import Widget
from tests.gui.rig import Rig, unreachable


class Buttons(Page):
    covers = True

    def __init__(self, names, **options):
        super().__init__(name="buttons")
        self.names = names
        self.pressed = []
        self.column = options

    def build(self):
        self.add(Column([Button(one, lambda one=one: self.pressed.append(one), name=one) for one in self.names]))


class Dialog(Buttons):
    covers = False


class Tile(Widget):
    opaque = True

    def __init__(self, **options):
        super().__init__(**options)
        self.drawn = 0
        self.events = []

    def draw(self, surface):
        self.drawn += 1

    def handle(self, event):
        self.events.append(event)
        return isinstance(event, DoubleClick) or super().handle(event)


def test_a_page_that_does_not_change_draws_nothing():
    rig = Rig()
    rig.open(Buttons(["a", "b", "c"]))
    shown = rig.presenter.presented
    for _second in range(120):
        rig.clock.advance(1)
        assert rig.show() == []
    assert rig.presenter.presented == shown
    assert not rig.screen.moving
    assert rig.screen.sleep_s() is None


@pytest.mark.covers("D-IR-11")
def test_moving_the_focus_draws_only_the_two_that_changed():
    rig = Rig()
    page = rig.open(Buttons(["a", "b", "c", "d"]))
    rig.screen.handle(Move(-5, -5))
    rig.key("down")
    assert rig.focus == "b"
    rig.screen.move_focus("down")
    rects = rig.show()
    lowest = page.find("d").rect
    assert rects
    assert not any(rect.colliderect(lowest.inflate(0, -20)) for rect in rects)


def test_a_tile_is_drawn_alone():
    rig = Rig()
    tiles = [Tile(grow=1) for _ in range(4)]
    words = Label("name")
    page = Page()
    page.add(Column([words, Row(tiles, grow=1, gap=2, align=Align.STRETCH)]))
    rig.open(page)
    before = [one.drawn for one in tiles]
    grounds = []
    page.draw = lambda _surface: grounds.append(1)
    tiles[2].invalidate()
    assert rig.show() == [tiles[2].rect]
    assert [one.drawn - was for one, was in zip(tiles, before, strict=True)] == [0, 0, 1, 0]
    assert grounds == []


def test_a_dialog_over_a_tile_is_drawn_again_with_it():
    rig = Rig()
    tile = Tile(grow=1)
    page = Page()
    page.add(Column([tile]))
    rig.open(page)
    dialog = rig.open(Dialog(["x"]))
    drawn = []
    dialog.draw = lambda _surface: drawn.append(1)
    tile.invalidate()
    rig.show()
    assert drawn == [1]


def test_what_is_wholly_covered_costs_nothing():
    rig = Rig()
    tile = Tile(grow=1)
    wall = Page()
    wall.add(tile)
    rig.open(wall)
    rig.screen.animate(tile)
    assert rig.screen.moving
    rig.open(Buttons(["a"]))
    drawn = tile.drawn
    tile.invalidate()
    assert rig.show() == []
    assert tile.drawn == drawn
    assert not rig.screen.moving


@pytest.mark.covers("D-INP-05", "D-INP-01")
def test_the_pointer_moves_the_focus_and_a_click_activates():
    rig = Rig()
    page = rig.open(Buttons(["a", "b", "c"]))
    rig.move("c")
    assert rig.focus == "c"
    rig.click("b")
    assert page.pressed == ["b"]
    assert rig.focus == "b"


def test_a_press_released_elsewhere_does_nothing():
    rig = Rig()
    page = rig.open(Buttons(["a", "b"]))
    rig.screen.handle(Press(*page.find("a").rect.center))
    rig.screen.handle(Release(*page.find("b").rect.center))
    assert page.pressed == []


@pytest.mark.covers("D-INP-02")
def test_two_clicks_within_400_ms_are_a_double_click_and_slower_ones_are_not():
    rig = Rig()
    tile = Tile(name="tile", focusable=True, grow=1)
    page = Page()
    page.add(tile)
    rig.open(page)
    rig.click("tile")
    rig.clock.advance(0.39)
    rig.click("tile")
    assert [type(one) for one in tile.events].count(DoubleClick) == 1
    rig.clock.advance(2)
    rig.click("tile")
    rig.clock.advance(0.41)
    rig.click("tile")
    assert [type(one) for one in tile.events].count(DoubleClick) == 1


@pytest.mark.covers("D-INP-03", "D-IR-09")
@pytest.mark.parametrize("way", ["right", "back"])
def test_the_right_button_and_the_back_key_leave_a_page(way):
    rig = Rig()
    rig.open(Buttons(["a"]))
    above = rig.open(Buttons(["b"]))
    if way == "right":
        rig.click("b", "right")
    else:
        rig.key("back")
    assert above.shown_on is None
    assert rig.focus == "a"


def test_a_widget_may_take_the_right_button():
    rig = Rig()
    rig.open(Buttons(["a"]))
    page = rig.open(Buttons(["b"]))
    taken = []
    page.find("b").handle = lambda event: taken.append(event) or True
    rig.click("b", "right")
    assert any(isinstance(one, RightClick) for one in taken)
    assert page.shown_on is not None


def test_what_is_focused_survives_a_rebuild_by_its_name():
    rig = Rig()
    page = rig.open(Buttons(["a", "b", "c"]))
    rig.key("down", "down")
    page.names = ["z", "c", "a"]
    page.rebuild()
    assert rig.focus == "c"


def test_where_the_name_is_gone_the_focus_stays_near():
    rig = Rig()
    page = rig.open(Buttons(["a", "b", "c", "d"]))
    rig.key("down", "down")
    page.names = ["a", "b", "x", "d"]
    page.rebuild()
    assert rig.focus == "x"


def test_closing_a_dialog_gives_the_focus_back():
    rig = Rig()
    rig.open(Buttons(["a", "b", "c"]))
    rig.key("down")
    outer, inner = rig.open(Dialog(["x", "y"])), Dialog(["p"])
    rig.key("down")
    rig.open(inner)
    assert rig.focus == "p"
    rig.key("back")
    assert rig.focus == "y"
    outer.close()
    assert rig.focus == "b"


def test_a_dialog_is_modal():
    rig = Rig()
    page = rig.open(Buttons(["a"]))
    rig.open(Dialog(["x"]))
    rig.click(page.find("a"))
    assert page.pressed == []
    assert rig.focus == "x"


def test_closing_a_page_tells_the_result_once():
    rig = Rig()
    rig.open(Buttons(["a"]))
    told = []
    page = Dialog(["x"])
    rig.screen.navigator.push(page, then=told.append)
    page.close(7)
    page.close(8)
    assert told == [7]


def test_a_disabled_widget_loses_the_focus():
    rig = Rig()
    page = rig.open(Buttons(["a", "b"]))
    page.find("a").enabled = False
    rig.show()
    assert rig.focus == "b"


def test_tab_goes_round_in_reading_order():
    rig = Rig()
    rig.open(Buttons(["a", "b", "c"]))
    seen = []
    for _ in range(4):
        seen.append(rig.focus)
        rig.key("tab")
    assert seen == ["a", "b", "c", "a"]


def test_the_focus_scrolls_into_sight_and_then_leaves_the_scroll():
    rig = Rig()
    page = Page()
    rows = Column([Button(f"row {n}", name=f"row-{n}") for n in range(40)])
    page.add(Column([Scroll(rows, name="scroll"), Button("Save", name="save")]))
    rig.open(page)
    scroll = page.find("scroll")
    for _ in range(39):
        rig.key("down")
        assert scroll.rect.contains(rig.screen.focus.rect)
    assert rig.focus == "row-39"
    rig.key("down")
    assert rig.focus == "save"
    rig.key("up")
    assert rig.screen.focus.rect.colliderect(scroll.rect)
    assert unreachable(rig.screen) == []


def test_a_container_remembers_who_had_the_focus():
    rig = Rig()
    page = Page()
    side = Column([Button(f"s{n}", name=f"s{n}") for n in range(4)], remembers=True, width=200)
    page.add(Row([side, Column([Button("x", name="x")], grow=1)]))
    rig.open(page)
    rig.screen.focus_on("s2")
    rig.screen.focus_on("x")
    rig.key("left")
    assert rig.focus == "s2"


def test_a_named_neighbour_overrides_geometry():
    rig = Rig()
    page = rig.open(Buttons(["a", "b", "c"]))
    page.find("a").neighbours["down"] = "c"
    rig.key("down")
    assert rig.focus == "c"


def test_the_pointer_hides_after_five_seconds_of_keys():
    rig = Rig()
    rig.open(Buttons(["a", "b"]))
    rig.move("a")
    assert rig.screen.pointer_shown
    rig.key("down")
    assert 4.9 < rig.screen.sleep_s() <= 5
    rig.clock.advance(4.9)
    rig.show()
    assert rig.screen.pointer_shown
    rig.clock.advance(0.2)
    rig.show()
    assert not rig.screen.pointer_shown
    rig.move("b")
    assert rig.screen.pointer_shown


def test_keys_fall_through_from_widget_to_page_to_screen():
    rig = Rig()
    page = rig.open(Buttons(["a"]))
    heard = []
    rig.screen.keys["menu"] = lambda: heard.append("screen")
    rig.key("menu")
    page.keys["menu"] = lambda: heard.append("page")
    rig.key("menu")
    page.find("a").handle = lambda event: getattr(event, "name", "") == "menu"
    rig.key("menu")
    assert heard == ["screen", "page"]


def test_a_held_ok_key_activates_once():
    from gui.toolkit.event import Key

    rig = Rig()
    page = rig.open(Buttons(["a"]))
    rig.screen.handle(Key("ok"))
    rig.screen.handle(Key("ok", repeat=True))
    assert page.pressed == ["a"]


def test_news_for_a_page_that_has_gone_is_dropped():
    from tests.gui.held_worker import HeldWorker

    worker = HeldWorker()
    rig = Rig(worker=worker)
    rig.open(Buttons(["a"]))
    page = rig.open(Buttons(["b"]))
    told = []
    page.work(lambda: 1, told.append)
    page.close()
    worker.release()
    rig.show()
    assert told == []


def test_a_failed_job_is_told_in_words():
    from recorder.client.errors import Unavailable

    def fail():
        raise Unavailable(process="control")

    rig = Rig()
    page = rig.open(Buttons(["a"]))
    page.work(fail)
    rig.show()
    assert rig.notices == [str(Unavailable(process="control"))]
    rig.clock.advance(30)
    rig.show()
    assert rig.notices == []


def test_a_notice_leaves_the_buttons_at_the_foot_free():
    rig = Rig()
    rig.open(Buttons(["a"]))
    rig.screen.notices.say("Saved")
    rects = rig.show()
    foot = Rect(0, 720 - 66, 1280, 66)
    assert not any(rect.colliderect(foot) for rect in rects)


def test_a_window_of_another_size_shows_the_same_page_with_the_same_focus():
    rig = Rig()
    page = rig.open(Buttons(["a", "b"]))
    rig.key("down")
    rig.screen.resize((1920, 1080))
    rig.screen.advance()
    from pygame import Surface

    assert rig.screen.paint_on(Surface((1920, 1080), 0, 32)) == [Rect(0, 0, 1920, 1080)]
    assert rig.focus == "b"
    assert page.find("b").rect.height == 66


def test_pages_leave_nothing_behind():
    import gc
    import weakref

    rig = Rig()
    rig.open(Buttons(["a"]))
    gone = []
    for _ in range(20):
        page = rig.open(Dialog(["x", "y"]))
        rig.screen.animate(page.find("x"))
        rig.click("y")
        gone.append(weakref.ref(page))
        page.close()
        rig.show()
    del page
    gc.collect()
    assert [one for one in gone if one() is not None] == []


class Painted(Widget):
    """Fills its place with one colour."""

    def draw(self, surface):
        surface.fill((10, 200, 30), self.rect)


def test_a_widget_is_painted_in_its_place():
    rig = Rig()
    page = Page()
    page.add(Painted(grow=1))
    rig.open(page)
    assert rig.presenter.canvas.get_at((640, 360))[:3] == (10, 200, 30)
