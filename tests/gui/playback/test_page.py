"""A moment is found by day and timeline, watched, and cut out: by mouse and by keys."""

from dataclasses import replace
from datetime import UTC, date, datetime, timedelta
from pathlib import Path
from zoneinfo import ZoneInfo

import pytest

from gui.playback.page import Playback
from gui.playback.window import Window, same_time
from gui.toolkit.theme import DANGER_DEEP
from gui.wall import manner
from recorder.client.answers import Gap, JobState, StickStatus
from recorder.client.api import ApiError
from recorder.client.errors import Unavailable
from recorder.client.stream import StreamName
from recorder.client.views import PictureFlag, PlayState
from tests.gui.held_worker import HeldWorker
from tests.gui.playback.conftest import HOUR, MIDNIGHT, MINUTE, NAMES, SECOND, PlaybackInHand


@pytest.mark.covers("V-PLAY-01")
def test_it_opens_on_today_standing_shortly_before_the_newest_moment(player):
    player.open()
    assert player.page.calendar.selected == date(2026, 11, 21)
    assert player.page.player.at_us == MIDNIGHT + 13 * HOUR - MINUTE
    assert player.orders[-1] == ("open", MIDNIGHT + 13 * HOUR - MINUTE)
    assert [view.channel for view in player.session.views] == [1]
    assert "12:59:00" in player.words()


def test_it_opens_at_the_moment_and_channel_that_were_asked_for(player):
    player.open(3, MIDNIGHT - HOUR)
    assert player.page.calendar.selected == date(2026, 11, 20)
    assert player.page.player.at_us == MIDNIGHT - HOUR
    assert [view.channel for view in player.session.views] == [3]


def test_pictures_are_asked_for_in_the_size_of_their_place(player):
    player.open()
    (view,) = player.session.views
    assert (view.width, view.height) == player.find("video-1").rect.size
    assert view.stream is StreamName.MAIN
    player.show_pictures((10, 200, 10))
    assert player.surface.get_at(player.find("video-1").rect.center)[:3] == (10, 200, 10)


def test_full_hours_are_those_of_the_clock_on_the_wall(player):
    player.doors.zone = ZoneInfo("Asia/Kolkata")
    player.open(1, MIDNIGHT + 9 * HOUR + 20 * MINUTE)
    player.key("next")
    assert player.page.player.at_us == MIDNIGHT + 9 * HOUR + 30 * MINUTE
    player.key("next")
    player.key("previous")
    assert player.page.player.at_us == MIDNIGHT + 9 * HOUR + 30 * MINUTE


@pytest.mark.covers("D-PLAY-09")
def test_every_key_of_the_player_works_from_the_keyboard(player):
    player.open()
    before = len(player.orders)
    for key in ("space", "l", ">", "forward", "<", "j", "k", ",", ".", "space"):
        player.key(key)
    assert player.orders[before:] == [
        ("speed", 1.0),
        ("speed", 1.0),
        ("speed", 2.0),
        ("speed", 4.0),
        ("speed", 2.0),
        ("speed", -2.0),
        ("speed", 0.0),
        ("step", -1),
        ("step", 1),
        ("speed", -2.0),
    ]
    player.key("stop")
    assert player.session is None


@pytest.mark.covers("D-IR-03", "D-IR-04", "D-IR-08")
def test_the_keys_of_a_remote_change_the_pace_and_the_direction(player):
    player.open()
    before = len(player.orders)
    for key in ("play", *["forward"] * 5, *["slow"] * 3, "reverse", "reverse", "reverse", "play"):
        player.key(key)
    speeds = [speed for _order, speed in player.orders[before:]]
    assert speeds == [1.0, 2.0, 4.0, 8.0, 16.0, 1.0, 0.5, 0.25, 1.0, -1.0, 0.0, -1.0, 1.0]


@pytest.mark.covers("D-IR-05", "D-IR-06")
def test_next_and_previous_go_from_recording_to_recording_and_by_the_hour_within_one(player):
    player.open(1, MIDNIGHT + 9 * HOUR + 20 * MINUTE)
    at = []
    for key in ("next", "next", "previous", "previous", "previous"):
        player.key(key)
        at.append((player.page.player.at_us - MIDNIGHT) / HOUR)
    assert at == [10, 11, 10, 9, 8]


@pytest.mark.covers("D-PLAY-09")
def test_every_key_of_the_player_works_by_mouse(player):
    player.open()
    before = len(player.orders)
    for name in ("play", "faster", "slower", "reverse", "play", "step-back", "step"):
        player.press(name)
        player.wait(0.5)
    assert player.orders[before:] == [
        ("speed", 1.0),
        ("speed", 2.0),
        ("speed", 1.0),
        ("speed", -1.0),
        ("speed", 0.0),
        ("step", -1),
        ("step", 1),
    ]
    player.press("stop")
    assert player.session is None
    player.press("play")
    assert [order[0] for order in player.orders] == ["open", "speed"]


def test_time_and_cursor_follow_what_decode_tells(player):
    player.open()
    player.key("space")
    player.tell(MIDNIGHT + 10 * HOUR + 5 * SECOND)
    assert "10:00:05" in player.words()
    assert player.page.timeline.at_us == MIDNIGHT + 10 * HOUR + 5 * SECOND
    assert "Playing" in player.words()
    player.tell(MIDNIGHT + 13 * HOUR, PlayState.ENDED)
    assert "End of recording" in player.words()


@pytest.mark.covers("V-USR-05")
def test_nothing_older_than_a_users_limit_is_asked_of_decode(player):
    limit = MIDNIGHT + 9 * HOUR
    player.open(1, MIDNIGHT + 10 * HOUR)
    player.page.player.since = lambda: limit
    player.page.to_moment(MIDNIGHT + 3 * HOUR)
    player.page.scrub(MIDNIGHT + HOUR)
    player.press("stop")
    player.page.player.do(player.page.player.transport.show(MIDNIGHT - 5 * HOUR))
    player.press("play")
    assert player.orders
    assert all(order[1] >= limit for order in player.orders if order[0] in {"open", "seek"})


@pytest.mark.covers("V-USR-05")
def test_playing_backwards_stands_still_at_a_users_limit(player):
    limit = MIDNIGHT + 9 * HOUR
    player.open(1, MIDNIGHT + 10 * HOUR)
    player.page.player.since = lambda: limit
    player.key("space")
    player.page.act("reverse")
    player.tell(limit + SECOND, speed=-1.0)
    assert player.page.player.transport.running
    player.tell(limit - SECOND, speed=-1.0)
    assert player.orders[-1] == ("seek", limit)
    assert not player.page.player.transport.running


def test_a_moving_cursor_draws_no_picture_and_no_lanes(player):
    player.open()
    player.key("space")
    player.tell(MIDNIGHT + 10 * HOUR)
    player.decode.at(player.page.player._session, MIDNIGHT + 10 * HOUR + SECOND)
    player.clock.advance(1 / 30)
    rects = player.settle()
    assert rects
    video = player.find("video-1").rect
    assert not any(rect.colliderect(video) for rect in rects)
    assert sum(rect.width * rect.height for rect in rects) < 1280 * 720 / 12


def test_standing_draws_nothing(player):
    player.open()
    player.show_pictures()
    player.clock.advance(1 / 30)
    assert player.settle() == []


@pytest.mark.covers("D-PLAY-08.1")
def test_a_click_on_the_timeline_goes_there(player):
    player.open()
    timeline = player.page.timeline
    player.click((timeline.x_of(MIDNIGHT + 6 * HOUR), timeline.lane_rect(0).centery))
    name, at_us = player.orders[-1]
    assert name == "seek"
    assert abs(at_us - (MIDNIGHT + 6 * HOUR)) < 2 * MINUTE


@pytest.mark.covers("D-PLAY-08.1")
def test_a_click_beside_the_footage_goes_to_the_next(player):
    player.open()
    timeline = player.page.timeline
    player.click((timeline.x_of(MIDNIGHT + 10 * MINUTE), timeline.lane_rect(0).centery))
    assert player.orders[-1] == ("seek", MIDNIGHT + HOUR)
    player.wait(1)
    player.click((timeline.x_of(MIDNIGHT + 20 * HOUR), timeline.lane_rect(0).centery))
    assert player.screen.notices.texts() == ["Nothing is recorded after this time."]


@pytest.mark.covers("D-PLAY-08.2")
def test_the_wheel_zooms_about_the_pointer_and_the_keys_about_the_cursor(player):
    player.open()
    timeline = player.page.timeline
    at = (timeline.x_of(MIDNIGHT + 6 * HOUR), timeline.lane_rect(0).centery)
    under = timeline.moment(at[0])
    player.wheel(at, 5)
    assert timeline.window.span_us < 9 * HOUR
    assert abs(timeline.moment(at[0]) - under) <= timeline.window.span_us / timeline.track.width
    player.wheel(at, -9)
    assert timeline.window.is_whole
    player.keys("+", "+", "+")
    assert timeline.window.holds(player.page.player.at_us)
    assert timeline.window.span_us < 13 * HOUR
    player.press("zoom-out")
    player.key("-")
    player.key("-")
    assert timeline.window.is_whole


@pytest.mark.covers("D-PLAY-08.3")
def test_a_drag_moves_the_timeline_and_does_not_seek(player):
    player.open()
    timeline = player.page.timeline
    timeline.show_window(timeline.window.spanning(2 * HOUR, MIDNIGHT + 6 * HOUR))
    before, orders = timeline.window, len(player.orders)
    y = timeline.lane_rect(0).centery
    player.drag((600, y), (800, y))
    moved = before.start_us - timeline.window.start_us
    assert moved == pytest.approx(2 * HOUR * 200 / timeline.track.width, rel=0.01)
    assert len(player.orders) == orders


@pytest.mark.covers("D-PLAY-08.4")
def test_the_cursor_in_the_hand_shows_pictures_on_its_way(player):
    player.open(1, MIDNIGHT + 4 * HOUR)
    timeline = player.page.timeline
    y = timeline.lane_rect(0).centery
    before = len(player.orders)
    start = (timeline.x_of(MIDNIGHT + 4 * HOUR), y)
    player.drag(start, (timeline.x_of(MIDNIGHT + 9 * HOUR), y), steps=20)
    assert 2 <= len(player.orders) - before <= 10
    assert abs(player.orders[-1][1] - (MIDNIGHT + 9 * HOUR)) < 2 * MINUTE


@pytest.mark.covers("D-PLAY-04", "V-PLAY-02")
@pytest.mark.parametrize("by_keys", [True, False])
def test_another_day_is_chosen_in_the_calendar(player, by_keys):
    player.open()
    calendar = player.page.calendar
    assert calendar.footage == {20, 21}
    if by_keys:
        player.screen.focus_on("calendar")
        player.keys("left", "ok")
    else:
        player.click(calendar.day_rect(date(2026, 11, 20)).center)
    assert calendar.selected == date(2026, 11, 20)
    assert player.page.timeline.window.first_us == MIDNIGHT - 24 * HOUR
    assert player.orders[-1] == ("seek", MIDNIGHT - 4 * HOUR)


def test_a_day_without_recordings_says_so_and_leads_to_the_latest(player):
    player.open()
    player.page.choose_day(date(2026, 11, 3))
    player.settle()
    assert "No recordings on this day." in player.words()
    assert player.session is None
    player.press("message-action")
    assert player.page.calendar.selected == date(2026, 11, 21)
    assert player.page.video.message == ""
    assert player.session is not None


def test_with_nothing_recorded_at_all_the_page_says_so(empty_player):
    empty_player.open()
    assert "No recordings on this day." in empty_player.words()
    assert empty_player.focus == "message-action"
    empty_player.key("ok")
    assert "Nothing is recorded yet." in empty_player.words()


def test_without_a_camera_the_page_leads_to_the_first_one(empty_player):
    empty_player.api.names = {}
    empty_player.open()
    assert "There is no camera yet." in empty_player.words()
    assert empty_player.focus == "message-action"
    empty_player.key("ok")
    assert empty_player.doors.opened == [("add_camera",)]


def test_a_failure_is_told_in_words_and_tried_again(player):
    player.api.failing = Unavailable(process="control")
    player.open()
    assert "The control service is not running." in player.words()
    assert player.focus == "message-action"
    player.api.failing = None
    player.key("ok")
    assert player.page.video.message == ""
    assert player.session is not None


@pytest.mark.covers("D-PLAY-05")
def test_up_to_four_channels_play_on_one_clock(player):
    player.open()
    for channel in (2, 3, 4):
        player.press(f"channel-{channel}")
    assert [view.channel for view in player.session.views] == [1, 2, 3, 4]
    assert player.page.timeline.text == "Front door · Drive · Yard · Garage"
    assert len({player.find(f"video-{channel}").rect.topleft for channel in (1, 2, 3, 4)}) == 4
    player.page.list.toggle(5)
    player.settle()
    assert "Up to 4 channels" in player.screen.notices.texts()[0]
    assert len(player.session.views) == 4
    for channel in (1, 2, 3):
        player.page.list.toggle(channel)
        player.settle()
    player.page.list.toggle(4)
    player.settle()
    assert [view.channel for view in player.session.views] == [4]


def test_channels_are_switched_by_keys_and_the_focus_stays(player):
    player.open()
    player.screen.focus_on("channel-2")
    player.key("ok")
    assert player.page.chosen == [1, 2]
    assert player.focus == "channel-2"
    player.keys("down", "ok")
    assert player.page.chosen == [1, 2, 3]


def test_a_channel_alone_and_back_by_double_click_and_ok(player):
    player.open()
    player.press("channel-2")
    player.wait(1)
    player.click(player.find("video-2").rect.center, times=2)
    assert [view.channel for view in player.session.views] == [2]
    player.wait(1)
    player.key("ok")
    assert [view.channel for view in player.session.views] == [1, 2]


def test_a_channel_without_footage_at_this_time_says_so(player):
    player.open()
    player.press("channel-2")
    player.page.seek(MIDNIGHT + 3 * HOUR)
    view = player.decode.of_channel(2)
    player.decode.picture(view, (0, 0, 0), flags=PictureFlag.EMPTY)
    player.wait(0.04)
    assert "No recording at this time" in player.find("video-2").text


def test_footage_that_cannot_be_read_is_not_said_to_be_missing(player):
    player.open()
    recorded_us = player.page.footage.first_us
    player.decode.picture(player.decode.of_channel(1), (0, 0, 0), at_us=recorded_us, flags=PictureFlag.EMPTY)
    player.wait(0.04)
    assert "Recorded, but it cannot be read now." in player.find("video-1").text
    player.decode.picture(player.decode.of_channel(1), (0, 0, 0), at_us=recorded_us - 1, flags=PictureFlag.EMPTY)
    player.wait(0.04)
    assert "No recording at this time" in player.find("video-1").text


def test_playing_past_midnight_turns_to_the_next_day(player):
    player.open(1, MIDNIGHT - MINUTE)
    player.key("space")
    player.tell(MIDNIGHT + 2 * SECOND)
    assert player.page.calendar.selected == date(2026, 11, 21)
    assert player.page.timeline.window.holds(MIDNIGHT + 2 * SECOND)


@pytest.mark.parametrize("speed", [1.0, -1.0])
def test_what_cannot_be_read_is_not_said_to_be_missing_where_playback_jumps_over_it(player, speed):
    player.open(1, MIDNIGHT + 3 * HOUR)
    player.key("space")

    def jump(to_us, skipped_us):
        # What is told of the jump is older than what is seen of the position.
        player.decode.skips[player.page.player._session] = skipped_us
        player.tell(to_us, speed=speed)
        return player.screen.notices.texts()[-1]

    end_us = MIDNIGHT + 8 * HOUR
    assert "recorded, but it cannot be read" in jump(end_us if speed > 0 else end_us - 4 * HOUR, 4 * HOUR)
    at_us = MIDNIGHT + HOUR if speed > 0 else MIDNIGHT + 5
    player.api.recorded[1] = [one for one in player.api.recorded[1] if one.start_us >= MIDNIGHT]
    player.wait(6, step=1)
    assert "without a recording" in jump(at_us, HOUR - 10)


def test_a_step_past_midnight_turns_to_the_next_day(player):
    player.open(1, MIDNIGHT - MINUTE)
    player.key(".")
    player.tell(MIDNIGHT + SECOND // 25, PlayState.STANDING)
    assert player.page.calendar.selected == date(2026, 11, 21)
    assert player.page.timeline.window.holds(MIDNIGHT)


def test_a_day_that_is_chosen_while_it_plays_is_gone_to_though_the_recorder_is_slow():
    worker = HeldWorker()
    player = PlaybackInHand(worker=worker).record()

    def answered():
        while worker.held:
            worker.release()
            player.settle()

    player.open()
    answered()
    player.key("space")
    player.tell(MIDNIGHT + 12 * HOUR)
    player.page.choose_day(date(2026, 11, 20))
    for late in range(1, 4):
        player.tell(MIDNIGHT + 12 * HOUR + late * SECOND)
    player.page.load_day(quiet=True)
    answered()
    assert player.page.calendar.selected == date(2026, 11, 20)
    assert player.page.player.at_us == MIDNIGHT - 4 * HOUR
    # What was told before decode heard of it changes nothing either.
    player.tell(MIDNIGHT + 12 * HOUR + 4 * SECOND)
    answered()
    assert player.page.calendar.selected == date(2026, 11, 20)
    assert player.orders[-1] == ("seek", MIDNIGHT - 4 * HOUR)


def test_a_lost_decode_is_told_and_the_last_picture_stays(player):
    player.open()
    player.show_pictures((10, 200, 10))
    player.decode.connected = False
    player.wait(0.1)
    assert "Waiting" in player.words()
    assert player.surface.get_at(player.find("video-1").rect.center)[:3] == (10, 200, 10)
    player.decode.connected = True
    player.tell(player.page.player.at_us, PlayState.STANDING)
    assert "Paused" in player.words()


def test_an_answer_that_was_overtaken_is_not_shown():
    worker = HeldWorker()
    player = PlaybackInHand(worker=worker).record()
    player.open()
    worker.release()
    player.settle()
    player.page.choose_day(date(2026, 11, 3))
    player.page.choose_day(date(2026, 11, 20))
    worker.held.reverse()
    worker.release()
    player.settle()
    assert player.page.video.message == ""
    assert not player.page.footage.is_empty


def test_todays_recordings_grow_while_the_page_is_open(player):
    player.open()
    newest = MIDNIGHT + 13 * HOUR + 20 * MINUTE
    player.api.record(1, MIDNIGHT + 13 * HOUR, newest)
    player.wait(6, step=1)
    assert player.page.footage.last_us == newest


@pytest.mark.covers("V-PLAY-11")
def test_back_ends_the_session(player):
    player.open()
    player.press("back")
    assert player.decode.sessions == {}
    assert player.decode.asked == {}
    assert player.screen.navigator.top.name == "below"


# Taking it away.


def mark(player):
    player.page.seek(MIDNIGHT + 9 * HOUR)
    player.key("[")
    player.page.seek(MIDNIGHT + 9 * HOUR + 6 * MINUTE)
    player.key("]")


def test_an_export_needs_its_marks(player):
    player.open()
    player.press("export")
    assert "Mark the beginning and the end first" in player.screen.notices.texts()[0]


def test_a_mark_alone_says_where_it_stands_and_one_that_another_drops_says_so(player):
    player.open()
    player.page.seek(MIDNIGHT + 9 * HOUR)
    player.key("[")
    assert "from 09:00:00" in player.words()
    player.page.seek(MIDNIGHT + 8 * HOUR)
    player.key("]")
    assert "until 08:00:00" in player.words()
    assert "Mark its beginning again" in player.screen.notices.texts()[-1]


def test_marks_are_set_by_mouse_too_and_can_be_dragged(player):
    player.open()
    player.page.seek(MIDNIGHT + 4 * HOUR)
    player.press("mark-in")
    player.page.seek(MIDNIGHT + 8 * HOUR)
    player.press("mark-out")
    player.page.seek(MIDNIGHT + 6 * HOUR)
    assert "4 h 00 min" in player.words()
    timeline = player.page.timeline
    y = timeline.lane_rect(0).centery
    player.drag((timeline.x_of(MIDNIGHT + 8 * HOUR), y), (timeline.x_of(MIDNIGHT + 10 * HOUR), y))
    assert abs(player.page.cut.length_us - 6 * HOUR) < 2 * MINUTE


def test_an_export_is_asked_for_watched_and_told(player):
    player.open()
    player.press("channel-2")
    mark(player)
    player.doors.folder = Path("/media/stick")
    player.key("e")
    said = player.words()
    assert "09:00:00 to 09:06:00 (6 min 00 s)" in said
    assert "2 MP4 files" in said
    assert "/dev/null/exports" in said
    player.press("change-folder")
    assert "/media/stick" in player.words()
    player.press("begin")
    start = MIDNIGHT + 9 * HOUR
    assert player.api.calls[-1] == ("export", (1, 2), start, start + 6 * MINUTE, Path("/media/stick"))
    player.api.job = replace(player.api.job, done_us=3 * MINUTE, bytes=40_000_000)
    player.wait(0.6)
    assert "50 %" in player.words()
    assert player.find("progress").value == 0.5
    player.api.job = replace(player.api.job, state=JobState.DONE, files=("Front door.mp4", "Drive.mp4"), bytes=9**9)
    player.wait(0.6)
    assert "Saved in /media/stick" in player.words()
    assert "Drive.mp4" in player.words()
    player.key("ok")
    assert player.screen.navigator.top is player.page


STICK = StickStatus("USB1", "EVIDENCE", "/media/nightjar/EVIDENCE", 32_000_000_000, 31_000_000_000)


def test_a_stick_that_is_in_is_where_an_export_goes(player):
    player.open()
    mark(player)
    player.doors.sticks = (STICK,)
    player.key("e")
    assert "USB stick EVIDENCE, 31.0 GB free" in player.words()
    player.press("begin")
    assert player.api.calls[-1][-1] == Path(STICK.place)
    player.api.job = replace(player.api.job, state=JobState.DONE, files=("Front door.mp4",), bytes=1000)
    player.doors.sticks = (replace(STICK, writing=True),)
    player.wait(1.1)
    assert "Saved on the USB stick EVIDENCE. Do not pull it out yet." in player.words()
    player.doors.sticks = (STICK,)
    player.wait(1.1)
    assert "Saved on the USB stick EVIDENCE. It can be pulled out." in player.words()
    player.doors.sticks = ()
    player.wait(1.1)
    assert "Saved on the USB stick EVIDENCE." in player.words()


def test_a_stick_that_is_pushed_in_while_it_is_asked_where_to_is_offered(player):
    player.open()
    mark(player)
    player.key("e")
    assert "/dev/null/exports" in player.words()
    assert "Push in a USB stick to take it with you." in player.words()
    player.doors.sticks = (STICK,)
    player.wait(1.1)
    assert "/dev/null/exports" in player.words()
    assert "Push in a USB stick" not in player.words()
    player.press("stick-USB1")
    assert "USB stick EVIDENCE, 31.0 GB free" in player.words()
    player.press("recorder")
    assert "/dev/null/exports" in player.words()


def test_a_chosen_stick_that_is_pulled_out_is_told_and_nothing_goes_there(player):
    player.open()
    mark(player)
    player.doors.sticks = (STICK,)
    player.key("e")
    player.doors.sticks = ()
    player.wait(1.1)
    assert "The USB stick EVIDENCE was pulled out." in player.words()
    player.press("begin")
    assert player.api.calls[-1][-1] == player.doors.exports


def test_a_stick_that_is_too_full_is_told_before(player):
    player.open()
    mark(player)
    player.doors.sticks = (replace(STICK, free_bytes=5_000_000),)
    player.key("e")
    assert "That is more than fits there." in player.words()


def test_a_stick_that_can_only_be_read_is_not_offered(player):
    player.open()
    mark(player)
    player.doors.sticks = (replace(STICK, read_only=True),)
    player.key("e")
    assert "EVIDENCE" not in player.words()


def test_the_size_is_estimated_from_what_is_recorded(player):
    player.open()
    mark(player)
    player.key("e")
    # 13 GB in 12 hours are 108 MB in six minutes; the minute of alarm adds its own.
    assert "About 109 MB" in player.words()


def test_an_export_can_be_stopped(player):
    player.open()
    mark(player)
    player.keys("e", "ok")
    player.press("stop")
    player.wait(0.6)
    assert ("cancel_export", "1") in player.api.calls
    assert "The export was stopped. Nothing was kept." in player.words()
    player.press("again")
    assert "About" in player.words()


def test_a_stopped_export_says_which_files_were_finished(player):
    player.open()
    mark(player)
    player.keys("e", "ok")
    player.api.job = replace(player.api.job, files=("Front door.mp4",))
    player.press("stop")
    player.wait(0.6)
    assert "One file was finished and lies in /dev/null/exports." in player.words()
    assert "Front door.mp4" in player.words()


def test_an_export_that_the_recorder_forgot_has_failed_in_words(player):
    player.open()
    mark(player)
    player.keys("e", "ok")
    player.api.failing = ApiError(404, "NotFound", "There is no export 1.")
    player.wait(0.6)
    assert "The recorder was restarted in the middle of the export." in player.words()
    assert player.find("again") is not None


def test_the_time_under_the_pointer_is_never_covered_by_that_of_the_cursor(player):
    player.open()
    timeline = player.find("timeline")
    for aside in range(-120, 121, 5):
        timeline.show_cursor(MIDNIGHT + 9 * HOUR)
        timeline.show_hover(timeline.moment(timeline.x_of(MIDNIGHT + 9 * HOUR) + aside))
        assert not timeline._hover_bubble(timeline.hover_us).colliderect(timeline._bubble(timeline.at_us))
        assert timeline.rect.contains(timeline._hover_bubble(timeline.hover_us))


@pytest.mark.covers("V-EXP-10")
def test_the_usual_folder_is_made_when_it_is_first_needed(player, tmp_path):
    player.doors.exports = tmp_path / "data" / "exports"
    player.open()
    mark(player)
    player.keys("e", "ok")
    assert player.doors.exports.is_dir()
    assert player.api.calls[-1][-1] == player.doors.exports


def test_only_channels_with_footage_between_the_marks_are_exported(player):
    player.open()
    player.press("channel-2")
    player.page.seek(MIDNIGHT + 3 * HOUR)
    player.key("[")
    player.page.seek(MIDNIGHT + 4 * HOUR)
    player.key("]")
    player.key("e")
    assert player.find("channels").text == "Front door"
    assert "one MP4 file" in player.words()


def test_a_cut_over_midnight_is_exported_and_locked_whole_whatever_day_is_in_sight(player):
    player.open(1, MIDNIGHT - HOUR)
    player.press("channel-2")
    player.key("[")
    player.page.choose_day(date(2026, 11, 21))
    player.settle()
    player.page.seek(MIDNIGHT + 2 * HOUR)
    player.key("]")
    player.key("e")
    player.settle()
    assert player.find("channels").text == "Front door, Drive"
    # An hour of yesterday of both, and today an hour of one.
    assert "About 3.1 GB, 2 MP4 files" in player.words()
    player.press("cancel")
    player.page.choose_day(date(2026, 11, 3))
    player.settle()
    player.key("h")
    player.settle()
    assert player.find("lock-sheet").find("channels").text == "Front door, Drive"


def test_pictures_keep_their_shape(player):
    player.open()
    view = player.session.views[0].id
    player.decode.picture(view)
    player.decode.states[view] = replace(player.decode.states[view], width=704, height=576)
    player.wait(0.1)
    (shown,) = player.session.views
    assert shown.width / shown.height == pytest.approx(4 / 3, abs=0.01)


def test_a_day_with_little_footage_shows_all_of_it_large(empty_player):
    empty_player.api.record(1, MIDNIGHT + 9 * HOUR, MIDNIGHT + 9 * HOUR + 4 * MINUTE)
    empty_player.open()
    window = empty_player.page.timeline.window
    assert window.span_us == 10 * MINUTE
    assert window.holds(MIDNIGHT + 9 * HOUR)
    assert window.holds(MIDNIGHT + 9 * HOUR + 4 * MINUTE)


def test_a_refused_export_says_why_and_stays_open(player):
    player.open()
    mark(player)
    player.key("e")
    player.api.failing = Unavailable(process="reader")
    player.press("begin")
    assert "The reader service is not running." in player.words()
    player.api.failing = None
    player.press("begin")
    assert player.api.job.state is JobState.RUNNING


def test_a_hidden_export_goes_on_and_its_end_is_told(player):
    player.open()
    mark(player)
    player.keys("e", "ok", "back")
    assert player.screen.navigator.top is player.page
    player.api.job = replace(player.api.job, state=JobState.DONE, files=("a.mp4",))
    player.wait(0.6)
    assert player.screen.notices.texts() == ["Exported to /dev/null/exports."]


@pytest.mark.parametrize(
    ("state", "words", "told"),
    [
        (JobState.DONE, "", "Exported to /dev/null/exports."),
        (JobState.FAILED, "There is too little space.", "There is too little space."),
    ],
)
def test_the_end_of_a_hidden_export_is_told_though_playback_was_left(player, state, words, told):
    player.open()
    mark(player)
    player.keys("e", "ok", "back")
    player.screen.navigator.close(player.page)
    player.wait(0.6)
    player.api.job = replace(player.api.job, state=state, words=words)
    player.wait(0.6)
    assert player.screen.notices.texts() == [told]


def test_who_may_not_watch_a_camera_is_told_why_another_one_is_shown(player):
    player.api.channels = lambda every=player.api.channels: [
        replace(one, may=("live",)) if one.number == 3 else one for one in every()
    ]
    player.open(3)
    assert player.page.chosen == [1]
    assert player.screen.notices.texts() == ["You may not watch recordings of this camera."]


def test_the_day_that_is_today_changes_at_midnight(player):
    player.open()
    player.clock.advance(24 * 3600)
    player.wait(5.1)
    assert player.page.calendar.today == date(2026, 11, 22)
    assert player.page.calendar.selected == date(2026, 11, 21)


@pytest.mark.covers("V-PLAY-03")
def test_a_time_is_typed_and_gone_to(player):
    player.open()
    for digit in "905":
        player.key(digit)
    assert player.find("time").text == "9:05"
    player.key("ok")
    assert player.page.player.at_us == MIDNIGHT + 9 * HOUR + 5 * MINUTE
    assert player.screen.navigator.top is player.page


def test_a_time_that_is_none_is_told_and_beside_the_footage_the_next_is_taken(player):
    player.open()
    player.press("go-to-time")
    player.keys("9", "9", "9", "9", "ok")
    assert "A time is written as 14:05." in player.words()
    player.press("do")
    assert player.page.player.at_us != MIDNIGHT + 9 * HOUR
    player.page.screen.navigator.top.close()
    player.keys("0", "0", "3", "0", "ok")
    assert player.page.player.at_us == MIDNIGHT + HOUR


@pytest.mark.parametrize("day", [date(2026, 3, 28), date(2026, 3, 29), date(2026, 10, 25)])
def test_another_day_is_shown_at_the_same_time_of_day_though_the_clock_was_changed(day):
    berlin = ZoneInfo("Europe/Berlin")
    shown = datetime(2026, 11, 20, 14, 5, 7, 250, tzinfo=berlin)
    at_us = same_time(round(shown.timestamp() * 1_000_000), day, berlin)
    assert datetime.fromtimestamp(at_us / 1_000_000, berlin).strftime("%F %T.%f") == f"{day} 14:05:07.000250"


@pytest.mark.covers("D-LIVE-09")
def test_the_last_minutes_play_at_once(player):
    page = Playback(
        player.pictures, player.api, player.doors, (1,), MIDNIGHT + 12 * HOUR, player.noted.append, running=True
    )
    player.screen.navigator.push(page)
    player.page = page
    player.settle()
    player.settle()
    assert page.player.transport.running
    assert player.orders[-1] == ("speed", 1.0)


@pytest.fixture
def left_early():
    """Somebody who asked for an export and left its dialog before the recorder had answered."""
    player = PlaybackInHand(worker=HeldWorker()).record()
    player.open()
    answered(player)
    mark(player)
    answered(player)
    player.keys("e", "ok")
    assert player.focus == "hide"
    player.key("ok")
    assert player.screen.navigator.top is player.page
    return player


def answered(player):
    """The recorder answers what it was asked, and what the answers lead to; gives the notices."""
    for _round in range(4):
        player.screen._worker.release()
        player.settle()
    return player.screen.notices.texts()


def test_an_export_whose_dialog_was_left_before_it_began_is_told_at_its_end(left_early):
    assert answered(left_early) == []
    left_early.api.job = replace(left_early.api.job, state=JobState.DONE)
    left_early.wait(0.6)
    assert answered(left_early) == ["Exported to /dev/null/exports."]


def test_an_export_refused_after_its_dialog_was_left_is_told(left_early):
    left_early.api.failing = Unavailable(process="reader")
    assert "The reader service is not running." in answered(left_early)[0]
    assert left_early.api.job is None


@pytest.mark.parametrize("refusal", [ApiError(401, "NotLoggedIn", "Log in."), ApiError(403, "Refused", "Not you.")])
def test_nobody_who_logged_out_is_told_of_his_export(player, refusal):
    player.open()
    mark(player)
    player.keys("e", "ok", "back")
    player.screen.navigator.home()
    player.api.failing = refusal
    player.wait(0.6)
    player.api.failing = None
    player.api.job = replace(player.api.job, state=JobState.DONE)
    player.wait(2)
    assert player.screen.notices.texts() == []


def test_what_an_export_left_out_is_said_where_it_was_watched(player):
    player.open()
    mark(player)
    player.keys("e", "ok")
    left_out = "The sound of channel 1 is left out: you may not hear it."
    player.api.job = replace(player.api.job, state=JobState.DONE, files=("a.mp4",), words=left_out)
    player.wait(0.6)
    assert "Saved in /dev/null/exports" in player.words()
    assert left_out in player.words()


def test_every_part_of_the_page_is_reached_by_arrows(player):
    player.open()
    for channel in (2, 3):
        player.page.list.toggle(channel)
    player.settle()
    names = {widget.name for widget in player.screen.focusables()}
    reached, waiting = {player.focus}, [player.focus]
    while waiting:
        here = waiting.pop()
        for arrow in ("up", "down", "left", "right"):
            player.screen.focus_on(here)
            for _press in range(8 if here == "calendar" else 1):
                player.key(arrow)
            if player.focus not in reached:
                reached.add(player.focus)
                waiting.append(player.focus)
    assert names - reached == set()
    assert {"timeline", "calendar", "play", "export", "back", *(f"channel-{one}" for one in NAMES)} <= reached


@pytest.mark.covers("P-INSP-01")
def test_the_timeline_shows_what_is_missing_and_says_why(player):
    player.api.missing[1] = [Gap(MIDNIGHT + 13 * HOUR, MIDNIGHT + 14 * HOUR, "no_power")]
    player.open(1)
    timeline = player.page.timeline
    timeline.show_window(timeline.window.spanning(24 * HOUR, MIDNIGHT))
    assert timeline.hover_words(MIDNIGHT + 12 * HOUR) == "12:00:00"
    assert timeline.hover_words(MIDNIGHT + 13 * HOUR + 1) == "13:00:00  No power"
    lane = timeline.lane_rect(0)
    inside = timeline.x_of(MIDNIGHT + 13 * HOUR + HOUR // 4), lane.centery
    timeline.now_us = MIDNIGHT + 20 * HOUR
    timeline.invalidate()
    player.wait(0.1)
    assert player.surface.get_at(inside)[:3] == DANGER_DEEP[:3]


def to_timeline(player):
    player.screen.focus_on("play")
    player.key("up")
    assert player.focus == "timeline"


def day_picture(player, day):
    return player.surface.subsurface(player.page.calendar.day_rect(day)).copy().get_buffer().raw


@pytest.mark.covers("P-INSP-01")
def test_the_calendar_tells_incomplete_days_from_complete_ones(player):
    today = datetime.fromtimestamp(MIDNIGHT / 1e6, UTC).date()
    yesterday, before = today - timedelta(days=1), today - timedelta(days=2)
    player.open(1)
    complete, bare = day_picture(player, yesterday), day_picture(player, before)
    assert "Missing" not in player.page.legend.text
    player.api.missing[1] = [Gap(MIDNIGHT - 23 * HOUR, MIDNIGHT - 22 * HOUR, "no_power")]
    player.api.missing[2] = [Gap(MIDNIGHT - 40 * HOUR, MIDNIGHT - 39 * HOUR, "disk")]
    player.page.choose_channels([1])
    player.wait(0.1)
    assert player.page.calendar.text.endswith(f"Incomplete: {yesterday.day}")
    assert day_picture(player, yesterday) != complete
    assert day_picture(player, before) == bare
    assert "Missing" in player.page.legend.text
    player.page.choose_channels([1, 2])
    player.wait(0.1)
    assert player.page.calendar.text.endswith(f"Incomplete: {before.day}, {yesterday.day}")
    assert day_picture(player, before) != bare
    player.page.calendar.turn(-1)
    player.wait(0.1)
    assert "Incomplete" not in player.page.calendar.text


def test_a_calendar_keeps_its_days_where_completeness_is_refused(player):
    def refused(*_anything, **_more):
        raise ApiError(403, "Forbidden", "Not yours.")

    player.api.completeness = refused
    player.open(1)
    assert player.page.calendar.footage
    assert not player.page.calendar.incomplete


@pytest.mark.covers("P-INSP-01")
def test_by_keys_the_timeline_stops_at_a_hole_tells_its_reason_and_goes_past_it(player):
    hole = Gap(MIDNIGHT + 10 * HOUR, MIDNIGHT + 11 * HOUR, "no_power")
    player.api.recorded[1] = []
    player.api.record(1, MIDNIGHT + 5 * HOUR, hole.start_us)
    player.api.record(1, hole.end_us, MIDNIGHT + 13 * HOUR)
    player.api.missing[1] = [hole]
    player.open(1, hole.start_us - 20 * MINUTE)
    timeline = player.page.timeline
    timeline.show_window(Window.of_day(player.page.calendar.selected, UTC))
    to_timeline(player)
    assert timeline.hover_us is None
    player.keys("right", "right")
    assert timeline.hover_us is not None
    assert timeline.hover_words(timeline.hover_us).endswith("No power")
    at_us = timeline.at_us
    assert at_us < hole.start_us
    player.wait(0.2)
    assert timeline.hover_us is not None
    player.key("right")
    assert (timeline.at_us, timeline.hover_us) == (hole.end_us, None)
    player.key("left")
    assert (timeline.at_us, timeline.hover_words(timeline.hover_us)[-8:]) == (hole.end_us, "No power")
    player.key("left")
    assert (timeline.at_us, timeline.hover_us) == (hole.start_us - 1, None)
    player.key("right")
    assert timeline.hover_us is not None
    player.key("up")
    assert player.focus != "timeline"
    assert timeline.hover_us is None


def test_a_hole_under_the_cursor_is_told_when_the_timeline_is_reached_by_keys(player):
    hole = Gap(MIDNIGHT + 2 * HOUR, MIDNIGHT + 7 * HOUR, "camera_offline")
    player.api.missing[2] = [hole]
    player.open(1, MIDNIGHT + 5 * HOUR)
    player.page.choose_channels([1, 2])
    player.wait(0.1)
    to_timeline(player)
    timeline = player.page.timeline
    assert timeline.hover_words(timeline.hover_us) == "05:00:00  Camera did not answer"
    player.tell(MIDNIGHT + 7 * HOUR + MINUTE)
    assert timeline.hover_us is None


def test_by_keys_one_goes_back_over_a_time_in_which_nothing_was_due(player):
    player.api.recorded[1] = []
    player.api.record(1, MIDNIGHT + 5 * HOUR, MIDNIGHT + 8 * HOUR)
    player.api.record(1, MIDNIGHT + 12 * HOUR, MIDNIGHT + 13 * HOUR)
    player.open(1, MIDNIGHT + 12 * HOUR)
    to_timeline(player)
    player.key("left")
    assert player.page.timeline.at_us == MIDNIGHT + 8 * HOUR - 1


@pytest.mark.parametrize("size", [(1280, 720), (1920, 1080)])
@pytest.mark.parametrize("hours", ["12", "24"])
def test_time_and_buttons_of_the_player_are_written_whole(size, hours):
    before = manner.current()
    try:
        manner.follow(manner.Manner.of("", hours, ""))
        player = PlaybackInHand(size).record().open(1)
        bar = player.page.bar
        kind = player.screen.type
        assert kind.width(bar.clock.text, bar.clock.size) <= bar.clock.rect.width
        assert bar.export.measure(10_000, 10_000)[0] <= bar.export.rect.width + 1
        assert bar.rect.contains(player.find("picture").rect)
    finally:
        manner.follow(before)
