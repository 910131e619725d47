"""Settings are put by before an update, and come back where the firmware that runs cannot read the newer ones."""

import shutil
import sqlite3
from contextlib import closing
from pathlib import Path

import pytest

from recorder.accounts.store import AccountStore
from recorder.client.instance import Instance
from recorder.settings.store import SettingsStore
from recorder.update.backup import FOLDER, VERSIONS, put_by, take_back


@pytest.fixture
def instance(tmp_path):
    found = Instance(tmp_path / "data")
    SettingsStore(found.config / "settings.db").close()
    AccountStore(found.config / "accounts.db").close()
    (found.config / "device.key").write_bytes(b"key")
    note(found, "before")
    return found


def note(instance, value):
    with closing(sqlite3.connect(instance.config / "settings.db")) as db, db:
        db.execute("INSERT OR REPLACE INTO counter (name, value) VALUES (?, ?)", (value, 1))


def noted(instance):
    with closing(sqlite3.connect(instance.config / "settings.db")) as db:
        return {name for (name,) in db.execute("SELECT name FROM counter")}


def migrate(instance, name="settings.db"):
    """What a newer firmware does."""
    with closing(sqlite3.connect(instance.config / name)) as db, db:
        db.execute("CREATE TABLE newer (x)")
        db.execute(f"PRAGMA user_version = {VERSIONS[name] + 1}")


@pytest.mark.covers("D-MNT-15.5")
def test_an_older_firmware_starts_on_the_settings_from_before_a_migration(instance):
    put_by(instance)
    note(instance, "after")
    migrate(instance)
    assert take_back(instance)
    assert "before" in noted(instance)
    assert "after" not in noted(instance)
    SettingsStore(instance.config / "settings.db").close()
    AccountStore(instance.config / "accounts.db").close()
    assert not take_back(instance), "once is enough"


def test_settings_that_can_be_read_stay_as_they_are(instance):
    put_by(instance)
    note(instance, "after")
    assert not take_back(instance)
    assert "after" in noted(instance)


def test_without_a_copy_nothing_is_touched(instance):
    migrate(instance)
    assert not take_back(instance)
    put_by(instance)
    assert not take_back(instance), "a copy of the newer ones is of no use"


def test_what_is_put_by_is_nobody_elses_and_has_the_keys(instance):
    put_by(instance)
    place = instance.config / FOLDER
    assert place.stat().st_mode & 0o777 == 0o700
    assert {one.name for one in place.iterdir()} == {"settings.db", "accounts.db", "device.key"}
    assert all(one.stat().st_mode & 0o077 == 0 for one in place.iterdir() if one.suffix == ".db")
    put_by(instance)  # the one before goes


def no_room_left(_place):
    return shutil._ntuple_diskusage(256 << 20, 255 << 20, 1 << 20)


def breaks_off(_source, to):
    Path(to).write_bytes(b"half")
    raise OSError(28, "No space left on device")


@pytest.mark.parametrize(("what", "full"), [("disk_usage", no_room_left), ("copy2", breaks_off)])
def test_settings_that_do_not_fit_once_more_take_no_room_and_the_copy_from_before_stays(
    instance, monkeypatch, what, full
):
    """What was copied so far stayed: nothing could be set any more, and where the update stood not be written."""
    put_by(instance)
    before = {one.name: one.read_bytes() for one in (instance.config / FOLDER).iterdir()}
    note(instance, "after")
    monkeypatch.setattr(shutil, what, full)
    with pytest.raises(OSError, match="No space left"):
        put_by(instance)
    assert not (instance.config / f"{FOLDER}.new").exists()
    assert {one.name: one.read_bytes() for one in (instance.config / FOLDER).iterdir()} == before


def test_a_damaged_database_takes_no_good_copys_place(instance):
    put_by(instance)
    before = (instance.config / FOLDER / "settings.db").read_bytes()
    with closing(sqlite3.connect(instance.config / "settings.db")) as db:
        db.execute("PRAGMA wal_checkpoint(TRUNCATE)")
    size = (instance.config / "settings.db").stat().st_size
    with (instance.config / "settings.db").open("r+b") as file:
        file.seek(4096)
        file.write(b"\xff" * (size - 4096))
    with pytest.raises(OSError, match=r"settings\.db"):
        put_by(instance)
    assert (instance.config / FOLDER / "settings.db").read_bytes() == before


def test_settings_come_back_also_where_there_is_no_room_for_a_copy_of_them(instance, monkeypatch):
    """The partition is full: control of the old firmware ended at each start, and nobody could look after it."""
    put_by(instance)
    migrate(instance)
    monkeypatch.setattr(shutil, "copyfile", breaks_off)
    assert take_back(instance)
    assert "before" in noted(instance)
    assert not list(instance.config.glob(".*.back"))
    SettingsStore(instance.config / "settings.db").close()
