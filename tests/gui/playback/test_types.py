"""Which record types are in sight, how much there is of each, and what playback does with the others (D-PLAY-07)."""

import pytest

from gui.playback.lane import Stretch
from gui.playback.type_list import Amount, amounts
from recorder.client.views import PlayState
from tests.gui.playback.conftest import HOUR, MIDNIGHT, MINUTE, SECOND, PlaybackInHand

MOTION_US, ALARM_US = MIDNIGHT + 3 * HOUR, MIDNIGHT + 5 * HOUR
MOTION = (MOTION_US, MOTION_US + 10 * MINUTE)
ALARM = (ALARM_US, ALARM_US + MINUTE)
END_US = MIDNIGHT + 6 * HOUR


@pytest.fixture
def typed():
    """One day: general recording with ten minutes of motion and a minute of alarm; the day before general alone."""
    player = PlaybackInHand()
    for start, end, kind in (
        (MIDNIGHT - 4 * HOUR, MIDNIGHT, "general"),
        (MIDNIGHT + HOUR, MOTION[0], "general"),
        (*MOTION, "motion"),
        (MOTION[1], ALARM[0], "general"),
        (*ALARM, "motion&alarm"),
        (ALARM[1], END_US, "general"),
    ):
        player.api.record(1, start, end, kind)
    player.open(1, MOTION_US)
    player.tell(MOTION_US, PlayState.STANDING)
    return player


def on_timeline(player):
    """The types of what the timeline draws."""
    return [one.type for _name, lane in player.page.timeline.lanes for one in lane]


def hide(player, *kinds):
    for kind in kinds:
        player.press(f"type-{kind}")


def run(player, speed=1.0):
    """It plays."""
    player.press("play" if speed > 0 else "reverse")
    player.wait(1.1)
    player.orders.clear()


def test_only_kinds_that_occur_are_added_up_lightest_first():
    found = amounts([Stretch(0, 60, "alarm"), Stretch(60, 90), Stretch(90, 95, "motion&alarm"), Stretch(95, 99, "new")])
    assert list(found.items()) == [("general", Amount(2, 34)), ("alarm", Amount(2, 65))]


@pytest.mark.covers("D-PLAY-07")
def test_each_type_says_how_much_of_it_there_is(typed):
    said = typed.words()
    assert "General: 3 recordings, 4 h 49 min" in said
    assert "Motion: 1 recording, 10 min 00 s" in said
    assert "Alarm: 1 recording, 1 min 00 s" in said
    assert "Intelligent" not in said


@pytest.mark.covers("D-PLAY-07")
def test_a_hidden_type_is_not_on_the_timeline_until_it_is_shown_again(typed):
    hide(typed, "general")
    assert on_timeline(typed) == ["motion", "motion&alarm"]
    assert "General: 3 recordings, 4 h 49 min · hidden" in typed.words()
    hide(typed, "general")
    assert len(on_timeline(typed)) == 5
    assert "hidden" not in typed.words()


@pytest.mark.covers("D-PLAY-07")
def test_a_remote_reaches_the_types_by_a_key_or_by_arrows(typed):
    typed.key("f")
    assert typed.focus == "type-general"
    typed.keys("ok", "down")
    assert typed.focus == "type-motion"
    assert on_timeline(typed) == ["motion", "motion&alarm"]
    typed.keys("up", "ok")
    assert len(on_timeline(typed)) == 5


def test_a_seek_beside_what_is_in_sight_goes_to_the_next_of_it(typed):
    hide(typed, "general")
    typed.page.seek(MIDNIGHT + 2 * HOUR)
    assert typed.orders[-1] == ("seek", MOTION[0])
    typed.page.seek(MOTION[1] + MINUTE)
    assert typed.orders[-1] == ("seek", ALARM[0])
    typed.key("previous")
    assert typed.orders[-1] == ("seek", MOTION[0])


@pytest.mark.covers("D-PLAY-07")
def test_playback_passes_over_what_is_hidden_either_way(typed):
    hide(typed, "general")
    run(typed)
    typed.tell(MOTION[1] - SECOND)
    assert typed.orders == []
    typed.tell(MOTION[1] + SECOND // 10)
    assert typed.orders == [("seek", ALARM[0])]
    typed.orders.clear()
    typed.tell(MOTION[1] + SECOND // 5)
    assert typed.orders == []  # told from before the jump
    run(typed, -1)
    typed.tell(ALARM[0] - SECOND // 10, speed=-1.0)
    assert typed.orders == [("seek", MOTION[1] - 1)]


def test_it_passes_over_nothing_where_that_is_not_wished(typed):
    hide(typed, "general")
    typed.press("types-only")
    run(typed)
    typed.tell(MOTION[1] + SECOND)
    assert typed.orders == []
    assert on_timeline(typed) == ["motion", "motion&alarm"]


def test_nothing_is_passed_over_while_all_is_in_sight(typed):
    run(typed)
    typed.tell(MOTION[1] + SECOND)
    assert typed.orders == []


def test_after_the_last_of_it_playback_stands_and_says_so(typed):
    hide(typed, "general")
    run(typed)
    typed.tell(ALARM[1] + SECOND)
    assert typed.orders == [("speed", 0.0)]
    assert "Nothing in sight is recorded after this on this day." in typed.screen.notices.texts()


def test_what_is_recorded_just_now_is_not_taken_for_hidden(typed):
    hide(typed, "general")
    run(typed)
    typed.tell(END_US + SECOND)
    assert typed.orders == []


def test_hiding_what_is_shown_goes_to_the_next_in_sight(typed):
    typed.page.seek(MIDNIGHT + 2 * HOUR)
    hide(typed, "general")
    assert typed.orders[-1] == ("seek", MOTION[0])
    hide(typed, "motion")
    assert typed.orders[-1] == ("seek", ALARM[0])


def test_hiding_the_last_that_is_shown_goes_back_to_the_one_before(typed):
    typed.page.seek(ALARM[1] + MINUTE)
    hide(typed, "general")
    assert typed.orders[-1] == ("seek", ALARM[1] - 1)


def test_one_type_that_was_recorded_stays_in_sight(typed):
    hide(typed, "general", "motion", "alarm")
    assert on_timeline(typed) == ["motion&alarm"]
    assert "One type that was recorded stays in sight." in typed.screen.notices.texts()


@pytest.mark.covers("D-PLAY-07")
def test_a_day_without_the_types_in_sight_says_so_and_offers_all(typed):
    hide(typed, "general")
    typed.page.choose_day(typed.page.today().replace(day=20))
    typed.settle()
    assert typed.page.video.message == "Nothing of the types in sight is recorded on this day."
    assert "Motion: none on this day" not in typed.words()
    typed.press("message-action")
    typed.settle()
    assert typed.page.video.message == ""
    assert on_timeline(typed) == ["general"]
    assert typed.page.player.at_us is not None


def test_a_hidden_type_that_does_not_occur_can_be_shown_again(typed):
    hide(typed, "motion")
    typed.page.choose_day(typed.page.today().replace(day=20))
    typed.settle()
    assert "Motion: none on this day · hidden" in typed.words()
    hide(typed, "motion")
    assert "Motion" not in typed.words()


def test_a_hidden_picture_is_still_called_recorded(typed):
    hide(typed, "general")
    tile = typed.page.video.tiles[0]
    assert tile.is_recorded(MIDNIGHT + 2 * HOUR)
