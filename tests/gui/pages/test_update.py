"""The page of the recorder's own firmware: what can be done now, the seconds told before anything is agreed to."""

from dataclasses import replace

import pytest

from gui.dialogs.message import Question
from gui.pages.main_menu import MainMenu
from gui.pages.update import UpdatePage
from gui.wall import manner
from gui.wall.manner import Manner
from recorder.client.answers import CheckedBundle, FoundBundle, UpdateNote, UpdateStatus
from recorder.client.answers.update import Phase
from recorder.client.dates import Order
from recorder.client.tone import Tone
from tests.gui.pages.house import house
from tests.gui.rig import SIZES, clipped, unreachable

FOUND = FoundBundle("ab" * 6, "KEYS", "nightjar/nightjar-1.5.0.raucb", 210_000_000, 0)
HUGE = replace(FOUND, id="cd" * 6, name="film.raucb", problem="It is larger than any update.")
BUNDLE = CheckedBundle(
    "1.5.0",
    "Domes turn faster.",
    "2026-11-27",
    210_000_000,
    "release",
    "ab" * 32,
    "USB stick KEYS: nightjar-1.5.0.raucb",
)
AT_US = 1_796_000_000_000_000
IDLE = UpdateStatus(words="No update is under way.", version="1.4.2", gap_s=75, found=(FOUND, HUGE))
CHECKED = replace(
    IDLE, phase=Phase.CHECKED, words="Version 1.5.0 is checked and may be installed.", tone=Tone.GOOD, bundle=BUNDLE,
    tonight_us=AT_US,
)  # fmt: skip


def at_page(told, size=(1280, 720)):
    rig, rooms, api = house(size)
    api.asked = []
    api.update = lambda: told
    for name in ("update_from_stick", "install_update", "forget_update", "update_seen"):
        setattr(api, name, lambda *arguments, name=name: api.asked.append((name, *arguments)))
    rooms.update()
    rig.show()
    assert isinstance(rig.top, UpdatePage)
    return rig, api


@pytest.mark.covers("D-MNT-02")
@pytest.mark.parametrize("size", SIZES)
@pytest.mark.parametrize(
    "told",
    [
        IDLE,
        replace(CHECKED, phase=Phase.INSTALL, busy=True, percent=40.0, words="Version 1.5.0 is installed."),
        replace(CHECKED, at_us=AT_US),
        UpdateStatus(problem="This recorder does not run from an image of ours, so it is not updated by one."),
    ],
)
def test_all_of_it_can_be_read_and_reached(told, size):
    rig, _api = at_page(told, size)
    assert (told.problem or told.words) in rig.words()
    assert (f"Version {told.version} runs." in rig.words()) == bool(told.version)
    assert told.bundle is None or f"Signed: {told.bundle.signer}" in rig.words()
    assert clipped(rig.screen) == []
    assert unreachable(rig.screen) == []


@pytest.mark.covers("D-MNT-15")
def test_a_file_of_a_stick_is_chosen_and_one_that_is_none_is_not():
    rig, api = at_page(IDLE)
    rig.key("ok")
    assert api.asked == [("update_from_stick", FOUND.id)]
    rig.key("down")
    rig.key("ok")
    assert len(api.asked) == 1
    assert "larger than any update" in rig.words()


@pytest.mark.parametrize(("downs", "when"), [(0, "now"), (1, "tonight")])
def test_the_seconds_that_are_not_recorded_are_told_before_anything_is_agreed_to(downs, when):
    rig, api = at_page(CHECKED)
    for _press in range(downs):
        rig.key("down")
    rig.key("ok")
    assert isinstance(rig.top, Question)
    assert "75 s will not be recorded" in rig.words()
    assert api.asked == []
    rig.key("ok")
    assert api.asked == [("install_update", BUNDLE.digest, when, 75)]


def test_the_menu_leads_there():
    rig, rooms, api = house()
    api.update = lambda: IDLE
    rig.open(MainMenu(rooms))
    rig.go_to("update")
    rig.key("ok")
    assert isinstance(rig.top, UpdatePage)


def test_a_stick_with_an_update_is_offered_once_and_how_one_ended_until_it_was_looked_at():
    rig, rooms, api = house()
    api.update = lambda: IDLE
    note = UpdateNote(("ab" * 6,))
    rooms.feed.latest = replace(rooms.feed.latest, update=note)
    rooms.status_changed()
    rig.show()
    assert isinstance(rig.top, Question)
    assert "Nothing is installed unasked" in rig.words()
    rig.key("back")
    rooms.status_changed()
    rig.show()
    assert not isinstance(rig.top, Question)
    rooms.feed.latest = replace(rooms.feed.latest, update=replace(note, words="The recorder was updated.", ended_us=5))
    rooms.status_changed()
    rig.show()
    assert "The recorder was updated." in rig.words()
    rig.key("ok")
    assert isinstance(rig.top, UpdatePage)


def test_a_development_build_says_so_where_one_logs_in():
    rig, rooms, _api = house(user="")
    rooms.feed.latest = replace(rooms.feed.latest, update=UpdateNote(development=True))
    rooms.main_menu()
    rig.show()
    assert "development build" in rig.words()


@pytest.mark.covers("D-MNT-15")
@pytest.mark.parametrize("size", SIZES)
def test_what_is_not_recorded_is_told_however_much_a_bundle_says_of_itself(size):
    far = "USB stick KEYS: " + "updates/" * 16 + "nightjar-1.5.0.raucb"
    told = replace(CHECKED, bundle=replace(BUNDLE, description="All is better. " * 60, source=far), at_us=AT_US)
    rig, _api = at_page(told, size)
    assert [one.name for one in clipped(rig.screen)] == ["about"]
    lines = rig.find("facts").text.splitlines()
    assert "75 s will not be recorded" in lines[0]
    assert lines[1] == "It will be installed at 2026-11-30, 00:53."


@pytest.mark.covers("D-SYS-11")
def test_when_it_is_installed_is_written_in_the_owners_manner_and_not_offered_twice():
    manner.follow(Manner(order=Order.MONTH_FIRST, twelve=True))
    rig, _api = at_page(CHECKED)
    assert "Install tonight at 12:53 AM" in rig.words()
    rig, _api = at_page(replace(CHECKED, at_us=AT_US))
    assert "It will be installed at Nov 30, 2026, 12:53 AM." in rig.words()
    assert "Install tonight" not in rig.words()
    assert "Do not install" in rig.words()
