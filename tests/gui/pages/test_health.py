"""The page that says whether all is well says what is wrong first, and leads to what has more of it."""

from dataclasses import replace

import pytest

from gui.pages.health import HealthPage
from gui.pages.main_menu import MainMenu
from gui.pages.storage import Storage
from recorder.client.answers import Health, HealthLine
from recorder.client.tone import Tone
from tests.gui.pages.house import house
from tests.gui.rig import SIZES, clipped, unreachable

WELL = Health(
    0,
    Tone.GOOD,
    "All is well.",
    (
        HealthLine("recording", "Recording", "8 of 8 channels record.", Tone.GOOD),
        HealthLine("disks", "Disks", "2 recording, 1.2 TB of 8.0 TB", Tone.GOOD),
        HealthLine("something new", "Something", "that this screen does not know", Tone.QUIET),
    ),
)


def at_page(size=(1280, 720)):
    rig, rooms, api = house(size)
    api.health = lambda: WELL
    rig.open(MainMenu(rooms))
    rig.go_to("health")
    rig.key("ok")
    return rig, api


@pytest.mark.parametrize("size", SIZES)
def test_it_says_whether_all_is_well_line_by_line(size):
    rig, _api = at_page(size)
    assert isinstance(rig.top, HealthPage)
    for expected in ("All is well.", "8 of 8 channels record.", "1.2 TB of 8.0 TB", "this screen does not know"):
        assert expected in rig.words()
    assert clipped(rig.screen) == []
    assert unreachable(rig.screen) == []


def test_what_becomes_wrong_is_said_and_leads_on():
    rig, api = at_page()
    bad = HealthLine("disks", "Disks", "Bay 1: failed", Tone.BAD)
    api.health = lambda: replace(WELL, tone=Tone.BAD, words="Somebody should look at: Disks.", lines=(bad,))
    rig.clock.advance(10.1)
    rig.show()
    assert "Somebody should look at: Disks." in rig.words()
    rig.key("ok")
    assert isinstance(rig.top, Storage)
