"""The list of events when the firmware changes: an older one always starts, on what it can read."""

import shutil
import sqlite3
from contextlib import closing

import pytest

from recorder.client.instance import Instance
from recorder.events import store as events_store
from recorder.events.store import FILE, MIGRATIONS, EventStore
from recorder.update import events
from recorder.update.events import BEFORE, NEWER, fit


@pytest.fixture
def instance(tmp_path):
    found = Instance(tmp_path / "data")
    note(found, "before")
    return found


def note(instance, value):
    with closing(EventStore(instance.state / FILE)) as store:
        store.note(value, "1")


def noted(instance):
    with closing(sqlite3.connect(instance.state / FILE)) as db:
        return {name for (name,) in db.execute("SELECT name FROM noted")}


class Newer:
    """A firmware whose list of events has one form more."""

    def __init__(self, monkeypatch):
        self.patch = monkeypatch

    def __enter__(self):
        newer = (*MIGRATIONS, "CREATE TABLE newer (x INTEGER) STRICT;")
        self.patch.setattr(events_store, "MIGRATIONS", newer)
        self.patch.setattr(events, "OURS", len(newer))

    def __exit__(self, *_exc):
        self.patch.setattr(events_store, "MIGRATIONS", MIGRATIONS)
        self.patch.setattr(events, "OURS", len(MIGRATIONS))


def start(instance, value, *, tried=True):
    """Control starts, and something happens."""
    told = fit(instance, tried=tried)
    note(instance, value)
    return told


@pytest.mark.covers("D-MNT-15.5")
def test_an_older_firmware_starts_on_the_events_from_before_a_new_one_changed_their_form(instance, monkeypatch):
    """It ended at each start: the recorder that had gone back answered nobody, and told nobody that it had."""
    with Newer(monkeypatch):
        assert start(instance, "on trial") == ""
        assert start(instance, "on trial, once more") == ""
    assert "from before the update" in start(instance, "back")
    assert noted(instance) == {"before", "back"}
    assert (instance.state / f"{FILE}{NEWER}").exists(), "what happened meanwhile is not thrown away"
    assert start(instance, "later", tried=False) == ""
    assert noted(instance) == {"before", "back", "later"}


def test_what_was_put_by_goes_once_the_firmware_was_called_good(instance, monkeypatch):
    with Newer(monkeypatch):
        start(instance, "on trial")
        assert (instance.state / f"{FILE}{BEFORE}").exists()
        start(instance, "good", tried=False)
        assert not (instance.state / f"{FILE}{BEFORE}").exists()
        assert noted(instance) == {"before", "on trial", "good"}


@pytest.mark.parametrize("why", ["too large", "no room"])
def test_without_a_copy_an_older_firmware_begins_a_new_list_and_says_so(instance, monkeypatch, why):
    if why == "too large":
        monkeypatch.setattr(events, "LARGEST_COPIED", 1)
    else:
        monkeypatch.setattr(shutil, "disk_usage", lambda _place: shutil._ntuple_diskusage(1 << 30, 1 << 30, 1 << 20))
    with Newer(monkeypatch):
        start(instance, "on trial")
    assert "begins anew" in start(instance, "back")
    assert noted(instance) == {"back"}
    assert (instance.state / f"{FILE}{NEWER}").exists()


def test_what_the_power_cut_left_in_the_log_of_writes_is_of_the_form_that_it_is_judged_by(instance, monkeypatch):
    with Newer(monkeypatch):
        fit(instance, tried=True)
        store = EventStore(instance.state / FILE)
        store.note("on trial", "1")
        for one in instance.state.glob(f"{FILE}*"):  # as the disk has it when the power goes
            shutil.copy(one, instance.state / f"cut-{one.name}")
        store.close()
    for end in ("", "-wal", "-shm"):
        (instance.state / f"{FILE}{end}").unlink(missing_ok=True)
        kept = instance.state / f"cut-{FILE}{end}"
        if kept.exists() and end != "-shm":
            kept.rename(instance.state / f"{FILE}{end}")
    assert "from before the update" in start(instance, "back")
    assert noted(instance) == {"before", "back"}


def test_an_empty_recorder_and_one_of_today_are_left_alone(tmp_path, instance):
    assert fit(Instance(tmp_path / "fresh"), tried=False) == ""
    before = (instance.state / FILE).stat().st_ino
    assert fit(instance, tried=False) == ""
    assert (instance.state / FILE).stat().st_ino == before
