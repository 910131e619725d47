"""What the screen keeps: written seldom, read with suspicion, and the wall and playback stand as they stood."""

import json
import os
import stat

import pytest
from hypothesis import given
from hypothesis import strategies as st

from gui.memory import LARGEST_BYTES, Memory, PlaybackPlace, Remembered, WallPlace, read, write
from gui.toolkit.page import Page
from gui.wall.arrangement import Arrangement
from gui.wall.page import Wall
from gui.wall.pictures import Pictures
from gui.wall.splits import SPLITS
from tests.gui.doubles import NOW, Hand
from tests.gui.pages.house import house
from tests.gui.wall.conftest import WallInHand

BOOT = "this boot"
WALL = WallPlace((3, 1, 2, 4, 5), 4, 1, None, 0)
PLAYED = PlaybackPlace((2, 3), NOW)


class Kept:
    """A screen with a memory, and the file that it leaves."""

    def __init__(self, path, boot=BOOT, worker=None):
        self.hand = Hand(worker=worker)
        self.path = path
        self.hand.screen.navigator.push(Page(name="wall"))
        self.memory = Memory(self.hand.screen, path, boot)
        self.writes = 0

    def settle(self):
        before = self._version()
        self.hand.settle()
        self.hand.settle()
        self.writes += self._version() != before

    def wait(self, seconds):
        for _tenth in range(round(seconds * 10)):
            self.hand.clock.advance(0.1)
            self.settle()

    def _version(self):
        return self.path.stat().st_ino if self.path.exists() else None


@pytest.fixture
def path(tmp_path):
    return tmp_path / "screen.json"


@pytest.fixture
def kept(path):
    return Kept(path)


# When it is written.


def test_a_change_is_written_at_once_and_for_this_user_alone(kept, path):
    kept.memory.note_wall(WALL)
    kept.settle()
    assert read(path).wall == WALL
    assert stat.S_IMODE(path.stat().st_mode) == 0o600
    assert list(path.parent.iterdir()) == [path]


def test_many_changes_are_one_write_a_second_and_the_last_one_counts(kept, path):
    for page in range(30):
        kept.memory.note_wall(WallPlace((1, 2, 3), 1, page))
        kept.wait(0.1)
    assert kept.writes <= 4
    kept.wait(1)
    assert read(path).wall.page == 29


def test_nothing_is_written_and_nobody_wakes_while_nothing_changes(kept):
    kept.memory.note_wall(WALL)
    kept.memory.note_playback(PLAYED)
    kept.wait(2)
    written = kept.writes
    for _again in range(5):
        kept.memory.note_wall(WALL)
        kept.memory.note_playback(PLAYED)
        kept.wait(2)
    assert kept.writes == written
    assert kept.hand.screen.sleep_s() is None


def test_a_wall_without_channels_does_not_wipe_out_what_was_kept(kept, path):
    kept.memory.note_wall(WALL)
    kept.settle()
    kept.memory.note_wall(WallPlace())
    kept.wait(2)
    assert read(path).wall == WALL


def test_a_disk_that_refuses_is_tried_again_with_the_next_change(tmp_path):
    missing = tmp_path / "gone" / "screen.json"
    kept = Kept(missing)
    kept.memory.note_wall(WALL)
    kept.wait(3)
    assert not kept.hand.screen.notices.texts()
    missing.parent.mkdir()
    kept.memory.note_playback(PLAYED)
    kept.wait(1)
    assert read(missing) == Remembered(WALL, PLAYED, BOOT)


def test_at_the_end_what_is_left_is_written(kept, path):
    kept.memory.note_wall(WALL)
    kept.memory.close()
    assert read(path).wall == WALL


# What it reads.


def test_what_was_written_is_read_again(path):
    kept = Remembered(WALL, PLAYED, BOOT)
    write(path, kept)
    assert read(path) == kept
    assert Memory(Hand().screen, path, BOOT).known == kept


def test_after_a_power_cut_the_wall_stands_as_before_and_nobody_is_asked_to_log_in(path):
    write(path, Remembered(WALL, PLAYED, "another boot"))
    assert Memory(Hand().screen, path, BOOT).known == Remembered(WALL, None, BOOT)


@pytest.mark.parametrize(
    "content",
    [
        b"",
        b"{",
        b"[]",
        b"null",
        b'{"wall": 4, "playback": [], "boot": 7}',
        b"\xff\xfe\x00",
        b"[" * LARGEST_BYTES,
        b'{"wall": {"order": ' + b"9" * LARGEST_BYTES,
    ],
)
def test_a_damaged_file_counts_as_none(path, content):
    path.write_bytes(content)
    assert read(path) == Remembered()


def test_what_is_a_directory_counts_as_no_file(path):
    path.mkdir()
    assert read(path) == Remembered()


@pytest.mark.parametrize("place", [{}, {"page": True}, {"page": -1}, {"page": 1.5}, {"page": "1"}, {"page": 1 << 70}])
def test_one_bad_field_takes_no_other_with_it(path, place):
    path.write_text(json.dumps({"wall": {"order": [4, 4, 2, "x", 0, -3, 1 << 40, 1], "split": 4, **place}}))
    assert read(path).wall == WallPlace((4, 2, 1), 4)


hostile = st.recursive(
    st.none() | st.booleans() | st.integers(-(1 << 64), 1 << 64) | st.integers(0, 40) | st.floats() | st.text(),
    lambda inner: (
        st.lists(inner, max_size=8)
        | st.dictionaries(st.sampled_from(["order", "split", "page", "single", "selected", "channels", "at_us"]), inner)
    ),
)


@given(wall=hostile, playback=hostile)
def test_a_wall_stands_whatever_the_file_says(tmp_path_factory, wall, playback):
    path = tmp_path_factory.getbasetemp() / f"hostile-{os.getpid()}.json"
    path.write_text(json.dumps({"wall": wall, "playback": playback, "boot": BOOT}))
    found = read(path)
    arrangement = Arrangement.of(found.wall)
    shown = arrangement.channels()
    assert len(shown) == arrangement.grid.tiles
    assert 0 <= arrangement.selected < len(shown)
    assert arrangement.split is None or arrangement.split in SPLITS
    assert arrangement.single is None or arrangement.single in arrangement.order
    assert found.playback is None or 1 <= len(found.playback.channels) <= 4


# The wall and playback again.


class Again(WallInHand):
    """The wall of a process that was started after another had ended."""

    def __init__(self, path):
        super().__init__()
        self.memory = Memory(self.screen, path, BOOT)
        self.wall = Wall(Pictures(self.decode), self.feed, self.doors, self.memory)


def test_split_order_page_and_frame_are_there_again(path):
    first = Again(path).open(range(1, 10))
    first.wall.choose_split(4)
    first.wall.turn(1)
    first.key("right", shift=True)
    first.wait(2)
    assert first.channels == [6, 5, 7, 8]
    again = Again(path).open(range(1, 10))
    assert again.channels == [6, 5, 7, 8]
    assert again.focus == first.focus == "channel-5"
    again.wall.turn(-1)
    assert again.channels == [1, 2, 3, 4]


def test_a_channel_shown_alone_is_alone_again_and_leads_back_to_its_split(path):
    first = Again(path).open(range(1, 10))
    first.wall.jump(7)
    first.key("ok")
    first.wait(2)
    again = Again(path).open(range(1, 10))
    assert again.channels == [7]
    again.key("back")
    assert again.channels == list(range(1, 10))
    assert again.focus == "channel-7"


def test_the_wall_is_there_before_media_answers_and_asks_decode_when_it_knows_the_streams(path):
    first = Again(path).open((1, 2))
    first.wall.choose_split(1)
    first.wait(2)
    again = Again(path)
    again.screen.navigator.push(again.wall)
    again.settle()
    assert again.channels == [1]
    assert again.decode.asked == {}
    again.tell((1, 2))
    again.refresh()
    assert [asked[0] for asked in again.decode.asked.values()] == [1]
    again.show_pictures()
    assert again.tile(1).value == "picture"


def test_channels_that_are_gone_or_new_find_their_places(path):
    write(path, Remembered(WallPlace((4, 9, 2), 4, 7, 9, 30), None, BOOT))
    again = Again(path).open((1, 2, 4))
    assert again.channels == [4, 2, 1, None]


def test_playback_notes_channels_and_time_and_when_it_was_left(player):
    player.open(2, NOW - 3_600_000_000)
    assert player.noted[-1] == PlaybackPlace((2,), NOW - 3_600_000_000)
    player.page.choose_channels([2, 3])
    player.settle()
    player.key("space")
    told = len(player.noted)
    player.tell(NOW - 3_599_000_000)
    player.tell(NOW - 3_598_000_000)
    # While it runs, every five seconds is near enough.
    assert {one.at_us for one in player.noted[told:]} == {NOW - 3_600_000_000}
    player.page.close()
    assert player.noted[-1] is None


@pytest.fixture
def player():
    from tests.gui.playback.conftest import PlaybackInHand

    return PlaybackInHand().record()


class Returned:
    """The rooms of a process that was started while playback had been open."""

    def __init__(self, path, **state):
        write(path, Remembered(WALL, PLAYED, BOOT))
        self.rig, self.rooms, self.api = house(user="", **state)
        self.memory = Memory(self.rig.screen, path, BOOT)
        self.rooms.memory, self.rooms.return_to = self.memory, self.memory.known.playback
        self.played = []
        self.rooms.play = lambda *place: self.played.append(place)
        self.rooms.status_changed()
        self.rig.show()


def test_playback_is_returned_to_after_a_login(path):
    returned = Returned(path)
    assert returned.rig.top.name == "login"
    assert "go on with playback" in returned.rig.words()
    returned.rig.type("long enough 1")
    returned.rig.key("ok")
    assert returned.played == [(PLAYED.channels, PLAYED.at_us)]


def test_who_does_not_log_in_stays_at_the_wall_and_is_not_asked_again(path):
    returned = Returned(path)
    returned.rig.key("back")
    assert returned.rig.top.name == "wall"
    assert returned.played == []
    assert returned.memory.known.playback is None
    returned.rooms.status_changed()
    assert returned.rig.top.name == "wall"


def test_where_nobody_comes_the_wall_is_seen_again_after_a_minute(path):
    returned = Returned(path)
    returned.rig.clock.advance(50)
    returned.rig.type("lo")
    returned.rig.clock.advance(15)
    returned.rig.show()
    assert returned.rig.top.name == "login"
    returned.rig.clock.advance(61)
    returned.rig.show()
    assert returned.rig.top.name == "wall"


def test_a_recorder_without_a_password_asks_for_that_first(path):
    assert Returned(path, needs_setup=True).rig.top.name == "first-run"
