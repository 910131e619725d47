"""The security page says what is weak first, leads to where it is mended, and warns no more if told to."""

import pytest

from gui.dialogs.own_account import OwnAccount
from gui.pages.main_menu import MainMenu
from gui.pages.security import SecurityPage
from gui.pages.settings import SettingsPage
from recorder.client.answers import Credentials, Security, SecurityCard
from recorder.client.tone import Tone
from tests.gui.pages.house import house
from tests.gui.rig import SIZES, clipped, unreachable

CARDS = (
    SecurityCard("second-factor", "Second factor", "2 users of 3 come in with a password alone: admin, guard.",
                 Tone.WARNING, "Set up mine", "account"),
    SecurityCard("camera-logins", "Logins at cameras", "With the password that it came with: Yard.", Tone.WARNING,
                 "Set another", "channel", "2"),
    SecurityCard("passwords", "Passwords", "None is known to be weak.", Tone.GOOD, "Users", "user"),
    SecurityCard("footage", "Footage on disks", "Who takes a disk away can play it: 1.", Tone.QUIET, "Encrypt it",
                 "pool", "1", accepted=True),
)  # fmt: skip


def at_page(size=(1280, 720)):
    rig, rooms, api = house(size)
    api.security = lambda: Security(0, Tone.WARNING, "Somebody should look at: Second factor.", CARDS)
    api.credentials, api.questions = (lambda: Credentials(10, (), "", False)), (lambda: ())
    rig.open(SecurityPage(rooms))
    return rig, api


@pytest.mark.covers("D-SEC-01")
@pytest.mark.parametrize("size", SIZES)
def test_each_card_says_how_it_is_and_what_can_be_done(size):
    rig, _api = at_page(size)
    words = rig.words()
    for expected in ("Somebody should look at", "come in with a password alone", "Set another", "Users", "Accepted"):
        assert expected in words
    assert clipped(rig.screen) == []
    assert unreachable(rig.screen) == []


@pytest.mark.covers("D-SEC-01")
def test_what_is_weak_leads_to_where_it_is_mended():
    rig, _api = at_page()
    rig.key("ok", "ok")
    assert isinstance(rig.top, OwnAccount)
    rig.key("back")
    rig.key("down", "ok", "ok")
    assert isinstance(rig.top, SettingsPage)
    assert (rig.top.current.name, rig.top.channel) == ("channel", 2)
    rig.key("back")
    rig.key("down", "ok")
    assert rig.top.current.name == "user"


@pytest.mark.covers("D-SEC-01")
def test_a_warning_is_switched_off_and_on_again():
    rig, api = at_page()
    rig.key("ok", "down", "ok")
    assert api.calls[-1] == ("set_page", "security-advice", {"warn_second_factor": False}, None)
    rig.key("end", "ok", "down", "ok")
    assert api.calls[-1] == ("set_page", "security-advice", {"warn_footage": True}, None)


def test_the_page_is_reached_from_the_menu():
    rig, rooms, api = house()
    api.security = lambda: Security(0, Tone.GOOD, "Nothing is weak.", CARDS[2:3])
    rig.open(MainMenu(rooms))
    rig.go_to("security")
    rig.key("ok")
    assert isinstance(rig.top, SecurityPage)
