"""Stretches are locked and released, moments are tagged and found again, on the playback page."""

import pytest

from gui.toolkit.theme import WARNING
from recorder.client.answers import Span
from recorder.client.api import ApiError
from tests.gui.held_worker import HeldWorker
from tests.gui.playback.conftest import HOUR, MIDNIGHT, MINUTE

START, END = MIDNIGHT + 9 * HOUR, MIDNIGHT + 9 * HOUR + 10 * MINUTE


def mark(player):
    player.page.seek(START)
    player.tell(START)
    player.key("[")
    player.page.seek(END)
    player.tell(END)
    player.key("]")


@pytest.mark.covers("D-PLAY-19", "V-BMK-02")
def test_the_cut_is_locked_with_a_reason_and_shown_on_the_timeline(player):
    player.open()
    mark(player)
    player.key("h")
    sheet = player.screen.navigator.top
    sheet.lock()
    assert player.api.held == []
    assert "Write down why" in player.words()
    sheet.reason.write("theft")
    sheet.days._value = 30
    sheet.lock()
    player.settle()
    (held,) = player.api.held
    assert (held.channel, held.start_us, held.end_us, held.reason) == (1, START, END, "theft")
    assert held.expires_us is not None
    assert player.screen.navigator.top is player.page
    player.settle()
    player.wait(0.1)
    lane = player.page.timeline.lane_rect(0)
    x = player.page.timeline.x_of((START + END) // 2)
    inside, above = (sum(player.surface.get_at((x, y))[:3]) for y in (lane.bottom - 1, lane.bottom - 12))
    assert inside > above + 100


def test_a_refused_lock_says_why_and_stays_open(player):
    player.open()
    mark(player)
    player.key("h")
    sheet = player.screen.navigator.top
    sheet.reason.write("theft")
    player.api.failing = ApiError(409, "TooMuchLocked", "At most 25 % of the disks may be locked.")
    sheet.lock()
    player.settle()
    assert "At most 25 %" in player.words()
    player.api.failing = None
    sheet.lock()
    player.settle()
    assert len(player.api.held) == 1


def of_two(player, key):
    """The sheet of a key, over a cut of two channels."""
    player.open()
    player.press("channel-3")
    mark(player)
    player.key(key)
    sheet = player.screen.navigator.top
    field = sheet.reason if key == "h" else sheet.field
    field.write("theft")
    return sheet


@pytest.mark.parametrize(("key", "made"), [("h", "add_hold"), ("t", "add_tag")])
def test_pressed_twice_on_a_slow_recorder_it_is_done_once(player, key, made):
    sheet = of_two(player, key)
    worker = player.screen._worker = HeldWorker()
    player.press("do")
    player.press("do")
    worker.release()
    player.settle()
    assert sheet.shown_on is None
    assert sorted(one[1] for one in player.api.calls if one[0] == made) == [1, 3]


@pytest.mark.parametrize(("key", "made"), [("h", "held"), ("t", "tagged")])
def test_what_was_done_to_one_camera_is_not_done_again_when_the_rest_is_tried_anew(player, key, made, monkeypatch):
    sheet = of_two(player, key)
    name = {"h": "add_hold", "t": "add_tag"}[key]
    real, full = getattr(player.api, name), [True]

    def once(channel, *rest, **more):
        if channel == 3 and full.pop():
            raise ApiError(409, "TooMuchLocked", "At most 25 % of the disks may be locked.")
        return real(channel, *rest, **more)

    monkeypatch.setattr(player.api, name, once)
    player.press("do")
    assert "At most 25 %" in player.words()
    full.append(False)
    player.press("do")
    assert sheet.shown_on is None
    assert sorted(one.channel for one in getattr(player.api, made)) == [1, 3]


@pytest.mark.covers("D-PLAY-19")
def test_a_lock_under_the_cursor_is_released_for_a_reason(player):
    player.open()
    player.api.add_hold(1, START, END, "theft")
    player.page.load_day()
    player.settle()
    player.page.seek(START + MINUTE)
    player.tell(START + MINUTE)
    player.key("h")
    sheet = player.screen.navigator.top
    assert "theft" in player.words()
    sheet.release()
    assert len(player.api.held) == 1
    sheet.reason.write("given to the police")
    sheet.release()
    player.settle()
    assert player.api.held == []
    assert ("release_hold", f"{0:032x}", "given to the police") in player.api.calls


def test_without_marks_and_locks_the_key_says_what_to_do(player):
    player.open()
    player.key("h")
    assert "Mark where the lock begins" in player.screen.notices.texts()[0]


@pytest.mark.covers("D-PLAY-20", "V-BMK-03")
def test_a_moment_is_tagged_shown_and_found_again(player):
    player.open()
    player.page.seek(START)
    player.tell(START)
    player.key("t")
    sheet = player.screen.navigator.top
    sheet.field.write("Red van")
    sheet.save()
    player.settle()
    player.settle()
    (tag,) = player.api.tagged
    assert (tag.channel, tag.start_us, tag.words) == (1, START, "Red van")
    player.page.seek(END)
    player.tell(END)
    player.wait(0.1)
    lane = player.page.timeline.lane_rect(0)
    assert player.surface.get_at((player.page.timeline.x_of(START), lane.y + 1))[:3] == WARNING[:3]
    player.key("g")
    player.settle()
    assert "Red van" in player.words()
    player.screen.navigator.top._choose(tag)
    player.settle()
    assert player.page.player.at_us == START


def test_footage_with_key_pictures_alone_has_a_thin_lane(player):
    player.open()
    player.api.recorded[1] = [Span(MIDNIGHT + HOUR, MIDNIGHT + 13 * HOUR, "general", 1000, "thinned")]
    player.page.load_day()
    player.settle()
    player.wait(0.1)
    lane = player.page.timeline.lane_rect(0)
    x = player.page.timeline.x_of(MIDNIGHT + 5 * HOUR)
    above, below = (player.surface.get_at((x, y))[:3] for y in (lane.y + 1, lane.centery))
    assert above != below


def test_a_channel_without_a_picture_costs_the_others_none(player, monkeypatch):
    taken = player.api.take_picture

    def take(channel, at_us=None, directory=None):
        if channel == 1:
            raise ApiError(404, "NoPicture", "There is no picture: nothing is recorded at this time.")
        return taken(channel, at_us, directory)

    monkeypatch.setattr(player.api, "take_picture", take)
    player.open()
    player.press("channel-2")
    player.page.seek(START)
    player.tell(START)
    player.key("p")
    player.screen.navigator.top.take()
    player.settle()
    said = " ".join(player.screen.notices.texts())
    assert "2.jpg" in said
    assert "Front door: There is no picture" in said


@pytest.mark.covers("D-PLAY-12")
def test_the_picture_under_the_cursor_is_recorded_saved_in_a_folder_and_found_again(player):
    player.open()
    player.page.seek(START)
    player.tell(START)
    player.key("p")
    sheet = player.screen.navigator.top
    assert str(player.doors.exports) in player.words()
    sheet.take()
    player.settle()
    assert ("take_picture", 1, START, player.doors.exports) in player.api.calls
    assert "1.jpg" in player.screen.notices.texts()[0]
    player.page.seek(END)
    player.tell(END)
    player.key("i")
    player.settle()
    player.screen.navigator.top._choose(START)
    player.settle()
    assert player.page.player.at_us == START
