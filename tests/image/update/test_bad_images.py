"""New firmware that is not well: it gives way to the one before, with the right reason on the screen and in the log."""

import json

import pytest

from tests.image.update.bench import Laps
from tests.image.update.conftest import CHANNELS, READY


@pytest.fixture
def bench(standing):
    """Give the recorder as it was when it had just begun to record."""
    standing.thaw(READY)
    return standing


def tried(bench, bundle):
    """Install a bundle, and live until that has ended."""
    bench.plug(bundle)
    laps = Laps()
    told = bench.check(bundle)
    assert told["phase"] == "checked", told
    laps.lap("checking")
    bench.install()
    bench.await_restart()
    laps.lap("installing")
    bench.switch_on()
    told = bench.judged()
    laps.lap("the way back")
    return told


def went_back(bench, told, words):
    """What must be so wherever a firmware gave way."""
    assert told["phase"] == "rolled_back", told
    assert "went back to 0.1.0" in told["words"]
    assert words in told["words"]
    assert (bench.slot, bench.environment["ORDER"], bench.environment["B_OK"]) == ("A", "A B", "0")
    bench.until("audit", "list", "--page", "update", wanted=lambda said: words.rstrip(".") in said)
    assert "update: rolled_back" in bench.run("journalctl -u nightjar-control --no-pager -o cat")
    assert "was not kept" in json.loads(bench.ask("status", "--json")[1])["update"]["words"], "which the screen shows"
    bench.recording(len(CHANNELS))
    bench.picture("gave-way")


@pytest.mark.covers("D-MNT-15.3", "D-MNT-15.5")
def test_one_that_draws_nothing_gives_way_and_the_old_one_has_its_settings_from_before_the_migration(bench, image):
    told = tried(bench, image("blind"))
    went_back(bench, told, "Nothing was drawn on the monitor")
    assert "is the one from before the update" in bench.run("journalctl -u nightjar-control --no-pager -o cat -b")
    assert {one["name"] for one in json.loads(bench.ask("channel", "list", "--json")[1])} == set(CHANNELS)


@pytest.mark.covers("D-MNT-15.3")
def test_one_that_loses_a_channel_gives_way_and_names_it(bench, image):
    told = tried(bench, image("deaf"))
    went_back(bench, told, "Cameras that recorded before did not record with it: Yard")


@pytest.mark.covers("D-MNT-15.3")
def test_one_whose_control_hangs_gives_way(bench, image):
    told = tried(bench, image("hangs"))
    went_back(bench, told, "The new version did not start")


def test_a_gate_that_always_says_yes_does_not_pass(bench, image):
    told = tried(bench, image("yes"))
    with pytest.raises(AssertionError):
        went_back(bench, told, "Nothing was drawn on the monitor")
    assert told["phase"] == "good", "which is what the tests above must not take"
