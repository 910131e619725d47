"""A database of settings or users that cannot be read gives way to its copy, also where the power is cut."""

import os
import shutil
import sqlite3
import subprocess
import sys
from contextlib import closing, contextmanager

import pytest

from recorder.accounts.store import AccountStore, Credential
from recorder.client.answers.configuration import Extent
from recorder.client.api import ApiClient
from recorder.client.clock import ManualClock
from recorder.client.instance import Instance
from recorder.configuration.notice import Notice
from recorder.configuration.reset import carry_out
from recorder.configuration.reset_flag import ask_for
from recorder.configuration.spare import FOLDER, NoSpare, Spare, mend
from recorder.settings.registry import built_in
from recorder.settings.store import Row, SettingsStore
from recorder.update.backup import VERSIONS
from tests.recorder.configuration.cutting import PowerCut, every_cut

CHANNELS = 400
"""So many that a damaged page is one of theirs."""


def live_in(data, channels=CHANNELS):
    """A recorder that was in use, and has its copies."""
    instance = Instance(data)
    with closing(SettingsStore(instance.config / "settings.db")) as store, store.transaction():
        for number in range(channels):
            store.write(Row("channel", str(number), 1, 1, {"name": "Yard" * 20}))
    with closing(AccountStore(instance.config / "accounts.db")) as accounts:
        accounts.keep(Credential("admin", "record", 1))
    Spare(instance).look()
    return instance


def mended(instance, steps=None):
    """What the start of control does."""
    return mend(instance, Notice(instance.config, ManualClock()), steps)


@pytest.fixture
def instance(tmp_path):
    return live_in(tmp_path / "data")


def damage(path):
    """As flash does: some pages hold what nobody wrote."""
    with path.open("r+b") as file:
        file.seek(8192)
        file.write(b"\xa5" * 16384)


def channels(instance):
    with closing(SettingsStore(instance.config / "settings.db")) as store:
        return len(store.items("channel"))


def has_users(instance):
    with closing(AccountStore(instance.config / "accounts.db")) as accounts:
        return not accounts.is_empty()


def test_settings_that_cannot_be_read_give_way_to_their_copy_which_is_told_and_they_are_kept(instance):
    damage(instance.config / "settings.db")
    (words,) = mended(instance)
    assert words.startswith("The settings could not be read; those of 20")
    assert (channels(instance), has_users(instance)) == (CHANNELS, True)
    assert (instance.config / "settings.db.damaged").stat().st_size > 16384
    assert mended(instance) == ()


def test_users_in_a_file_that_is_no_database_give_way_to_their_copy(instance):
    (instance.config / "accounts.db").write_bytes(b"\0" * 4096 * 4)
    (words,) = mended(instance)
    assert words.startswith("The users could not be read")
    assert has_users(instance)


@pytest.mark.parametrize("lose", [lambda one: one.write_bytes(b""), lambda one: one.unlink()])
def test_a_recorder_that_had_settings_does_not_begin_anew_where_their_file_is_empty_or_gone(instance, lose):
    lose(instance.config / "settings.db")
    assert mended(instance)
    assert channels(instance) == CHANNELS


def test_a_new_recorder_has_nothing_to_mend(tmp_path):
    instance = Instance(tmp_path / "data")
    assert mended(instance) == ()
    assert list(instance.config.iterdir()) == []


def test_what_can_be_read_stays_as_it_is_and_so_does_what_somebody_holds(instance):
    with closing(SettingsStore(instance.config / "settings.db")) as store:
        store.write(Row("general", "", 1, 2, {}))
        with store.transaction():
            assert mended(instance) == ()
        assert store.read("general", "") is not None


def test_without_a_copy_that_is_whole_it_is_said_what_to_do_and_nothing_is_changed(instance):
    settings, spare = instance.config / "settings.db", instance.config / FOLDER / "settings.db"
    damage(settings)
    before = settings.read_bytes()
    for spoil in (damage, lambda one: one.write_bytes(b""), lambda one: one.unlink()):
        spoil(spare)
        with pytest.raises(NoSpare, match="rescue system"):
            mended(instance)
        assert settings.read_bytes() == before


def test_the_copy_of_a_later_version_is_not_taken(instance):
    with closing(sqlite3.connect(instance.config / FOLDER / "settings.db")) as one:
        one.execute(f"PRAGMA user_version = {VERSIONS['settings.db'] + 1}")
    damage(instance.config / "settings.db")
    with pytest.raises(NoSpare):
        mended(instance)


def test_a_power_cut_at_any_step_leaves_what_the_next_start_mends(instance):
    def work(steps):
        shutil.rmtree(instance.data)
        live_in(instance.data)
        damage(instance.config / "settings.db")
        mended(instance, steps)

    for steps in every_cut(work):
        with pytest.raises(PowerCut):
            work(steps)
        mended(instance)
        assert channels(instance) == CHANNELS, (steps.at, steps.done)
        told = Notice(instance.config, ManualClock()).words
        assert told.count("could not be read") == 1, "once, wherever it was cut"


def test_what_changes_is_copied_and_what_cannot_be_read_takes_no_copy_s_place(instance):
    spare = Spare(instance)
    spare.look()
    kept = instance.config / FOLDER / "settings.db"
    first = kept.stat().st_ino
    spare.look()
    assert kept.stat().st_ino == first, "nothing had changed"
    with closing(SettingsStore(instance.config / "settings.db")) as store:
        store.write(Row("channel", "new", 1, 2, {}))
        spare.look()
    assert kept.stat().st_ino != first
    damage(instance.config / "settings.db")
    with pytest.raises(OSError, match=r"settings\.db"):
        spare.look()
    mended(instance)
    assert channels(instance) == CHANNELS + 1
    assert kept.stat().st_mode & 0o077 == 0


@pytest.mark.parametrize(("extent", "left"), [(Extent.SETTINGS, {"accounts.db"}), (Extent.USERS, set())])
def test_a_reset_takes_the_copy_of_what_it_takes(instance, extent, left):
    ask_for(instance.config, extent)
    carry_out(instance, built_in(), ManualClock())
    assert {one.name for one in (instance.config / FOLDER).glob("*")} == left


@pytest.mark.covers("D-MNT-13")
def test_a_recorder_whose_settings_cannot_be_read_starts_with_their_copy_and_says_so_in_the_audit(tmp_path):
    instance = Instance(tmp_path / "data")
    instance.data.mkdir(mode=0o700)
    owner = ApiClient(instance.socket("control"), timeout_s=60)
    environment = {**os.environ, "NIGHTJAR_ADMIN_PASSWORD": "correct-horse-battery"}

    @contextmanager
    def running():
        command = [sys.executable, "-m", "recorder.control", "--data", str(instance.data)]
        with subprocess.Popen(command, stdout=subprocess.PIPE, text=True, env=environment) as one:
            try:
                assert any(line.startswith("ready") for line in one.stdout)
                yield
            finally:
                one.terminate()

    with running():
        for number in range(60):
            owner.add_channel(name=f"Yard {number}", url="rtsp://127.0.0.1:1/")
    Spare(instance).look()
    damage(instance.config / "settings.db")
    with running():
        assert len(owner.channels()) == 60
        assert "could not be read" in owner.audit()[0].new
        words = owner.status().notice
        assert words.startswith("The settings could not be read; those of ")
        assert words in [one.words for one in owner.status().troubles]
        assert words in " ".join(one.words for one in owner.health().lines)
    with running():
        assert owner.status().notice == words, "until somebody has seen it"
        owner.notice_seen()
        assert (owner.status().notice, owner.status().troubles) == ("", ())
        assert "seen: The settings could not be read" in owner.audit()[0].new
    with running():
        assert owner.status().notice == ""
