"""Backup and reset at the screen: what is kept, what goes, what would change, all with a password and in words."""

from dataclasses import replace

import pytest

from gui.dialogs.first_run import FirstRun
from gui.dialogs.recover import RecoverByKey
from gui.dialogs.reset import ResetSheet
from gui.dialogs.restore import Restore, RestoreOffer
from gui.dialogs.take_configuration import LookAtConfiguration, TakeConfiguration
from gui.pages.configuration import ConfigurationPage
from recorder.client.answers import FoundBundle, SetupState, StickStatus
from recorder.client.answers.configuration import (
    ConfigurationFile,
    ConfigurationPreview,
    ConfigurationStatus,
    Difference,
    DiskBackup,
    Exported,
    Extent,
    SetupBackup,
    Taking,
)
from recorder.client.answers.credentials import ResetKeyState
from tests.gui.pages.house import house
from tests.gui.rig import SIZES, clipped, unreachable

AT = 1_796_000_000_000_000
FILE = FoundBundle("ab" * 6, "KEYS", "Shop-2026-11-27-140000.njsc", 5_000, AT)
STICK = StickStatus("USB1", "KEYS", "/run/nightjar/sticks/KEYS", 8_000_000_000, 4_000_000_000)
TOLD = ConfigurationStatus(
    (FILE,), "", (DiskBackup("Bay 1", AT), DiskBackup("Bay 2", 0, "it does not answer")), "It leaves out: gate."
)
SEEN = ConfigurationPreview(
    (
        Difference("General", "", "Recorder name", '"Nightjar"', '"Shop"'),
        Difference("Channel", "2", "", '"stored"', "null"),
    ),
    0,
    ("admin", "anna"),
    ("Pool 9: there can be none of this name",),
    becomes=True,
)
HELD = ConfigurationFile("cd" * 16, "Shop", AT, "1.2.3", same_recorder=True)
BACKUP = SetupBackup("ef" * 16, "Shop", AT, "Bay 1")


def at_page(size=(1280, 720), told=TOLD):
    rig, rooms, api = house(size)
    rooms.feed.latest = replace(rooms.feed.latest, sticks=(STICK,))
    api.asked = []
    api.configuration = lambda: told
    answers = {
        "reset": None,
        "export_configuration_to_stick": Exported("KEYS", "Shop.njsc"),
        "hold_configuration_of_stick": HELD,
        "look_at_configuration": SEEN,
        "take_configuration": None,
    }
    for name, answer in answers.items():

        def asked(*arguments, name=name, answer=answer):
            api.asked.append((name, *arguments))
            return answer

        setattr(api, name, asked)
    rooms.configuration()
    rig.show()
    assert isinstance(rig.top, ConfigurationPage)
    return rig, api


def choose(rig, row):
    for _step in range(row):
        rig.key("down")
    rig.key("ok")
    rig.show()


@pytest.mark.parametrize("size", SIZES)
@pytest.mark.parametrize("told", [TOLD, ConfigurationStatus()])
def test_all_of_it_can_be_read_and_reached(size, told):
    rig, _api = at_page(size, told)
    if told.backups:
        assert "kept on 1 recording disk" in rig.words()
        assert "Bay 2: it does not answer" in rig.words()
        assert "It leaves out: gate." in rig.words()
    else:
        assert "no recording disk yet" in rig.words()
    assert clipped(rig.screen) == []
    assert unreachable(rig.screen) == []


@pytest.mark.parametrize("size", SIZES)
@pytest.mark.parametrize("extent", Extent)
def test_a_reset_says_what_goes_and_asks_for_the_password(size, extent):
    rig, api = at_page(size)
    choose(rig, 2 + list(Extent).index(extent))
    assert isinstance(rig.top, ResetSheet)
    assert "Recordings stay" in rig.words()
    assert clipped(rig.screen) == []
    assert unreachable(rig.screen) == []
    rig.type("my own password")
    rig.key("ok")
    assert api.asked == [("reset", extent, "my own password")]


def test_an_export_wants_a_password_of_its_own_twice():
    rig, api = at_page()
    choose(rig, 0)
    rig.type("kept in the safe")
    rig.go_to("proof")
    rig.type("my own password")
    rig.go_to("enter")
    rig.key("ok")
    assert "differ" in rig.words()
    assert api.asked == []
    rig.go_to("file-again")
    rig.type("kept in the safe")
    rig.go_to("proof")
    rig.type("my own password")
    rig.go_to("enter")
    rig.key("ok")
    assert [one[:3] for one in api.asked] == [("export_configuration_to_stick", "USB1", "kept in the safe")]


@pytest.mark.parametrize("size", SIZES)
def test_a_file_is_opened_looked_at_and_taken_in(size):
    rig, api = at_page(size)
    choose(rig, 1)
    assert isinstance(rig.top, LookAtConfiguration)
    assert "“Shop”" in rig.words()
    assert clipped(rig.screen) == []
    rig.type("kept in the safe")
    rig.key("ok")
    rig.show()
    assert isinstance(rig.top, TakeConfiguration)
    for words in ('"Nightjar" → "Shop"', "Channel  2: goes", "admin, anna", "Left out", "starts anew"):
        assert words in rig.words()
    assert unreachable(rig.screen) == []
    rig.go_to("proof")
    rig.type("my own password")
    rig.key("ok")
    assert api.asked[-1] == ("take_configuration", HELD.id, "kept in the safe", Taking.SAME, "my own password")


@pytest.mark.covers("P-ADM-11")
@pytest.mark.parametrize("size", SIZES)
def test_a_recorder_that_is_not_set_up_is_offered_the_settings_of_a_disk(size):
    rig, rooms, api = house(size, user="", needs_setup=True)
    api.asked = []
    api.setup_state = lambda: SetupState(needs_setup=True, code_needed=False, backups=(BACKUP,))
    api.restore_backup = lambda *arguments: api.asked.append(arguments)
    rooms.main_menu()
    rig.show()
    assert isinstance(rig.top, RestoreOffer)
    assert "“Shop”\nOn disk Bay 1, as of 2026-11-" in rig.words()
    assert clipped(rig.screen) == []
    assert unreachable(rig.screen) == []
    rig.key("ok")
    rig.show()
    assert isinstance(rig.top, Restore)
    rig.type("a password of then")
    rig.key("ok")
    rig.show()
    assert api.asked == [(BACKUP.id, "admin", "a password of then")]
    assert not isinstance(rig.top, (FirstRun, RestoreOffer, Restore))


def test_who_starts_new_sets_the_first_password_and_is_not_asked_again():
    rig, rooms, api = house(user="", needs_setup=True)
    api.setup_state = lambda: SetupState(needs_setup=True, code_needed=False, backups=(BACKUP,))
    rooms.main_menu()
    rig.show()
    rig.go_to("start-new")
    rig.key("ok")
    rig.show()
    assert isinstance(rig.top, FirstRun)


@pytest.mark.covers("D-MNT-14")
@pytest.mark.parametrize("size", SIZES)
@pytest.mark.parametrize("left_s", [0, 540])
def test_the_way_back_by_the_reset_key_says_whether_it_was_held(size, left_s):
    rig, rooms, api = house(size, user="")
    api.asked = []
    api.reset_key = lambda: ResetKeyState(left_s)
    api.recover = lambda user, password, **way: api.asked.append((user, password, way))
    rig.open(RecoverByKey(rooms.session, ""))
    rig.show()
    assert ("You have 9 min" if left_s else "not held yet") in rig.words()
    assert clipped(rig.screen) == []
    assert unreachable(rig.screen) == []
    rig.type("a new one for me")
    rig.key("ok")
    rig.type("a new one for me")
    rig.key("ok")
    assert api.asked == [("admin", "a new one for me", {"key": True})]
