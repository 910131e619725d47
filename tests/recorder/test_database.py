"""Databases that must not be lost: what cannot be opened stays as it was, and nothing of it stays open."""

import sqlite3
import stat

import pytest

from recorder.accounts.store import AccountStore
from recorder.database import NewerDatabase, opened
from recorder.events.store import EventStore
from recorder.settings.store import SettingsStore

FIRST = "CREATE TABLE thing (name TEXT) STRICT;"


def version(path):
    with sqlite3.connect(path) as db:
        return db.execute("PRAGMA user_version").fetchone()[0]


@pytest.mark.parametrize("store", [AccountStore, EventStore, SettingsStore])
def test_what_a_newer_version_wrote_is_refused_in_words_and_left_as_it_was(tmp_path, store):
    path = tmp_path / "some.db"
    with sqlite3.connect(path) as db:
        db.execute("PRAGMA user_version = 99")
    before = path.read_bytes()
    with pytest.raises(NewerDatabase, match=r"some\.db was written by a newer version"):
        store(path)
    assert path.read_bytes() == before
    assert [one.name for one in tmp_path.iterdir()] == ["some.db"]


def test_a_migration_that_fails_leaves_the_form_before_it(tmp_path):
    path = tmp_path / "some.db"
    with pytest.raises(sqlite3.OperationalError, match="no such table"):
        opened(path, (FIRST, "INSERT INTO thing VALUES ('new'); INSERT INTO missing VALUES (1);"))
    assert version(path) == 1
    mended = opened(path, (FIRST, "INSERT INTO thing VALUES ('mended');"))
    assert mended.execute("SELECT name FROM thing").fetchall() == [("mended",)]
    mended.close()
    assert version(path) == 2


def test_it_is_durable_and_for_its_owner_alone(tmp_path):
    path = tmp_path / "some.db"
    db = opened(path, (FIRST,), "secure_delete = ON")
    found = [db.execute(f"PRAGMA {name}").fetchone()[0] for name in ("journal_mode", "synchronous", "secure_delete")]
    db.close()
    assert found == ["wal", 2, 1]
    assert stat.S_IMODE(path.stat().st_mode) == 0o600
