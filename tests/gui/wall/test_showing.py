"""A tile never lies: live pictures are live, faded ones say why, and what has no picture has a cause."""

from dataclasses import replace
from datetime import UTC

import pytest

from gui.wall.causes import Trouble
from gui.wall.showing import (
    FROZEN_US,
    GRACE_US,
    PATIENCE_US,
    Health,
    Show,
    name_of,
    preferred,
    records,
    showing,
    streams_of,
)
from recorder.client.status import MediaStatus, StreamState, StreamStatus
from recorder.client.stream import StreamName
from recorder.client.views import View, ViewState

NOW = 1_795_267_800_000_000
HOUR = 3_600_000_000
WELL = Health(NOW, UTC)
PLAYING = StreamStatus(1, StreamName.SUB, StreamState.PLAYING, NOW - HOUR, frames_per_s=15, recording=True)
SHOWN = ViewState(1, View.SHOWING)


def test_a_playing_camera_shows_its_picture_and_that_it_records():
    told = showing(PLAYING, SHOWN, NOW, NOW - HOUR, WELL)
    assert (told.show, told.cause, told.recording, told.keys_only) == (Show.PICTURE, None, True, False)


def test_key_frames_only_are_told():
    assert showing(PLAYING, ViewState(1, View.KEYS_ONLY), NOW, NOW - HOUR, WELL).keys_only


@pytest.mark.parametrize("state", [one for one in StreamState if one is not StreamState.PLAYING])
def test_a_camera_that_does_not_play_shows_its_cause_and_no_old_picture(state):
    told = showing(replace(PLAYING, state=state), SHOWN, NOW - 1, NOW - HOUR, WELL)
    assert told.show is Show.SHEET
    assert told.cause.kind is state


def test_what_is_seen_of_a_camera_at_its_port_is_said_with_the_cause():
    health = replace(WELL, ports={1: "Port 3: 4.2 W · 10.1.1.13", 2: "Port 4: its power is off"})
    told = showing(replace(PLAYING, state=StreamState.WRONG_PASSWORD), None, None, NOW - HOUR, health)
    assert told.cause.doing.startswith("Port 3: 4.2 W · 10.1.1.13. ")
    elsewhere = showing(replace(PLAYING, channel=9, state=StreamState.NOT_FOUND), None, None, NOW, health)
    assert "Port" not in elsewhere.cause.doing


def test_connecting_is_no_trouble_for_a_moment():
    fresh = replace(PLAYING, state=StreamState.CONNECTING, since_us=NOW - PATIENCE_US + 1)
    assert showing(fresh, None, None, NOW, WELL).show is Show.STARTING
    assert showing(fresh, None, NOW, NOW, WELL).show is Show.PICTURE


def test_a_first_picture_is_waited_for_and_then_explained():
    assert showing(PLAYING, None, None, NOW - PATIENCE_US + 1, WELL).show is Show.STARTING
    late = showing(PLAYING, None, None, NOW - PATIENCE_US, WELL)
    assert (late.show, late.cause.kind) == (Show.SHEET, Trouble.NO_PICTURE_YET)


def test_what_cannot_be_decoded_is_told_with_its_codec():
    told = showing(PLAYING, ViewState(1, View.UNDECODABLE, codec="h265"), None, NOW, WELL)
    assert told.cause.kind is Trouble.UNDECODABLE
    assert "H265" in told.cause.words


@pytest.mark.parametrize(
    ("lost", "trouble"), [("media_lost_us", Trouble.MEDIA_LOST), ("decode_lost_us", Trouble.DECODE_LOST)]
)
def test_a_lost_process_fades_the_last_picture_after_a_moment(lost, trouble):
    just = replace(WELL, **{lost: NOW - GRACE_US + 1})
    assert showing(PLAYING, SHOWN, NOW, NOW - HOUR, just).show is Show.PICTURE
    gone = replace(WELL, **{lost: NOW - GRACE_US})
    told = showing(PLAYING, SHOWN, NOW, NOW - HOUR, gone)
    assert (told.show, told.cause.kind) == (Show.FADED, trouble)
    assert showing(PLAYING, SHOWN, None, NOW - HOUR, gone).show is Show.SHEET


def test_nobody_claims_to_record_while_media_is_away():
    gone = replace(WELL, media_lost_us=NOW - HOUR)
    assert not showing(PLAYING, SHOWN, NOW, NOW - HOUR, gone).recording
    gone = replace(WELL, decode_lost_us=NOW - HOUR)
    assert showing(PLAYING, SHOWN, NOW, NOW - HOUR, gone).recording


def test_an_old_picture_does_not_pass_for_live():
    told = showing(PLAYING, SHOWN, NOW - FROZEN_US - 1, NOW - HOUR, WELL)
    assert (told.show, told.cause.kind) == (Show.FADED, Trouble.FROZEN)
    assert showing(PLAYING, SHOWN, NOW - FROZEN_US, NOW - HOUR, WELL).show is Show.PICTURE


def test_a_picture_from_before_decode_came_back_stays_faded():
    back = replace(WELL, fresh_from_us=NOW - 5_000_000)
    assert showing(PLAYING, SHOWN, NOW - 6_000_000, NOW - HOUR, back).show is Show.FADED
    assert showing(PLAYING, SHOWN, NOW - 4_000_000, NOW - HOUR, back).show is Show.PICTURE


def test_an_unknown_stream_waits():
    assert showing(None, None, None, NOW, WELL).show is Show.STARTING


def streams(**states):
    return {StreamName(name): StreamStatus(1, StreamName(name), StreamState(state)) for name, state in states.items()}


@pytest.mark.covers("D-LIVE-14")
def test_small_tiles_take_the_sub_stream_and_large_ones_the_main():
    both = streams(main="playing", sub="playing")
    assert preferred(both, large=False) is StreamName.SUB
    assert preferred(both, large=True) is StreamName.MAIN


def test_a_missing_or_broken_sub_stream_gives_way_to_main():
    assert preferred(streams(main="playing", sub="off"), large=False) is StreamName.MAIN
    assert preferred(streams(main="playing", sub="not_found"), large=False) is StreamName.MAIN
    assert preferred(streams(main="unreachable", sub="unreachable"), large=False) is StreamName.SUB
    assert preferred(streams(main="off"), large=False) is StreamName.MAIN
    assert preferred({}, large=True) is StreamName.MAIN


def test_streams_and_names_are_found_in_what_media_tells():
    status = MediaStatus(NOW, 1, (PLAYING, replace(PLAYING, channel=2, recording=False)), names={1: "Yard", 3: ""})
    assert streams_of(status, 1) == {StreamName.SUB: PLAYING}
    assert records(streams_of(status, 1).values())
    assert not records(streams_of(status, 2).values())
    assert streams_of(None, 1) == {}
    assert [name_of(status, one) for one in (1, 3, 4)] == ["Yard", "Channel 3", "Channel 4"]
