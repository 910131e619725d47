"""A recovery stick at the screen: offered with the first password, made at the settings, and the way back by it."""

from dataclasses import replace

import pytest

from gui.dialogs.first_run import FirstRun
from gui.dialogs.message import Message
from gui.dialogs.recover import RecoverByStick, WaysBack
from gui.dialogs.recovery_codes import CodesSheet
from gui.dialogs.recovery_stick import MakeRecoveryStick
from gui.pages.settings import SettingsPage
from recorder.client.answers import StickStatus
from recorder.client.answers.credentials import RecoveryStickMade, RecoveryStickState
from recorder.client.api import ApiError
from tests.gui.pages.house import house
from tests.gui.rig import SIZES, clipped, unreachable

STICK = StickStatus("USB1", "KEYS", "/run/nightjar/sticks/KEYS", 8 << 30, 4 << 30)
OTHER = replace(STICK, port="USB2", label="OTHER")
FIRST = "short but longer 7"


def with_sticks(*sticks, size=(1280, 720), **how):
    rig, rooms, api = house(size, **how)
    rooms.feed.latest = replace(rooms.feed.latest, sticks=sticks)
    api.status = lambda: rooms.feed.latest
    api.made = []

    def made(port, password=""):
        api.made.append((port, password))
        api._check()
        return RecoveryStickMade(next(one.label for one in sticks if one.port == port))

    api.make_recovery_stick = made
    return rig, rooms, api


def set_first_password(rig, rooms):
    rooms.session.recovery_codes = ("ABCD-EFGH-JKLM-NPQR",)
    rooms.main_menu()
    rig.show()
    assert isinstance(rig.top, FirstRun)
    rig.type(FIRST)
    rig.key("ok")
    rig.type(FIRST)
    rig.key("ok")
    rig.show()


@pytest.mark.covers("D-MNT-14")
@pytest.mark.parametrize("size", SIZES)
def test_with_the_first_password_a_stick_that_is_in_is_offered_after_the_codes_and_made_by_one_key(size):
    rig, rooms, api = with_sticks(STICK, size=size, user="", needs_setup=True)
    set_first_password(rig, rooms)
    assert isinstance(rig.top, CodesSheet)
    rig.key("ok")
    assert isinstance(rig.top, MakeRecoveryStick)
    assert "USB stick KEYS" in rig.words()
    assert "whoever has it" in rig.words()
    assert clipped(rig.screen) == []
    assert unreachable(rig.screen) == []
    rig.key("ok")
    assert api.made == [("USB1", FIRST)]
    assert "KEYS is the recovery stick now" in str(rig.notices)
    assert rig.top.name == "main-menu"


def test_who_wants_none_is_left_alone_and_without_a_stick_nobody_is_asked():
    rig, rooms, api = with_sticks(STICK, user="", needs_setup=True)
    set_first_password(rig, rooms)
    rig.key("ok")
    rig.go_to("cancel")
    rig.key("ok")
    assert (rig.top.name, api.made) == ("main-menu", [])
    rig, rooms, api = with_sticks(user="", needs_setup=True)
    set_first_password(rig, rooms)
    rig.key("ok")
    assert rig.top.name == "main-menu"


def test_a_stick_that_takes_nothing_is_told_where_it_was_offered():
    rig, rooms, api = with_sticks(STICK, user="", needs_setup=True)
    set_first_password(rig, rooms)
    rig.key("ok")
    api.refuse = ApiError(409, "StickNotWritten", "The USB stick KEYS cannot be written: it is full.")
    rig.key("ok")
    assert isinstance(rig.top, MakeRecoveryStick)
    assert "it is full" in rig.words()
    api.refuse = None
    rig.key("ok")
    assert api.made == [("USB1", FIRST)] * 2


def at_logins(*sticks):
    rig, rooms, api = with_sticks(*sticks)
    rig.open(SettingsPage(rooms, page="login-rules"))
    rig.go_to("make-stick")
    rig.key("ok")
    rig.show()
    return rig, api


@pytest.mark.covers("D-MNT-14")
def test_at_the_settings_of_logins_one_is_made_with_ones_password():
    rig, api = at_logins(STICK, OTHER)
    assert isinstance(rig.top, MakeRecoveryStick)
    assert clipped(rig.screen) == []
    assert unreachable(rig.screen) == []
    rig.find("stick").choose("USB2")
    rig.go_to("enter")
    rig.key("ok")
    assert "Write your password" in rig.words()
    rig.go_to("proof")
    rig.type("my own password")
    rig.key("ok")
    assert api.made == [("USB2", "my own password")]


def test_without_a_stick_it_is_said_what_to_do():
    rig, api = at_logins()
    assert isinstance(rig.top, Message)
    assert "Push a USB stick into the recorder" in rig.words()
    assert api.made == []


@pytest.mark.covers("D-MNT-14")
@pytest.mark.parametrize("size", SIZES)
@pytest.mark.parametrize("fits", [False, True])
def test_the_way_back_by_the_stick_says_whether_it_is_in(size, fits):
    rig, rooms, api = house(size, user="")
    words = "The recovery stick is in." if fits else "Push the recovery stick into a USB port of the recorder."
    api.asked = []
    api.recovery_stick = lambda: RecoveryStickState(fits, words)
    api.recover = lambda user, password, **way: api.asked.append((user, password, way))
    rig.open(RecoverByStick(rooms.session, ""))
    rig.show()
    assert words in rig.words()
    assert clipped(rig.screen) == []
    assert unreachable(rig.screen) == []
    rig.type("a new one for me")
    rig.key("ok")
    rig.type("a new one for me")
    rig.key("ok")
    assert api.asked == [("admin", "a new one for me", {"stick": True})]


@pytest.mark.parametrize("size", SIZES)
def test_all_ways_back_can_be_read_and_reached(size):
    rig, _rooms, _api = house(size, user="")
    gone = []
    ways = {
        f"by-{name}": (words, lambda name=name: gone.append(name))
        for name, words in (
            ("code", "One-time code"),
            ("answers", "Answer questions"),
            ("key", "Reset key"),
            ("stick", "Recovery stick"),
        )
    }
    rig.open(WaysBack(ways))
    assert clipped(rig.screen) == []
    assert unreachable(rig.screen) == []
    rig.go_to("by-stick")
    rig.key("ok")
    assert gone == ["stick"]
