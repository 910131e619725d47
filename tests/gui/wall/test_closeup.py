"""Looking closer at the only picture of the wall, by mouse, by keyboard and by remote (D-LIVE-10)."""

from dataclasses import replace

import pygame
import pytest

from gui.toolkit.event import Move, Press
from recorder.client.status import StreamState
from tests.gui.wall.conftest import WallInHand


@pytest.fixture
def alone():
    """One camera of two, alone and with its picture."""
    at_wall = WallInHand().open((1, 2))
    at_wall.show_pictures()
    at_wall.key("ok")
    at_wall.show_pictures()
    return at_wall


def near(*sides):
    """A part but for rounding."""
    return pytest.approx(sides)


def sides(one):
    return one.left, one.top, one.width, one.height


def part(at_wall, channel=1):
    """What decode was asked for, once the screen has looked."""
    at_wall.wait(0.04)
    return at_wall.decode.parts[at_wall.decode.of_channel(channel)]


@pytest.mark.covers("D-LIVE-10")
def test_the_wheel_enlarges_at_the_pointer_and_back(alone):
    alone.wheel((320, 180), 2)
    assert sides(part(alone)) == near(0.125, 0.125, 0.5, 0.5)
    alone.wheel((320, 180), 4)
    assert part(alone).width == pytest.approx(1 / 8)
    alone.wheel((320, 180), 3)
    assert part(alone).width == pytest.approx(1 / 8)
    alone.wheel((320, 180), -6)
    assert part(alone) is None
    alone.wheel((320, 180), -1)
    assert alone.channels == [1]


def test_the_size_that_is_asked_for_stays_that_of_the_tile(alone):
    before = alone.decode.asked[alone.decode.of_channel(1)]
    alone.wheel((640, 360), 3)
    assert part(alone) is not None
    assert alone.decode.asked[alone.decode.of_channel(1)] == before


@pytest.mark.covers("D-LIVE-10")
def test_a_drag_moves_the_picture_under_the_hand(alone):
    alone.wheel((640, 360), 2)
    alone.drag((640, 360), (512, 288))
    assert sides(part(alone)) == near(0.3, 0.3, 0.5, 0.5)
    alone.drag((100, 100), (1200, 700))
    assert part(alone).left == 0
    assert part(alone).top == 0
    assert alone.channels == [1]


@pytest.mark.covers("D-LIVE-10")
def test_the_right_button_shows_all_of_it_and_only_then_the_menu(alone):
    alone.wheel((640, 360), 2)
    alone.right_click((640, 360))
    assert part(alone) is None
    assert "Main menu" not in alone.words()
    alone.right_click((640, 360))
    assert "Main menu" in alone.words()


def test_back_shows_all_of_it_and_only_then_the_split(alone):
    alone.wheel((640, 360), 2)
    alone.key("back")
    assert part(alone) is None
    assert alone.channels == [1]
    alone.key("back")
    assert alone.channels == [1, 2, None, None]


def test_a_double_click_still_leads_back_to_the_split(alone):
    alone.wheel((640, 360), 2)
    alone.click((640, 360))
    alone.wait(1)
    assert alone.channels == [1]
    alone.click((640, 360), times=2)
    assert alone.channels == [1, 2, None, None]
    assert part(alone) is None


@pytest.mark.covers("D-LIVE-10", "D-IR-11")
def test_a_remote_goes_closer_from_the_menu_and_moves_by_arrows(alone):
    alone.key("menu")
    choose(alone, "Look closer")
    assert part(alone).width == pytest.approx(0.5)
    assert any("Arrows move" in one for one in alone.screen.notices.texts())
    alone.key("right")
    assert part(alone).left == pytest.approx(0.375)
    alone.keys("left", "left", "left", "down")
    assert part(alone).left == 0
    assert part(alone).top == pytest.approx(0.375)
    alone.keys("ok", "ok")
    assert part(alone).width == pytest.approx(1 / 8)
    alone.key("ok")
    assert part(alone) is None
    assert alone.channels == [1]
    alone.key("right")
    assert alone.channels == [2]


def choose(at_wall, words):
    """Press the line of a menu that reads so."""
    line = next(one for one in at_wall.screen.navigator.top.walk() if one.text == words)
    at_wall.click(line.rect.center)


def test_the_menu_shows_all_of_it_again(alone):
    alone.key("z")
    assert part(alone) is not None
    alone.key("menu")
    choose(alone, "Show all of the picture")
    assert part(alone) is None


def test_keys_of_a_keyboard_enlarge_step_by_step(alone):
    alone.keys("+", "+")
    assert part(alone).width == pytest.approx(0.5)
    alone.key("-")
    assert part(alone).width == pytest.approx(2**-0.5)
    alone.keys("-")
    assert part(alone) is None


def test_another_channel_begins_with_all_of_its_picture(alone):
    alone.wheel((640, 360), 2)
    assert part(alone) is not None
    alone.key("page_down")
    assert alone.channels == [2]
    assert part(alone, 2) is None
    alone.show_pictures()
    alone.key("page_up")
    assert part(alone, 1) is None


def test_in_a_split_the_wheel_turns_the_page_as_ever(at_wall):
    at_wall.open(range(1, 9))
    at_wall.wall.choose_split(4)
    at_wall.show_pictures()
    at_wall.wheel((100, 100), -1)
    assert at_wall.channels == [5, 6, 7, 8]
    assert set(at_wall.decode.parts.values()) == {None}
    at_wall.key("z")
    assert set(at_wall.decode.parts.values()) == {None}


def test_without_a_picture_nothing_is_enlarged(at_wall):
    at_wall.open((1, 2), ch1=StreamState.OFF)
    at_wall.key("ok")
    at_wall.wait(0.04)
    at_wall.key("back")
    at_wall.tell((1,), ch1=StreamState.OFF)
    at_wall.refresh()
    at_wall.wheel((640, 360), 2)
    at_wall.key("z")
    assert part(at_wall) is None


def test_a_picture_that_goes_away_is_whole_when_it_is_back(alone):
    alone.wheel((640, 360), 2)
    assert part(alone) is not None
    alone.feed.latest = replace(
        alone.feed.latest,
        streams=tuple(replace(one, state=StreamState.UNREACHABLE) for one in alone.feed.latest.streams),
    )
    alone.refresh()
    assert part(alone) is None


def test_a_small_drawing_shows_which_part_is_in_sight_and_goes_again(alone):
    place = pygame.Rect(0, 0, 200, 130)

    def shown():
        alone.show_pictures((60, 90, 120))
        return pygame.image.tobytes(alone.surface.subsurface(place), "RGB")

    without = shown()
    alone.wheel((640, 360), 2)
    middle = shown()
    assert middle != without
    alone.key("right")
    assert shown() not in {middle, without}
    alone.key("back")
    assert shown() == without


def test_a_hand_that_does_nothing_asks_decode_for_nothing(alone):
    before = len(alone.decode.calls)
    for _time in range(30):
        alone.show_pictures()
    assert len(alone.decode.calls) == before
    alone.wheel((640, 360), 2)
    alone.wait(0.04)
    asked = len(alone.decode.calls)
    assert asked == before + 1
    alone.screen.handle(Press(640, 360))
    for x in range(641, 741):
        alone.screen.handle(Move(x, 360))
    alone.wait(0.04)
    assert len(alone.decode.calls) <= asked + 2  # however often a mouse says that it moved
