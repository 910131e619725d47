"""Looking closer at recorded pictures, standing and playing, one and several (D-PLAY-11, D-LIVE-10)."""

import pytest

from recorder.client.views import PlayState
from tests.gui.playback.conftest import HOUR, MIDNIGHT

AT = MIDNIGHT + 10 * HOUR


@pytest.fixture
def shown(player):
    """One channel, standing, with its picture."""
    player.open(1, AT)
    player.show_pictures()
    player.tell(AT, PlayState.STANDING)
    return player


def near(*sides):
    """A part but for rounding."""
    return pytest.approx(sides, abs=0.01)


def sides(one):
    return one.left, one.top, one.width, one.height


def part(player, channel=1):
    """What decode was asked for, once the screen has looked."""
    player.wait(0.04)
    return next(one.part for one in player.session.views if one.channel == channel)


def middle(player, channel=1):
    return player.find(f"video-{channel}").rect.center


@pytest.mark.covers("D-PLAY-11")
def test_the_wheel_over_a_picture_enlarges_it_and_the_timeline_stays(shown):
    window = shown.page.timeline.window
    shown.wheel(middle(shown), 2)
    assert sides(part(shown)) == near(0.25, 0.25, 0.5, 0.5)
    assert shown.page.timeline.window == window
    shown.drag(middle(shown), (0, 0))
    assert part(shown).left == pytest.approx(0.5)
    shown.wheel(middle(shown), -2)
    assert part(shown) is None


@pytest.mark.covers("D-PLAY-11")
def test_the_right_button_and_back_show_all_of_it_before_they_leave(shown):
    shown.wheel(middle(shown), 2)
    shown.right_click(middle(shown))
    assert part(shown) is None
    shown.wheel(middle(shown), 2)
    shown.key("back")
    assert part(shown) is None
    assert shown.screen.navigator.top is shown.page
    shown.key("back")
    assert shown.screen.navigator.top is not shown.page


@pytest.mark.covers("D-PLAY-11")
def test_a_remote_goes_closer_by_the_button_and_moves_by_arrows(shown):
    shown.press("closer")
    assert part(shown).width == pytest.approx(0.5)
    assert shown.focus == "video-1"
    shown.keys("right", "down")
    assert sides(part(shown)) == near(0.375, 0.375, 0.5, 0.5)
    shown.keys("ok", "ok", "ok")
    assert part(shown) is None


def test_the_key_does_as_the_button_wherever_the_focus_is(shown):
    assert shown.focus == "play"
    shown.key("z")
    assert part(shown).width == pytest.approx(0.5)


def test_what_plays_plays_on_while_a_part_is_chosen(shown):
    shown.press("play")
    shown.tell(AT, PlayState.PLAYING)
    before = len(shown.orders)
    shown.wheel(middle(shown), 2)
    assert part(shown) is not None
    assert [name for name, *_rest in shown.orders[before:]] == ["open"]
    assert shown.page.player.transport.running


def test_a_hand_that_does_nothing_opens_nothing_again(shown):
    before = len(shown.orders)
    for _time in range(20):
        shown.show_pictures()
    assert len(shown.orders) == before


def test_each_of_several_pictures_has_its_own_part(player):
    player.open(1, AT)
    player.page.choose_channels([1, 2])
    player.settle()
    player.show_pictures()
    player.tell(AT, PlayState.STANDING)
    player.wheel(middle(player, 2), 2)
    assert part(player, 1) is None
    assert part(player, 2) is not None
    player.wheel(middle(player, 1), 4)
    assert part(player, 1).width == pytest.approx(0.25)
    assert part(player, 2).width == pytest.approx(0.5)
    player.page.choose_channels([1])
    player.settle()
    assert part(player, 1) is None


def test_a_region_is_painted_over_all_of_a_picture(shown):
    shown.wheel(middle(shown), 2)
    assert part(shown) is not None
    shown.press("motion")
    assert part(shown) is None
    shown.wheel(middle(shown), 2)
    shown.page.act("closer")
    assert part(shown) is None


def test_plus_and_minus_are_the_timelines_unless_the_picture_has_the_focus(shown):
    window = shown.page.timeline.window
    shown.key("+")
    assert shown.page.timeline.window != window
    assert part(shown) is None
    window = shown.page.timeline.window
    shown.move(middle(shown))
    shown.key("+")
    assert part(shown) is not None
    assert shown.page.timeline.window == window
