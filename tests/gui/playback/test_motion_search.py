"""Motion is searched in a painted part of the picture, over days, and what nobody looked at is never told as rest."""

import pytest

from recorder.client.grid import WHOLE, rectangle
from recorder.client.views import PictureFlag
from tests.gui.playback.conftest import HOUR, MIDNIGHT, MINUTE, SECOND, PlaybackInHand

DOOR = rectangle(0, 0, 4, 4)
LEFT, RIGHT = MIDNIGHT + 9 * HOUR, MIDNIGHT + 11 * HOUR
YESTERDAY = MIDNIGHT - 2 * HOUR


@pytest.fixture
def seen(player):
    """Today: at the door at 9, elsewhere at 11, nobody looked from 3 to 5 h; yesterday at 22 h."""
    player.api.moved[1] = [
        ((YESTERDAY, YESTERDAY + 20 * SECOND), DOOR),
        ((LEFT, LEFT + 30 * SECOND), DOOR),
        ((RIGHT, RIGHT + MINUTE), rectangle(10, 10, 2, 2)),
    ]
    player.api.analysed[1] = [
        (MIDNIGHT - 4 * HOUR, MIDNIGHT + 3 * HOUR),
        (MIDNIGHT + 5 * HOUR, MIDNIGHT + 13 * HOUR),
    ]
    return player.open()


def search(player):
    player.key("m")
    player.settle()
    return player.page.motion


def moments(player):
    return [one.value for one in player.page.motion.panel.moments.entries if not one.icon]


@pytest.mark.covers("D-PLAY-13", "V-SRCH-03")
def test_what_moved_is_found_at_once_and_what_was_not_analysed_is_said(seen):
    motion = search(seen)
    assert moments(seen) == [(RIGHT, RIGHT + MINUTE), (LEFT, LEFT + 30 * SECOND)]
    assert [one.value for one in motion.panel.moments.entries if one.icon] == [
        (MIDNIGHT + 3 * HOUR, MIDNIGHT + 5 * HOUR)
    ]
    assert "2 h 00 min recorded without being analysed" in seen.words()
    assert seen.page.timeline.found.moved == ((LEFT, LEFT + 30 * SECOND), (RIGHT, RIGHT + MINUTE))


@pytest.mark.covers("D-PLAY-13")
def test_a_region_painted_over_the_picture_by_mouse_narrows_the_search(seen):
    seen.show_pictures()
    motion = search(seen)
    assert motion.grid.rect == seen.page.video.tiles[0].picture_place()
    seen.drag(motion.grid.place_of(0, 0).center, motion.grid.place_of(3, 3).center)
    seen.settle()
    assert motion.grid.cells == DOOR
    assert moments(seen) == [(LEFT, LEFT + 30 * SECOND)]
    seen.press("motion-everywhere")
    seen.settle()
    assert len(moments(seen)) == 2


@pytest.mark.covers("D-PLAY-13")
def test_a_remote_paints_the_region_and_goes_from_moment_to_moment(seen):
    motion = search(seen)
    assert seen.focus == "region"
    seen.keys("ok", "right", "down", "ok")
    seen.settle()
    assert motion.grid.cells == rectangle(0, 0, 2, 2)
    assert seen.api.calls[-2][-1] == "0,0,2,2"
    seen.page.to_moment(MIDNIGHT + 8 * HOUR)
    seen.key("next")
    assert seen.page.player.at_us == LEFT - 2 * SECOND
    seen.key("next")
    assert seen.screen.notices.texts() == ["Nothing was seen to move after this."]


@pytest.mark.covers("D-PLAY-13")
def test_a_search_over_days_leads_to_the_day_of_a_moment(seen):
    search(seen).panel.period.choose(3)
    for _turn in range(4):
        seen.settle()
    assert moments(seen)[-1] == (YESTERDAY, YESTERDAY + 20 * SECOND)
    seen.page.motion.go(moments(seen)[-1])
    seen.settle()
    assert seen.page.calendar.selected.isoformat() == "2026-11-20"
    assert seen.page.player.at_us == YESTERDAY - 2 * SECOND


@pytest.mark.covers("D-PLAY-13")
def test_playing_leaves_out_what_lies_between_moments_and_stands_after_the_last(seen):
    motion = search(seen)
    motion.go((LEFT, LEFT + 30 * SECOND))
    seen.wait(1.2)
    seen.tell(LEFT + 10 * SECOND)
    before = len(seen.orders)
    seen.tell(LEFT + 40 * SECOND)
    assert seen.orders[before:] == [("seek", RIGHT - 2 * SECOND)]
    seen.wait(1.2)
    seen.tell(RIGHT + 2 * MINUTE)
    assert seen.orders[-1] == ("speed", 0.0)


def test_moments_have_pictures_that_are_fetched_one_after_another(seen):
    motion = search(seen)
    seen.wait(0.1)
    (session,) = [one for number, one in seen.decode.sessions.items() if number != seen.page.player._session]
    (view,) = session.views
    assert session.orders == [("open", RIGHT + SECOND)]
    seen.decode.picture(view.id, (0, 0, 90), RIGHT + SECOND, PictureFlag.PREVIEW)
    seen.wait(0.1)
    assert motion.panel.moments.thumbnails.get(RIGHT + SECOND) is None
    seen.decode.picture(view.id, (10, 200, 10), RIGHT + SECOND)
    seen.wait(0.1)
    assert motion.panel.moments.thumbnails.get(RIGHT + SECOND).get_at((5, 5))[:3] == (10, 200, 10)
    assert session.orders[-1] == ("seek", LEFT + SECOND)


def test_a_channel_that_nobody_looked_at_is_not_told_to_be_at_rest(player):
    player.open()
    search(player)
    assert [one.icon for one in player.page.motion.panel.moments.entries] == ["clock_off"]
    assert "Nothing was seen" not in player.words()
    assert "nobody knows what moved then" in player.words()


def test_ending_the_search_brings_back_what_was_shown(seen):
    seen.page.choose_channels([1, 2])
    seen.settle()
    search(seen)
    assert seen.page.chosen == [1]
    seen.key("back")
    seen.settle()
    assert (seen.page.chosen, seen.focus) == ([1, 2], "motion")
    assert seen.page.timeline.found is None
    assert len(seen.decode.sessions) == 1
    assert seen.screen.navigator.top is seen.page


def test_the_whole_grid_is_the_whole_picture(seen):
    motion = search(seen)
    motion.grid.show(WHOLE)
    motion.ask()
    seen.settle()
    assert seen.api.calls[-2] == ("motion", 1, MIDNIGHT, MIDNIGHT + 13 * HOUR + 30 * MINUTE - 15 * SECOND, "")


@pytest.mark.parametrize("size", [(1280, 720), (1920, 1080), (1024, 768)])
def test_everything_of_the_search_fits(size):
    player = PlaybackInHand(size).record().open()
    search(player)
    panel = player.page.motion.panel
    assert all(panel.rect.contains(one.rect) for one in panel.children if one.visible)
    assert panel.moments.rect.height >= 2 * panel.moments._high()
