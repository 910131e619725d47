"""Pictures are drawn out of the memory that decode shares, whole, and counted."""

import pygame
import pytest

from gui.wall.pictures import Pictures
from recorder.client.stream import StreamName
from tests.gui.doubles import FakeDecode

RED, GREEN, BLUE = (200, 0, 0), (0, 200, 0), (0, 0, 200)


@pytest.fixture
def decode():
    return FakeDecode()


@pytest.fixture
def live(decode):
    found = Pictures(decode).live(1)
    found.want(StreamName.SUB, 64, 48)
    return found


class Target:
    """Something to draw on; while it is drawn on, decode goes on as a test says."""

    def __init__(self, meanwhile=lambda: None):
        self.meanwhile = meanwhile
        self.seen = []

    def get_bitsize(self):
        return 0  # like no surface, so that it is drawn on by `blit`

    def blit(self, picture, _at):
        self.meanwhile()
        self.seen.append(picture.get_at((3, 3))[:3])


def test_before_the_first_picture_there_is_nothing_to_draw(live):
    target = Target()
    assert not live.refresh()
    assert (live.there, live.size) == (False, (0, 0))
    live.draw(target, (0, 0))
    assert target.seen == []
    assert live.scaled((8, 8)).get_at((1, 1))[:3] == (0, 0, 0)


def test_a_picture_is_there_once_and_stays_until_the_next(decode, live):
    decode.picture(live.view, RED)
    assert live.refresh()
    assert not live.refresh()
    target = pygame.Surface((64, 48), depth=32)
    live.draw(target, (0, 0))
    live.draw(target, (0, 0))
    assert target.get_at((63, 47))[:3] == RED
    assert live.scaled((5, 5)).get_at((2, 2))[0] == pytest.approx(RED[0], abs=4)
    decode.picture(live.view, GREEN)
    assert live.refresh()
    live.draw(target, (0, 0))
    assert target.get_at((0, 0))[:3] == GREEN


@pytest.mark.parametrize("at", [(0, 0), (16, 12), (-10, 5), (60, 40)])
@pytest.mark.parametrize("clip", [None, (20, 20, 30, 100)])
def test_only_what_may_be_drawn_on_is_drawn_on(decode, live, at, clip):
    decode.picture(live.view, GREEN)
    live.refresh()
    target = pygame.Surface((96, 72), depth=32)
    target.fill(BLUE)
    target.set_clip(clip)
    live.draw(target, at)
    drawn = pygame.Rect(at, live.size).clip(target.get_clip())
    for x in range(96):
        for y in range(72):
            assert target.get_at((x, y)) == ((*GREEN, 255) if drawn.collidepoint(x, y) else (*BLUE, 255))


def test_a_target_of_another_format_gets_the_same_colours(decode, live):
    decode.picture(live.view, RED)
    live.refresh()
    target = pygame.Surface((64, 48), depth=24)
    live.draw(target, (0, 0))
    assert target.get_at((63, 47))[:3] == RED


def test_what_decode_wrote_over_while_it_was_drawn_is_drawn_again(decode, live):
    coming = [GREEN, BLUE]
    decode.picture(live.view, RED)
    live.refresh()
    target = Target(lambda: [decode.picture(live.view, coming.pop(0)) for _each in list(coming)])
    live.draw(target, (0, 0))
    assert target.seen[-1] == BLUE
    assert len(target.seen) == 2


def test_a_decode_that_never_rests_holds_nobody_up(decode, live):
    decode.picture(live.view, RED)
    live.refresh()
    target = Target(lambda: [decode.picture(live.view, GREEN) for _each in range(3)])
    live.draw(target, (0, 0))
    assert len(target.seen) == 4


def test_the_old_picture_stays_while_a_new_size_is_on_its_way(decode, live):
    decode.picture(live.view, RED)
    live.refresh()
    live.want(StreamName.SUB, 32, 24)
    assert not live.refresh()
    assert live.size == (64, 48)
    decode.picture(live.view, GREEN)
    assert live.refresh()
    assert live.size == (32, 24)


def test_pictures_taken_and_missed_are_counted(decode):
    pictures = Pictures(decode)
    live = pictures.live(1)
    live.want(StreamName.SUB, 64, 48)
    for count in (1, 1, 3):
        for _each in range(count):
            decode.picture(live.view)
        live.refresh()
    assert (pictures.tally.taken, pictures.tally.missed) == (3, 2)
