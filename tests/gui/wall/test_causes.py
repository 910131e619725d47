"""Every state that leaves a tile without picture has its sentence and exactly one thing to do about it."""

import itertools
import re
from datetime import UTC
from zoneinfo import ZoneInfo

import pytest

from gui.wall.causes import LABELS, TABLE, Action, Trouble, cause, of_disk, of_stream
from recorder.client.status import DiskState, DiskStatus, StreamState, StreamStatus
from recorder.client.stream import StreamName

# 2026-11-21 14:30:00 in Berlin.
NOW = 1_795_267_800_000_000
BERLIN = ZoneInfo("Europe/Berlin")
MINUTE = 60_000_000


@pytest.mark.parametrize("kind", [*StreamState, *DiskState, *Trouble])
def test_every_state_has_words_and_one_action_with_a_label(kind):
    told = cause(kind, NOW, BERLIN, since_us=NOW - 28 * MINUTE)
    assert told.short
    assert told.words.endswith(".")
    assert told.doing.endswith(".")
    assert told.label == LABELS[told.action]
    assert (told.action is Action.HELP) == bool(told.help)
    assert not re.search(r"[{}]", told.words + told.doing + told.help)


@pytest.mark.parametrize("kind", [*StreamState, *DiskState, *Trouble])
def test_a_state_says_since_when_unless_that_is_unknown(kind):
    if "{since}" in TABLE[kind].words:
        assert "14:02" in cause(kind, NOW, BERLIN, since_us=NOW - 28 * MINUTE).words
    assert "since" not in cause(kind, NOW, BERLIN).words


def test_a_wrong_password_is_told_as_promised():
    status = StreamStatus(3, StreamName.SUB, StreamState.WRONG_PASSWORD, NOW - 28 * MINUTE, tries=2)
    told = of_stream(status, NOW, BERLIN)
    assert told.words == "Wrong password since 14:02."
    assert told.doing == "Stopped after 2 tries so that the camera does not lock."
    assert told.label == "Enter password"


def test_a_next_try_is_counted_down_and_far_ones_have_a_time():
    def doing(ahead_us):
        status = StreamStatus(1, StreamName.MAIN, StreamState.UNREACHABLE, NOW, next_try_us=NOW + ahead_us)
        return of_stream(status, NOW, BERLIN).doing

    assert doing(12_000_000) == "Trying again in 12 s."
    assert doing(11_400_000) == "Trying again in 12 s."
    assert doing(-1) == "Trying again now."
    assert doing(10 * MINUTE) == "Trying again at 14:40."


def test_an_older_time_says_its_day_and_a_much_older_one_its_year():
    def words(ago_us):
        return cause(StreamState.UNREACHABLE, NOW, BERLIN, since_us=NOW - ago_us).words

    assert words(24 * 60 * MINUTE) == "No answer from the camera since Nov 20, 14:30."
    assert words(366 * 24 * 60 * MINUTE) == "No answer from the camera since 2025-11-20, 14:30."


def test_the_time_is_that_of_the_recorders_zone():
    assert "13:02" in cause(StreamState.STALLED, NOW, UTC, since_us=NOW - 28 * MINUTE).words


@pytest.mark.parametrize("absurd", [-1, 2**62, 10**30])
def test_an_absurd_time_is_no_crash(absurd):
    for kind in itertools.chain(StreamState, Trouble):
        assert cause(kind, NOW, BERLIN, since_us=absurd, next_try_us=absurd).words


def test_a_disk_is_called_by_its_name():
    status = DiskStatus("Bay 2", "x", DiskState.FAILED, NOW - 28 * MINUTE, "EIO", 1, 1)
    assert of_disk(status, NOW, BERLIN).words == "Bay 2: failed since 14:02."
