"""The player does what its keys say, whatever decode tells in between."""

import pytest
from hypothesis import given
from hypothesis import strategies as st

from gui.playback.transport import SPEEDS, Close, Mode, Open, Seek, Speed, Step, Transport, pace_words
from recorder.client.views import PlayState, Position

AT = 1_700_000_000_000_000


def told(player, state, at_us=AT, speed=0.0):
    return player.told(Position(1, at_us, speed, state))


def playing():
    player = Transport(AT)
    player.play_or_pause()
    told(player, PlayState.PLAYING)
    return player


def test_play_opens_at_the_cursor():
    player = Transport(AT)
    assert player.play_or_pause() == [Open(AT, 1.0)]
    assert player.mode is Mode.SEEKING
    told(player, PlayState.PLAYING, AT + 40_000)
    assert player.mode is Mode.PLAYING
    assert player.at_us == AT + 40_000


def test_without_a_moment_no_key_does_anything():
    player = Transport()
    for key in (player.play_or_pause, player.reverse, player.normal, player.stop, player.pause):
        assert key() == []
    assert player.step(1) == []
    assert player.mode is Mode.STOPPED


def test_pause_stands_and_play_goes_on_at_the_same_pace():
    player = playing()
    assert player.faster() == [Speed(2.0)]
    assert player.play_or_pause() == [Speed(0.0)]
    assert player.mode is Mode.PAUSED
    assert player.play_or_pause() == [Speed(2.0)]


@pytest.mark.covers("D-PLAY-09")
def test_the_paces_go_from_a_quarter_to_sixteen_and_no_further():
    player = playing()
    assert [order.speed for _key in SPEEDS for order in player.faster()] == [2, 4, 8, 16]
    assert [order.speed for _key in range(9) for order in player.slower()] == [8, 4, 2, 1, 0.5, 0.25]


@pytest.mark.covers("D-RULE-45")
def test_the_key_play_leaves_slow_motion_backwards_and_single_frames():
    for enter in (Transport.slow, Transport.reverse, lambda player: [*player.slow(), *player.reverse()]):
        player = playing()
        enter(player)
        assert player.press("play") == [Speed(1.0)]
        assert (player.pace, player.backwards, player.running) == (1.0, False, True)
    player = playing()
    player.step(-1)
    assert player.press("play") == [Speed(1.0)]
    assert player.press("play") == [Speed(0.0)]
    player.fast()
    assert player.press("play") == [Speed(2.0)]


def test_the_pace_can_be_chosen_while_standing():
    player = playing()
    player.pause()
    assert player.faster() == []
    assert player.play_or_pause() == [Speed(2.0)]


def test_reverse_turns_round_and_runs():
    player = playing()
    assert player.reverse() == [Speed(-1.0)]
    assert player.reverse() == [Speed(1.0)]
    player.pause()
    assert player.reverse() == [Speed(-1.0)]
    assert player.normal() == [Speed(1.0)]


def test_reverse_opens_backwards_when_stopped():
    assert Transport(AT).reverse() == [Open(AT, -1.0)]


def test_a_step_stands_first():
    player = playing()
    assert player.step(-1) == [Speed(0.0), Step(-1)]
    told(player, PlayState.STANDING, AT - 40_000)
    assert player.mode is Mode.PAUSED
    assert player.step(1) == [Step(1)]


def test_a_step_while_stopped_opens_standing():
    assert Transport(AT).step(1) == [Open(AT, 0.0), Step(1)]


def test_a_seek_goes_on_playing_and_a_standing_player_stays_standing():
    player = playing()
    assert player.seek(AT + 10) == [Seek(AT + 10)]
    told(player, PlayState.SEEKING, AT)
    assert player.at_us == AT + 10
    told(player, PlayState.PLAYING, AT + 10)
    assert player.mode is Mode.PLAYING
    player.pause()
    player.seek(AT)
    told(player, PlayState.STANDING)
    assert player.mode is Mode.PAUSED


def test_a_seek_while_stopped_moves_only_the_cursor():
    player = Transport(AT)
    assert player.seek(AT + 5) == []
    assert player.play_or_pause() == [Open(AT + 5, 1.0)]


def test_showing_a_moment_opens_standing():
    player = Transport()
    assert player.show(AT) == [Open(AT, 0.0)]
    assert player.show(AT + 1) == [Seek(AT + 1)]


def test_stop_closes_and_what_is_told_late_is_ignored():
    player = playing()
    player.faster()
    assert player.stop() == [Close()]
    assert not told(player, PlayState.PLAYING, AT + 99)
    assert player.at_us == AT
    assert player.play_or_pause() == [Open(AT, 1.0)]


def test_the_end_is_told_and_turning_round_leaves_it():
    player = playing()
    told(player, PlayState.ENDED)
    assert player.mode is Mode.ENDED
    assert player.reverse() == [Speed(-1.0)]
    assert player.mode is Mode.PLAYING


def test_a_lost_process_is_waited_for():
    player = playing()
    assert player.lost()
    assert player.mode is Mode.WAITING
    assert player.running
    assert player.play_or_pause() == [Speed(0.0)]
    assert player.mode is Mode.WAITING
    told(player, PlayState.STANDING)
    assert player.mode is Mode.PAUSED


def test_an_old_message_does_not_undo_a_pause():
    player = playing()
    player.pause()
    told(player, PlayState.PLAYING, AT + 1)
    assert player.mode is Mode.PAUSED


KEYS = ["play_or_pause", "pause", "stop", "reverse", "faster", "slower", "normal"]


@given(st.lists(st.one_of(st.sampled_from(KEYS), st.sampled_from(PlayState), st.just("lost"), st.integers(-2, 2))))
def test_whatever_comes_the_orders_fit_an_open_session(steps):
    player, is_open = Transport(AT), False
    for step in steps:
        if isinstance(step, PlayState):
            told(player, step)
            continue
        if step == "lost":
            player.lost()
            continue
        orders = player.step(step) if isinstance(step, int) else getattr(player, step)()
        for order in orders:
            assert isinstance(order, Open) != is_open
            is_open = not isinstance(order, Close)
            if isinstance(order, Open | Speed):
                assert abs(order.speed) in (0.0, *SPEEDS)
        assert player.is_open == is_open


@pytest.mark.parametrize(("pace", "words"), [(0.25, "¼\u00d7"), (0.5, "½\u00d7"), (1.0, "1\u00d7"), (16.0, "16\u00d7")])
def test_paces_are_written_plainly(pace, words):
    assert pace_words(pace) == words
    assert pace_words(pace, backwards=True) == f"\u2212{words}"
