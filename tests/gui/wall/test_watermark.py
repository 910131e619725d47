"""Whose eyes the pictures are for lies over them, as long as he is logged in."""

from dataclasses import dataclass, replace

import pygame
import pytest

from gui.session import Session
from gui.wall.watermark import draw_watermark
from recorder.client.answers import Session as Entered
from recorder.client.api import ApiError
from tests.gui.pages.house import PlainWall
from tests.gui.rig import Rig


@dataclass
class Api:
    """As much of control as a login needs."""

    found: Entered
    token: str = ""
    path: str = "/nowhere"

    def log_in(self, _user, _password):
        return self.found

    def page(self, _name):
        raise ApiError(403, "Refused", "not for you")

    def status(self):
        raise ApiError(403, "Refused", "not for you")

    def log_out(self):
        pass


@pytest.mark.covers("D-ACC-03")
@pytest.mark.parametrize("marked", [True, False])
def test_the_name_lies_over_pictures_while_its_user_is_logged_in(marked):
    rig = Rig()
    rig.open(PlainWall())
    session = Session(Api(replace(Entered("anna", "user", 0), watermark=marked)), rig.screen)
    session.log_in("anna", "x")
    picture = pygame.Rect(100, 100, 400, 225)

    surface = pygame.Surface((640, 480))
    draw_watermark(surface, rig.screen, picture)
    black = surface.map_rgb((0, 0, 0))
    changed = [(x, y) for x in range(640) for y in range(480) if surface.get_at_mapped((x, y)) != black]
    assert bool(changed) is marked
    assert all(picture.collidepoint(at) for at in changed)
    assert all(at[0] > picture.centerx and at[1] < picture.centery for at in changed)
    session.log_out()
    assert rig.screen.watermark == ""


def test_how_far_back_somebody_sees_is_known_as_long_as_he_is_logged_in():
    rig = Rig()
    rig.open(PlainWall())
    day_us = 86_400_000_000
    since_us = rig.clock.now_us() - 3 * day_us
    session = Session(Api(replace(Entered("anna", "user", 0), since_us=since_us)), rig.screen)
    assert session.since_us == 0
    session.log_in("anna", "x")
    assert session.since_us == since_us
    rig.clock.advance(60)
    assert session.since_us == since_us + 60_000_000
    session.log_out()
    assert session.since_us == 0
