"""The sound of a voice file from a USB stick, with five keys: what is there, what is wrong, what was taken."""

import pytest

from gui.pages.settings import SettingsPage
from gui.pages.stick_sounds import LOOK_S, StickSounds
from recorder.client.answers import FoundBundle, VoiceTaken
from recorder.client.api import ApiError
from tests.gui.pages.house import house
from tests.gui.pages.test_users import do
from tests.gui.rig import SIZES, clipped, unreachable

GONG = FoundBundle("ab" * 6, "KEYS", "music/gong.mp3", 40_000, 1)
LONG = FoundBundle("cd" * 6, "KEYS", "opera.wav", 90_000_000, 1, "It is too large.")


def at_sheet(size=(1280, 720), found=(GONG, LONG)):
    rig, rooms, api = house(size)
    api.set_page("voice-file", {}, item="gate")
    api.found, api.taken = list(found), []
    api.found_sounds = lambda: list(api.found)

    def take(name, file):
        api.taken.append((name, file))
        api._check()
        return VoiceTaken(name, 3.25, 48_000, 1)

    api.take_voice = take
    rig.open(SettingsPage(rooms, page="voice-file"))
    do(rig, "take-sound")
    assert isinstance(rig.top, StickSounds)
    return rig, api


@pytest.mark.covers("D-AUD-01")
def test_a_file_of_a_stick_becomes_the_sound_with_two_keys():
    rig, api = at_sheet()
    assert "music/gong.mp3" in rig.words()
    rig.key("ok")
    assert api.taken == [("gate", GONG.id)]
    assert isinstance(rig.top, SettingsPage)
    assert rig.notices == ["The recorder has it: 3.2 s."]


def test_what_cannot_be_taken_says_why_and_is_not_asked_for():
    rig, api = at_sheet(found=(LONG,))
    assert "It is too large." in rig.words()
    rig.key("ok")
    assert api.taken == []
    assert isinstance(rig.top, StickSounds)


def test_what_the_recorder_says_against_a_file_is_said_and_another_one_can_be_taken():
    rig, api = at_sheet()
    api.refuse = ApiError(422, "BadSound", "This sound cannot be played: it is damaged.")
    rig.key("ok")
    assert "it is damaged" in rig.words()
    api.refuse = None
    rig.key("ok")
    assert len(api.taken) == 2
    assert isinstance(rig.top, SettingsPage)


def test_a_stick_that_is_pushed_in_meanwhile_is_shown():
    rig, api = at_sheet(found=())
    assert "Push in a USB stick." in rig.words()
    api.found.append(GONG)
    rig.clock.advance(LOOK_S + 0.1)
    rig.show()
    assert "music/gong.mp3" in rig.words()


@pytest.mark.parametrize("size", SIZES)
def test_everything_is_seen_and_reached_at_every_size(size):
    rig, _api = at_sheet(size)
    assert clipped(rig.screen) == []
    assert unreachable(rig.screen) == []
