"""Main or sub is played, channel by channel, as far as it is recorded (D-PLAY-06)."""

import pytest

from recorder.client.stream import StreamName
from recorder.client.views import PlayState
from tests.gui.playback.conftest import HOUR, MIDNIGHT

MAIN, SUB = StreamName.MAIN, StreamName.SUB
AT = MIDNIGHT + 10 * HOUR


@pytest.fixture
def both(player):
    """Channels 1 and 2 play; of the first the sub stream is recorded too, from 8 h on, and on the day before."""
    player.api.record(1, MIDNIGHT + 8 * HOUR, MIDNIGHT + 13 * HOUR, stream=SUB)
    player.open(1, AT)
    player.page.choose_channels([1, 2])
    player.settle()
    player.show_pictures()
    player.tell(AT, PlayState.STANDING)
    return player


def streams(player):
    """What decode plays of each channel."""
    return {one.channel: one.stream for one in player.session.views}


def lane(player, at=0):
    """What the timeline draws in one of its rows: beginnings and ends in hours."""
    return [((s - MIDNIGHT) / HOUR, (e - MIDNIGHT) / HOUR) for s, e, _type in player.page.timeline.lanes[at][1]]


@pytest.mark.covers("D-PLAY-06")
def test_a_press_plays_the_other_stream_of_one_channel_at_the_same_time(both):
    assert streams(both) == {1: MAIN, 2: MAIN}
    assert both.find("stream-1").text == "Main"
    before = len(both.orders)
    both.press("stream-1")
    both.settle()
    assert streams(both) == {1: SUB, 2: MAIN}
    assert both.find("stream-1").text == "Sub"
    assert [order for order in both.orders[before:] if order[0] != "open"] == []
    assert both.page.player.at_us == AT
    assert lane(both) == [(8, 13)]
    assert lane(both, 1) == [(8, 13)]
    assert "Front door · sub stream" in both.words()
    both.press("stream-1")
    both.settle()
    assert streams(both) == {1: MAIN, 2: MAIN}
    assert lane(both) == [(1, 13), (9, 9 + 1 / 60)]
    assert "sub stream" not in both.words()


@pytest.mark.covers("D-PLAY-06")
def test_a_remote_reaches_it_from_the_channels_row(both):
    both.screen.focus_on("channel-1")
    both.keys("right", "ok")
    both.settle()
    assert streams(both)[1] is SUB
    assert both.focus == "stream-1"


def test_what_runs_runs_on_with_the_other_stream(both):
    both.press("play")
    both.tell(AT, PlayState.PLAYING)
    before = len(both.orders)
    both.press("stream-1")
    both.settle()
    assert [name for name, *_rest in both.orders[before:]] == ["open", "speed"]
    assert both.page.player.transport.running


def test_where_the_main_stream_alone_is_recorded_nothing_is_offered(both):
    assert both.page.find("stream-2") is None
    assert "stream" not in both.find("channel-2").text.lower()


@pytest.mark.covers("D-PLAY-06")
def test_where_only_the_sub_stream_is_recorded_it_is_played_and_that_is_said(player):
    player.api.recorded[3] = []
    player.api.record(3, MIDNIGHT + 2 * HOUR, MIDNIGHT + 4 * HOUR, stream=SUB)
    player.open(3)
    player.show_pictures()
    assert streams(player) == {3: SUB}
    button = player.find("stream-3")
    assert button.text == "Sub"
    assert not button.enabled
    assert button.hint == "Only the Sub stream is recorded on this day."
    assert "Yard · sub stream" in player.words()


def test_a_day_on_which_the_wished_stream_is_missing_shows_the_other_and_the_wish_is_kept(both):
    both.press("stream-1")
    both.settle()
    both.page.choose_day(both.page.today().replace(day=20))
    both.settle()
    assert streams(both) == {1: MAIN, 2: MAIN}
    assert both.page.find("stream-1") is None
    both.page.choose_day(both.page.today())
    both.settle()
    assert streams(both)[1] is SUB


def test_holes_are_those_of_the_stream_that_is_played(both, monkeypatch):
    asked = []
    gaps = both.api.gaps
    monkeypatch.setattr(both.api, "gaps", lambda *given: asked.append((given[0], given[-1])) or gaps(*given))
    both.press("stream-1")
    both.settle()
    assert asked == [(1, SUB), (2, MAIN)]


def export(player):
    """Cut out an hour, and begin to take it away."""
    player.page.seek(AT)
    player.key("[")
    player.page.seek(AT + HOUR)
    player.key("]")
    player.key("e")
    return player.screen.navigator.top


def test_an_export_is_of_the_stream_that_is_played(both, monkeypatch):
    exported = []
    begin = both.api.export
    monkeypatch.setattr(
        both.api, "export", lambda *given, **named: exported.append(named["stream"]) or begin(*given, **named)
    )
    both.page.choose_channels([1])
    both.settle()
    both.press("stream-1")
    both.settle()
    dialog = export(both)
    assert dialog.find("stream").text == "The sub stream"
    dialog.begin()
    both.settle()
    assert exported == [SUB]


def test_an_export_of_both_is_of_the_main_stream(both):
    both.press("stream-1")
    both.settle()
    dialog = export(both)
    assert dialog.stream is MAIN
    assert dialog.find("stream") is None
