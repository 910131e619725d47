"""The wall shows every camera, says what is wrong, and everything on it is reached by mouse and by keys."""

from dataclasses import replace

import pytest

from gui.wall.showing import Show
from recorder.client.answers import TileButton
from recorder.client.status import DiskState, StreamState
from recorder.client.stream import StreamName
from tests.gui.doubles import NOW
from tests.gui.wall.conftest import DISK, WallInHand

FOUR = (1, 2, 3, 4)


def center(tile):
    return tile.rect.center


# Without a camera.


def test_without_a_camera_there_is_one_calm_sheet_with_the_first_step_focused(at_wall):
    at_wall.open()
    assert at_wall.wall.tiles == []
    assert at_wall.focus == "add-camera"
    said = at_wall.words()
    for words in ("13:30", "2026-11-21", "Disk 1: ready to record", "Network: 192.168.1.20"):
        assert words in said
    at_wall.key("ok")
    at_wall.key("right")
    at_wall.key("ok")
    assert at_wall.doors.opened == [("add_camera",), ("try_simulated",)]


def test_the_empty_wall_is_worked_by_mouse_as_well(at_wall):
    at_wall.open()
    at_wall.press("try-simulated")
    at_wall.press("add-camera")
    at_wall.right_click((40, 40))
    assert at_wall.doors.opened == [("try_simulated",), ("add_camera",)]
    assert "Main menu" in at_wall.words()


def test_the_empty_wall_tells_a_bad_disk_and_a_missing_one(at_wall):
    at_wall.tell(disks=())
    at_wall.open()
    at_wall.tell(disks=())
    at_wall.refresh()
    assert "There is no disk to record on." in at_wall.words()
    at_wall.tell(disks=(replace(DISK, state=DiskState.READ_ONLY, since_us=NOW),))
    at_wall.refresh()
    assert "Disk 1: can only be read since 13:30." in at_wall.words()


def test_the_empty_wall_draws_only_when_the_minute_turns(at_wall):
    at_wall.open()
    drawn = []
    for _second in range(59):
        at_wall.clock.advance(1)
        drawn += at_wall.settle()
    assert drawn == []
    at_wall.clock.advance(1)
    (rect,) = at_wall.settle()
    assert rect.height < 200
    assert not at_wall.screen.moving


def test_a_first_camera_takes_the_place_of_the_sheet(at_wall):
    at_wall.open()
    at_wall.tell((1,))
    at_wall.refresh()
    assert at_wall.channels == [1]
    assert at_wall.focus == "channel-1"


# Splits and streams.


@pytest.mark.covers("D-LIVE-01")
@pytest.mark.parametrize(("count", "tiles"), [(1, 1), (3, 4), (5, 9), (16, 16), (17, 25)])
def test_the_smallest_split_that_holds_all_cameras_is_taken(at_wall, count, tiles):
    at_wall.open(range(1, count + 1))
    assert at_wall.channels == [*range(1, count + 1), *[None] * (tiles - count)]


@pytest.mark.covers("V-LIVE-23")
def test_tiles_ask_for_the_sub_stream_in_their_own_size(at_wall):
    at_wall.open(FOUR)
    for channel in FOUR:
        asked = at_wall.decode.asked[at_wall.decode.of_channel(channel)]
        assert asked == (channel, StreamName.SUB, *at_wall.tile(channel).rect.size)


def test_a_single_camera_is_shown_from_its_main_stream(at_wall):
    at_wall.open((7,))
    assert list(at_wall.decode.asked.values()) == [(7, StreamName.MAIN, 1280, 720)]


@pytest.mark.covers("D-LIVE-06")
def test_double_click_enlarges_and_goes_back(at_wall):
    at_wall.open(FOUR)
    at_wall.show_pictures()
    at_wall.click(center(at_wall.tile(3)))
    assert at_wall.channels == list(FOUR)
    at_wall.wait(1)
    at_wall.click(center(at_wall.tile(3)), times=2)
    assert at_wall.channels == [3]
    at_wall.wait(1)
    at_wall.click((600, 300), times=2)
    assert at_wall.channels == list(FOUR)
    assert at_wall.focus == "channel-3"


def test_ok_enlarges_and_back_returns(at_wall):
    at_wall.open(FOUR)
    at_wall.show_pictures()
    at_wall.keys("right", "down", "ok")
    assert at_wall.channels == [4]
    at_wall.key("back")
    assert at_wall.channels == list(FOUR)
    assert at_wall.focus == "channel-4"
    at_wall.key("back")
    assert at_wall.channels == list(FOUR)


def test_the_old_picture_stays_until_the_new_stream_has_one(at_wall):
    at_wall.open(FOUR)
    at_wall.show_pictures((200, 10, 10))
    at_wall.key("ok")
    assert at_wall.decode.asked[at_wall.decode.of_channel(1)] == (1, StreamName.MAIN, 1280, 720)
    assert at_wall.surface.get_at((640, 360))[:3] == (200, 10, 10)
    at_wall.show_pictures((10, 200, 10))
    assert at_wall.surface.get_at((640, 360))[:3] == (10, 200, 10)


def test_views_out_of_sight_are_given_back(at_wall):
    at_wall.open(FOUR)
    at_wall.show_pictures()
    at_wall.key("ok")
    assert [asked[0] for asked in at_wall.decode.asked.values()] == [1]
    at_wall.key("back")
    assert sorted(asked[0] for asked in at_wall.decode.asked.values()) == list(FOUR)


def test_a_picture_with_other_proportions_is_asked_for_without_distortion(at_wall):
    at_wall.open(FOUR)
    status = at_wall.feed.latest
    streams = tuple(replace(one, width=704, height=576) for one in status.streams)
    at_wall.feed.latest = replace(status, streams=streams)
    at_wall.refresh()
    _channel, _stream, width, height = at_wall.decode.asked[at_wall.decode.of_channel(1)]
    assert width / height == pytest.approx(4 / 3, abs=0.01)
    at_wall.show_pictures((255, 255, 255))
    tile = at_wall.tile(1)
    assert at_wall.surface.get_at((tile.rect.x + 20, tile.rect.y + 20))[:3] == (0, 0, 0)
    assert at_wall.surface.get_at((tile.rect.centerx, tile.rect.y + 20))[:3] == (255, 255, 255)


# Moving about.


@pytest.mark.covers("D-IR-15")
def test_arrows_digits_and_pages_reach_every_camera(at_wall):
    at_wall.open(range(1, 11))
    at_wall.wall.choose_split(4)
    at_wall.settle()
    at_wall.keys("right", "right")
    assert at_wall.channels == [5, 6, 7, 8]
    at_wall.key("page_down")
    assert at_wall.channels == [9, 10, None, None]
    at_wall.key("1")
    assert at_wall.channels == [9, 10, None, None]
    at_wall.wait(1.3)
    assert at_wall.channels == [1, 2, 3, 4]
    assert at_wall.focus == "channel-1"
    at_wall.keys("1", "0")
    assert at_wall.focus == "channel-10"
    at_wall.key("7")
    assert at_wall.focus == "channel-7"


def test_a_number_without_a_channel_is_told(at_wall):
    at_wall.open(FOUR)
    at_wall.key("9")
    assert at_wall.screen.notices.texts() == ["There is no channel 9."]
    assert at_wall.channels == list(FOUR)


def test_the_wheel_turns_pages(at_wall):
    at_wall.open(range(1, 9))
    at_wall.wall.choose_split(4)
    at_wall.wheel((100, 100), -1)
    assert at_wall.channels == [5, 6, 7, 8]
    at_wall.wheel((100, 100), 1)
    assert at_wall.channels == [1, 2, 3, 4]


def test_shift_and_arrow_take_the_camera_along(at_wall):
    at_wall.open(FOUR)
    at_wall.key("right", shift=True)
    assert at_wall.channels == [2, 1, 3, 4]
    assert at_wall.focus == "channel-1"


def test_the_frame_stays_on_its_camera_when_cameras_come_and_go(at_wall):
    at_wall.open(FOUR)
    at_wall.key("right")
    at_wall.tell((1, 2, 3, 4, 5))
    at_wall.refresh()
    assert at_wall.channels == [1, 2, 3, 4, 5, None, None, None, None]
    assert at_wall.focus == "channel-2"
    at_wall.tell((2, 3, 4, 5))
    at_wall.refresh()
    assert at_wall.focus == "channel-2"


def test_an_empty_tile_offers_a_new_camera_to_both_hands(at_wall):
    at_wall.open((1, 2, 3))
    at_wall.click(center(at_wall.tile(None)))
    at_wall.key("ok")
    assert at_wall.doors.opened == [("add_camera",), ("add_camera",)]


# The menu.


@pytest.mark.covers("D-LIVE-17", "D-LIVE-17.1", "D-LIVE-17.2", "D-LIVE-17.4", "D-LIVE-17.6")
@pytest.mark.parametrize("by_keys", [True, False])
def test_the_menu_leads_everywhere(at_wall, by_keys):
    at_wall.open(FOUR)
    at_wall.show_pictures()
    labels = [
        "Play the last minutes",
        "Snapshot",
        "Recording mode",
        "Channel settings",
        "Playback",
        "Add a camera",
        "Main menu",
    ]
    for label in labels:
        if by_keys:
            at_wall.key("menu")
            while at_wall.screen.focus.text != label:
                at_wall.key("down")
            at_wall.key("ok")
        else:
            at_wall.right_click(center(at_wall.tile(1)))
            line = next(one for one in at_wall.screen.navigator.top.walk() if one.text == label)
            at_wall.click(line.rect.center)
    doors = ["last_minutes", "snapshot", "recording_mode", "channel_settings", "playback", "add_camera", "main_menu"]
    assert [opened[0] for opened in at_wall.doors.opened] == doors
    assert at_wall.doors.opened[:2] == [("last_minutes", 1), ("snapshot", 1)]


def test_the_menu_changes_the_split_by_keys_alone(at_wall):
    at_wall.open(FOUR)
    at_wall.key("menu")
    while at_wall.screen.focus.text != "View":
        at_wall.key("down")
    at_wall.key("ok")
    assert "9 cameras" in at_wall.words()
    while at_wall.screen.focus.text != "9 cameras":
        at_wall.key("down")
    at_wall.key("ok")
    assert len(at_wall.wall.tiles) == 9
    assert at_wall.screen.navigator.top is at_wall.wall


@pytest.mark.covers("D-LIVE-14")
def test_a_small_tile_takes_the_main_stream_where_its_owner_chose_that(at_wall):
    at_wall.open(FOUR)
    at_wall.doors.wall_mains = (2,)
    at_wall.refresh()
    shown = {view.channel: view.stream for view in at_wall.wall.views._views.values()}
    assert shown == {1: StreamName.SUB, 2: StreamName.MAIN, 3: StreamName.SUB, 4: StreamName.SUB}


# What is wrong.


@pytest.mark.covers("D-CAM-17")
@pytest.mark.parametrize("state", [one for one in StreamState if one is not StreamState.PLAYING])
def test_a_tile_without_a_picture_says_why_and_its_one_action_works_for_both_hands(at_wall, state):
    at_wall.open(FOUR, ch2=state)
    at_wall.wait(4)
    tile = at_wall.tile(2)
    assert tile.showing.show is Show.SHEET
    assert tile.showing.cause.words in tile.text
    at_wall.key("right")
    at_wall.key("ok")
    button = tile._laid_out().button.move(tile.rect.topleft)
    at_wall.click(button.center)
    first, second = at_wall.doors.opened
    assert first == second
    at_wall.click((tile.rect.x + 3, tile.rect.y + 3))
    assert len(at_wall.doors.opened) == 2


def test_a_wrong_password_leads_to_its_form(at_wall):
    at_wall.open(FOUR, ch1=StreamState.WRONG_PASSWORD)
    at_wall.key("ok")
    assert at_wall.doors.opened == [("enter_password", 1)]


def test_a_camera_that_comes_back_shows_no_old_picture(at_wall):
    at_wall.open(FOUR)
    at_wall.show_pictures((200, 10, 10))
    at_wall.tell(FOUR, ch1=StreamState.UNREACHABLE)
    at_wall.refresh()
    assert at_wall.tile(1).showing.show is Show.SHEET
    at_wall.tell(FOUR)
    at_wall.refresh()
    assert at_wall.surface.get_at(center(at_wall.tile(1)))[:3] != (200, 10, 10)
    at_wall.decode.picture(at_wall.decode.of_channel(1), (10, 200, 10))
    at_wall.wait(0.04)
    assert at_wall.tile(1).showing.show is Show.PICTURE
    assert at_wall.surface.get_at(center(at_wall.tile(1)))[:3] == (10, 200, 10)


def test_without_decode_the_last_pictures_stay_dimmed_until_new_ones_come(at_wall):
    at_wall.open(FOUR)
    at_wall.show_pictures((200, 200, 200))
    at_wall.decode.connected = False
    at_wall.wait(3)
    tile = at_wall.tile(1)
    assert tile.showing.show is Show.FADED
    assert "Picture service down" in tile.text
    assert at_wall.surface.get_at((tile.rect.x + 30, tile.rect.y + 30))[0] < 100
    at_wall.decode.connected = True
    at_wall.wait(1)
    assert tile.showing.show is Show.FADED
    at_wall.show_pictures((190, 190, 190))
    assert tile.showing.show is Show.PICTURE
    assert at_wall.surface.get_at((tile.rect.x + 30, tile.rect.y + 30))[0] == 190


def test_without_media_nothing_claims_to_record(at_wall):
    at_wall.open(FOUR)
    at_wall.show_pictures()
    assert at_wall.tile(1).words.recording
    at_wall.feed.lost_since_us = at_wall.clock.now_us()
    at_wall.wait(3)
    assert at_wall.tile(1).showing.show is Show.FADED
    assert not at_wall.tile(1).words.recording


def test_a_bad_disk_is_told_over_the_pictures_and_leads_to_storage(at_wall):
    at_wall.open(FOUR)
    at_wall.tell(FOUR, disks=(replace(DISK, state=DiskState.FAILED, since_us=NOW),))
    at_wall.refresh()
    assert "Disk 1: failed since 13:30." in at_wall.words()
    at_wall.press("trouble")
    assert at_wall.doors.opened == [("storage_settings",)]
    at_wall.tell(FOUR)
    at_wall.refresh()
    assert "failed" not in at_wall.words()


def test_that_nothing_is_recorded_stays_over_the_pictures_until_it_is_over(at_wall):
    at_wall.open(FOUR)
    at_wall.doors.unrecorded_since_us = NOW - 60_000_000
    at_wall.refresh()
    words = "Nothing is recorded since 13:29. Look at disks, network and power."
    assert words in at_wall.words()
    # Neither the end of its message nor a service that is away takes it from the screen.
    at_wall.wait(120, step=1)
    at_wall.feed.lost_since_us = at_wall.clock.now_us()
    at_wall.wait(30, step=1)
    assert words in at_wall.words()
    at_wall.press("trouble")
    assert at_wall.doors.opened == [("health",)]
    at_wall.feed.lost_since_us = None
    at_wall.tell(FOUR, disks=())
    at_wall.refresh()
    assert "There is no disk to record on. Nothing is recorded. [" in at_wall.words(), "one sentence says both"
    at_wall.tell(FOUR)
    at_wall.doors.unrecorded_since_us = None
    at_wall.refresh()
    assert "Nothing is recorded" not in at_wall.words()


def test_the_bar_of_troubles_is_reached_by_keys(at_wall):
    at_wall.open(FOUR)
    at_wall.doors.control_lost_since_us = at_wall.clock.now_us()
    at_wall.wait(3)
    at_wall.key("tab")
    for _step in range(6):
        if at_wall.focus != "trouble":
            at_wall.key("tab")
    at_wall.key("ok")
    assert at_wall.doors.opened[0][0] == "help"


# What it costs.


@pytest.mark.covers("D-LIVE-02")
def test_the_clock_draws_nothing_but_the_strips(at_wall):
    at_wall.open(FOUR)
    at_wall.show_pictures()
    at_wall.wait(1.1)
    at_wall.clock.advance(0.95)
    rects = at_wall.settle()
    assert rects
    assert all(rect.height < 40 for rect in rects)
    assert at_wall.tile(1).words.clock == "13:30:02"


def test_a_new_picture_draws_its_tile_alone(at_wall):
    at_wall.open(range(1, 10))
    at_wall.show_pictures()
    at_wall.decode.picture(at_wall.decode.of_channel(5), (1, 2, 3))
    at_wall.clock.advance(1 / 30)
    assert at_wall.settle() == [at_wall.tile(5).rect]
    at_wall.clock.advance(1 / 30)
    assert at_wall.settle() == []


def test_closing_the_wall_gives_everything_back(at_wall):
    at_wall.open(FOUR)
    at_wall.show_pictures()
    at_wall.screen.navigator.close(at_wall.wall)
    assert at_wall.decode.asked == {}


def test_what_media_tells_is_shown_with_the_next_tick(at_wall):
    at_wall.open(FOUR)
    at_wall.show_pictures()
    at_wall.tell(FOUR, ch2=StreamState.UNREACHABLE)
    at_wall.wait(0.04)
    assert at_wall.tile(2).showing.show is Show.SHEET


def test_a_first_camera_is_seen_within_a_moment(at_wall):
    at_wall.open()
    at_wall.tell((1,))
    at_wall.wait(0.3, step=0.05)
    assert at_wall.channels == [1]


def test_a_new_picture_is_all_that_is_drawn_and_the_bars_beside_it_stay_black():
    wall = WallInHand((1024, 768)).open((1, 2, 3, 4))
    wall.show_pictures((60, 90, 120))
    wall.wait(1)
    wall.decode.pictures((200, 40, 40))
    wall.clock.advance(0.04)
    rects = wall.settle()
    tile = wall.tile(1).rect
    assert len(rects) == 4
    assert all(one.height < tile.height - 60 for one in rects)
    assert all(tile.contains(one) for one in rects if one.colliderect(tile))
    assert wall.surface.get_at((tile.centerx, tile.y + 5))[:3] == (0, 0, 0)
    assert wall.surface.get_at(tile.center)[:3] == (200, 40, 40)


# A camera whose own clock is wrong.


def with_clock(at_wall, channel, off_us):
    """What media says when a camera's clock is so far ahead."""
    told = at_wall.feed.latest
    streams = tuple(replace(one, clock_off_us=off_us) if one.channel == channel else one for one in told.streams)
    at_wall.feed.latest = replace(told, streams=streams)
    at_wall.refresh()


def strip_of(at_wall, channel):
    rect = at_wall.tile(channel).rect
    high = at_wall.screen.theme.px(26)
    return at_wall.surface.subsurface((rect.x, rect.bottom - high, rect.width, high)).copy().get_buffer().raw


def test_a_camera_whose_clock_is_wrong_bears_an_icon_and_when_chosen_says_so(at_wall):
    at_wall.open(FOUR)
    at_wall.show_pictures()
    unmarked = {channel: strip_of(at_wall, channel) for channel in FOUR}
    with_clock(at_wall, 2, -180_000_000)
    assert at_wall.tile(2).showing.show is Show.PICTURE
    assert [one for one in FOUR if strip_of(at_wall, one) != unmarked[one]] == [2]
    assert "Its own clock is 3 min behind." in at_wall.tile(2).text
    icon = strip_of(at_wall, 2)
    at_wall.key("right")
    assert at_wall.focus == "channel-2"
    chosen = strip_of(at_wall, 2)
    at_wall.key("left")
    assert strip_of(at_wall, 2) == icon
    with_clock(at_wall, 2, 1_900_000)
    assert strip_of(at_wall, 2) == unmarked[2]
    at_wall.key("right")
    assert strip_of(at_wall, 2) not in {icon, chosen}
    assert at_wall.tile(2).text == "Camera 2"


@pytest.mark.parametrize("by_keys", [True, False])
def test_the_menu_of_a_camera_whose_clock_is_wrong_leads_to_what_to_do(at_wall, by_keys):
    at_wall.open(FOUR)
    at_wall.show_pictures()
    with_clock(at_wall, 1, 7_300_000_000)
    label = "Its own clock is 2 h ahead"
    if by_keys:
        at_wall.key("menu")
        while at_wall.screen.focus.text != label:
            at_wall.key("down")
        at_wall.key("ok")
    else:
        at_wall.right_click(center(at_wall.tile(1)))
        line = next(one for one in at_wall.screen.navigator.top.walk() if one.text == label)
        at_wall.click(line.rect.center)
    (opened,) = at_wall.doors.opened
    assert opened[:2] == ("help", "Camera clock")
    assert "Recordings go by the recorder's clock." in opened[2]
    at_wall.right_click(center(at_wall.tile(2)))
    assert label not in {one.text for one in at_wall.screen.navigator.top.walk()}


def test_of_a_camera_that_cannot_be_seen_the_clock_is_not_told(at_wall):
    at_wall.open(FOUR)
    at_wall.show_pictures()
    with_clock(at_wall, 1, 7_300_000_000)
    at_wall.feed.lost_since_us = NOW
    at_wall.clock.advance(2)
    at_wall.refresh()
    assert "clock" not in at_wall.tile(1).text


@pytest.mark.covers("D-IR-07", "D-IR-10", "D-IR-13", "D-IR-14")
def test_the_keys_of_a_remote_on_the_wall(at_wall):
    at_wall.open([1, 2, 3, 4])
    at_wall.key("right")
    at_wall.key("multi")
    assert at_wall.wall.arrangement.single == 2
    at_wall.key("multi")
    assert at_wall.wall.arrangement.single is None
    for key in ("record", "record_long", "play"):
        at_wall.key(key)
    assert at_wall.doors.opened == [("toggle_recording", 2), ("recording_mode", 2), ("playback", 2)]
    at_wall.key("fn")
    assert at_wall.screen.navigator.top is not at_wall.wall


# Domes.


@pytest.mark.covers("D-LIVE-07.4")
def test_fn_steers_the_dome_of_the_chosen_channel_with_its_picture_alone(at_wall):
    at_wall.open(FOUR)
    at_wall.doors.domes = (2,)
    at_wall.key("right")
    at_wall.key("fn")
    assert at_wall.wall.arrangement.single == 2
    assert at_wall.doors.opened[-1][:2] == ("ptz", 2)


def test_a_channel_without_a_dome_offers_no_steering(at_wall):
    at_wall.open(FOUR)
    at_wall.doors.domes = (2,)
    at_wall.key("menu")
    assert "Turn the camera" not in at_wall.words()
    at_wall.key("back")
    at_wall.key("right")
    at_wall.key("menu")
    assert "Turn the camera" in at_wall.words()


# Who stands before it.


@pytest.mark.covers("D-RULE-40", "D-SYS-06")
def test_what_is_not_for_who_stands_before_the_wall_is_not_on_it_and_returns_to_its_place(at_wall):
    at_wall.open(FOUR)
    at_wall.wall.arrangement.swap(0, 2)
    at_wall.refresh()
    at_wall.wall.jump(2)
    at_wall.wall.toggle_single()
    assert at_wall.channels == [2]
    at_wall.doors.hidden = frozenset({2, 3})
    at_wall.refresh()
    assert at_wall.channels == [1, 4, None, None]
    assert {view.channel for view in at_wall.wall.views._views.values()} == {1, 4}
    assert not at_wall.wall.jump(2)
    at_wall.doors.hidden = frozenset()
    at_wall.refresh()
    assert at_wall.channels == [3, 2, 1, 4]


@pytest.mark.covers("D-RULE-40")
def test_where_all_is_hidden_the_wall_says_that_a_login_shows_it(at_wall):
    at_wall.doors.hidden = frozenset(FOUR)
    at_wall.open(FOUR)
    assert at_wall.channels == []
    assert "Log in to see the cameras." in at_wall.words()


# Tours on behalf of events.


@pytest.mark.covers("D-LINK-08", "D-RULE-09")
def test_a_tour_shows_the_cameras_of_events_and_then_the_former_view_returns(at_wall):
    at_wall.open(FOUR)
    at_wall.show_pictures()
    at_wall.keys("right", "ok")
    assert at_wall.channels == [2]
    at_wall.wall.tour([3])
    assert at_wall.channels == [3]
    at_wall.wall.tour([4, 3])
    assert at_wall.channels == [4, 3, None, None]
    at_wall.tell((*FOUR, 5))
    at_wall.refresh()
    assert at_wall.channels == [4, 3, None, None]
    at_wall.wall.tour([])
    assert at_wall.channels == [2]
    at_wall.key("back")
    assert at_wall.channels == [1, 2, 3, 4, 5, *[None] * 4]


def test_back_leaves_a_tour_until_another_begins(at_wall):
    at_wall.open(FOUR)
    at_wall.wall.tour([3])
    at_wall.key("back")
    assert at_wall.channels == list(FOUR)
    at_wall.wall.tour([3])
    assert at_wall.channels == list(FOUR)
    at_wall.wall.tour([])
    at_wall.wall.tour([3])
    assert at_wall.channels == [3]


def test_a_tour_of_a_camera_that_is_not_there_changes_nothing(at_wall):
    at_wall.open(FOUR)
    at_wall.wall.tour([9])
    assert at_wall.channels == list(FOUR)
    at_wall.wall.tour([])
    assert at_wall.channels == list(FOUR)


def test_the_button_of_a_tile_stands_in_its_menu_and_in_no_others(at_wall):
    gate = TileButton(2, "Open the gate", "")
    at_wall.doors.buttons = (gate,)
    at_wall.open(FOUR)
    at_wall.key("menu")
    assert "Open the gate" not in at_wall.words()
    at_wall.keys("back", "right", "menu")
    assert "Open the gate" in at_wall.words()
    at_wall.press("item-1")
    assert at_wall.doors.opened == [("press", gate)]
