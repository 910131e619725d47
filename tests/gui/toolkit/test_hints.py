"""Buttons that show only a picture say what they are called, to whoever stays on them."""

import pygame
import pytest

from gui.toolkit.button import Button, IconButton
from gui.toolkit.hints import REST_S, SHOWN_S
from gui.toolkit.layout import Align, Column, Row
from gui.toolkit.page import Page
from tests.gui.rig import SIZES, Rig


def at_buttons(size=(1280, 720), along=Align.START):
    rig = Rig(size)
    rig.pressed = []
    page = Page()
    row = Row(
        [
            IconButton("tags", "Tags", lambda: rig.pressed.append("tags"), name="tags"),
            Button("Export", print, name="export"),
            IconButton("lock", "Lock, or release", print, name="lock"),
        ],
        along=Align.END,
    )
    page.add(Column([row], along=along, grow=1))
    rig.open(page)
    return rig


def rest(rig, seconds=REST_S + 0.1):
    rig.clock.advance(seconds)
    return rig.show()


def pixels(rig):
    return pygame.image.tobytes(rig.presenter.canvas, "RGB")


@pytest.mark.parametrize("size", SIZES)
@pytest.mark.parametrize("along", [Align.START, Align.END])
def test_a_picture_is_named_whole_on_the_screen_and_the_name_goes_without_a_trace(size, along):
    rig = at_buttons(size, along)
    rig.key("right", "right")
    before = pixels(rig)
    assert rest(rig)
    said = rig.screen.hints.rect
    assert rig.screen.hints.words == "Lock, or release"
    assert rig.screen.rect.contains(said)
    assert not said.colliderect(rig.find("lock").rect)
    assert pixels(rig) != before
    rest(rig, SHOWN_S + 0.1)
    assert rig.screen.hints.words == ""
    assert pixels(rig) == before
    assert rig.screen.sleep_s() is None


def test_who_passes_by_or_presses_is_told_nothing():
    rig = at_buttons()
    rest(rig, REST_S / 2)
    rig.key("right")
    rest(rig)
    assert rig.screen.hints.words == ""
    rig.key("left")
    rest(rig)
    assert rig.screen.hints.words == "Tags"
    rig.key("ok")
    assert rig.pressed == ["tags"]
    assert rig.screen.hints.words == ""
    rest(rig)
    assert rig.screen.hints.words == ""


def test_the_pointer_is_told_too_and_a_page_that_comes_over_it_takes_the_name_away():
    rig = at_buttons()
    rig.move("lock")
    rest(rig)
    assert rig.screen.hints.words == "Lock, or release"
    rig.open(Page(children=[Button("Close", print, name="close")]))
    rest(rig)
    assert rig.screen.hints.words == ""
