"""A factory reset takes what it says and leaves the rest, also where the power is cut; only its words ask for it."""

import os
import shutil
import subprocess
from pathlib import Path

import pytest

from recorder.accounts.store import AccountStore, Credential
from recorder.client.answers.configuration import Extent
from recorder.client.answers.update import Phase
from recorder.client.clock import ManualClock
from recorder.client.instance import Instance
from recorder.configuration.clearing import clear
from recorder.configuration.reset import carry_out
from recorder.configuration.reset_flag import FLAG, ask_for, asked
from recorder.settings.audit import Sought
from recorder.settings.registry import built_in
from recorder.settings.store import Row, SettingsStore
from recorder.update.record import FILE as UPDATE
from recorder.update.record import Record, RecordFile
from tests.recorder.configuration.cutting import PowerCut, every_cut

FIRST_ROOT = Path(__file__).parents[3] / "buildroot_external/image/first_root_reset"
PAGES = ("channel", "general", "user", "user-group", "restreaming", "a-page-to-come")
OF_NETWORK_AND_USERS = {"user", "user-group", "restreaming"}


def live_in(data):
    """A recorder that was in use."""
    instance = Instance(data)
    config = instance.config
    store = SettingsStore(config / "settings.db")
    with store.transaction():
        for page in PAGES:
            store.write(Row(page, "1", 1, 1, {}))
    store.close()
    accounts = AccountStore(config / "accounts.db")
    accounts.keep(Credential("admin", "record", 1))
    accounts.close()
    for folder in ("voices", "before-update"):
        (config / folder).mkdir()
        (config / folder / "one").write_bytes(b"one")
    (config / "pool-keys.json").write_bytes(b"[]")
    (instance.state / "events.db").write_bytes(b"events")
    instance.exports.mkdir()
    (instance.exports / "film.mp4").write_bytes(b"film")
    (instance.disks / "disk1").mkdir(parents=True)
    (instance.disks / "disk1" / "footage").write_bytes(b"footage")
    return instance


@pytest.fixture
def instance(tmp_path):
    return live_in(tmp_path / "data")


def pages(instance):
    store = SettingsStore(instance.config / "settings.db")
    found = {row.page for row in store.all()}
    store.close()
    return found


def has_users(instance):
    store = AccountStore(instance.config / "accounts.db")
    found = not store.is_empty()
    store.close()
    return found


def start(instance, steps=None):
    return carry_out(instance, built_in(), ManualClock(), steps)


@pytest.mark.covers("D-MNT-12")
def test_a_reset_of_settings_leaves_users_network_keys_and_footage(instance):
    ask_for(instance.config, Extent.SETTINGS)
    assert start(instance) is Extent.SETTINGS
    assert pages(instance) == OF_NETWORK_AND_USERS
    assert has_users(instance)
    assert sorted(one.name for one in instance.config.iterdir()) == ["accounts.db", "pool-keys.json", "settings.db"]
    assert (instance.disks / "disk1" / "footage").exists()
    assert start(instance) is None, "once is enough"


@pytest.mark.covers("D-MNT-13")
def test_a_reset_of_users_too_leaves_a_recorder_that_is_set_up_anew_and_knows_that_it_was_reset(instance):
    ask_for(instance.config, Extent.USERS)
    assert start(instance) is Extent.USERS
    assert not pages(instance)
    assert not has_users(instance)
    store = SettingsStore(instance.config / "settings.db")
    assert [one.new for one in store.changes(Sought())] == ['"all settings and users were reset"']
    store.close()
    assert (instance.config / "pool-keys.json").exists(), "without them encrypted footage could not be read"
    assert (instance.state / "events.db").exists()


@pytest.mark.parametrize(("phase", "stays"), [(Phase.CHECKED, False), (Phase.TRIAL, True), (Phase.GOOD, True)])
def test_an_update_that_was_planned_goes_with_who_planned_it_and_one_that_is_tried_goes_on(instance, phase, stays):
    """The recorder was handed on, and installed at night what its new owner had never heard of."""
    RecordFile(instance.config / UPDATE).save(Record(phase, at_us=1, by="admin"))
    ask_for(instance.config, Extent.USERS)
    start(instance)
    assert (instance.config / UPDATE).exists() is stays


@pytest.mark.covers("D-MNT-13")
def test_a_reset_of_everything_leaves_recording_disks_alone(instance):
    ask_for(instance.config, Extent.EVERYTHING)
    assert start(instance) is None, "control leaves it to who starts the machine"
    assert clear(instance)
    left = {str(one.relative_to(instance.data)) for one in instance.data.rglob("*") if one.is_file()}
    assert left == {"disks/disk1/footage"}
    assert not clear(instance)


@pytest.mark.parametrize("extent", [Extent.SETTINGS, Extent.USERS])
def test_a_power_cut_at_any_step_of_a_reset_leaves_one_that_is_whole_at_the_next_start(instance, tmp_path, extent):
    def work(steps):
        shutil.rmtree(instance.data)
        live_in(instance.data)
        ask_for(instance.config, extent)
        start(instance, steps)

    for steps in every_cut(work):
        with pytest.raises(PowerCut):
            work(steps)
        start(instance)
        assert pages(instance) == (OF_NETWORK_AND_USERS if extent is Extent.SETTINGS else set()), steps.at
        assert has_users(instance) is (extent is Extent.SETTINGS)
        assert asked(instance.config) is None
        assert not (instance.config / "voices").exists()


def test_a_power_cut_while_it_is_asked_for_leaves_all_or_resets_all(instance):
    for steps in every_cut(lambda steps: ask_for(instance.config, Extent.USERS, steps)):
        (instance.config / FLAG).unlink(missing_ok=True)
        with pytest.raises(PowerCut):
            ask_for(instance.config, Extent.USERS, steps)
        assert asked(instance.config) in {None, Extent.USERS}


def test_a_power_cut_at_any_step_of_a_reset_of_everything_leaves_one_that_is_whole_at_the_next_start(instance):
    def work(steps):
        shutil.rmtree(instance.data)
        live_in(instance.data)
        ask_for(instance.config, Extent.EVERYTHING)
        clear(instance, steps)

    for steps in every_cut(work):
        with pytest.raises(PowerCut):
            work(steps)
        clear(instance)
        left = {str(one.relative_to(instance.data)) for one in instance.data.rglob("*") if one.is_file()}
        assert left == {"disks/disk1/footage"}, steps.at


@pytest.mark.parametrize("said", [b"", b"all", b"settings users", b"\xff\xfe", b"everything" * 100, b"SETTINGS"])
def test_what_is_no_word_of_ours_resets_nothing(instance, said):
    (instance.config / FLAG).write_bytes(said)
    assert start(instance) is None
    assert not clear(instance)
    assert pages(instance) == set(PAGES)


def test_a_link_or_a_pipe_resets_nothing_and_holds_nothing_up(instance, tmp_path):
    (tmp_path / "elsewhere").write_text("users\n")
    (instance.config / FLAG).symlink_to(tmp_path / "elsewhere")
    assert start(instance) is None
    (instance.config / FLAG).unlink()
    os.mkfifo(instance.config / FLAG)
    assert start(instance) is None
    assert pages(instance) == set(PAGES)


@pytest.mark.parametrize("extent", [Extent.SETTINGS, Extent.USERS])
def test_a_database_that_cannot_be_read_is_no_reason_not_to_reset(instance, extent):
    (instance.config / "settings.db").write_bytes(b"no database at all" * 1000)
    ask_for(instance.config, extent)
    assert start(instance) is extent
    assert not pages(instance)
    assert asked(instance.config) is None


# --- on the target: the first root's own script ---


def target_in(folder):
    """Both partitions of a recorder that was in use."""
    for name in ("config/recorder/voices", "config/web", "config/etc/nightjar", "data/lib/nightjar/state", "data/log"):
        (folder / name).mkdir(parents=True)
        (folder / name / "one").write_bytes(b"one")
    (folder / "data/lost+found").mkdir()
    (folder / "config/recorder/.hidden").write_bytes(b"hidden")
    (folder / "config/recorder/settings.db").write_bytes(b"settings")
    (folder / "config/recorder" / FLAG).write_bytes(b"everything\n")


def first_root(folder, path="/usr/bin:/bin"):
    command = ["sh", FIRST_ROOT, folder / "config", folder / "data"]
    return subprocess.run(command, env={"PATH": path}, capture_output=True, check=False)


def left_in(folder):
    return {str(one.relative_to(folder)) for one in folder.rglob("*") if one.is_file()}


def test_the_first_root_clears_both_partitions(tmp_path):
    target_in(tmp_path)
    assert first_root(tmp_path).returncode == 0
    assert left_in(tmp_path) == set()
    assert (tmp_path / "data/lost+found").is_dir()


def test_the_first_root_takes_the_audit_of_root_too_which_may_only_be_added_to(tmp_path):
    """It stayed, with all that the owner of before had asked of root."""
    target_in(tmp_path)
    folder = tmp_path / "data/lib/nightjar-admin"
    folder.mkdir(parents=True)
    audits = [folder / name for name in ("audit.jsonl", "audit.jsonl.before", "audit.jsonl.others")]
    for one in audits:
        one.write_text("{}\n")
    kept = subprocess.run(["chattr", "+a", *audits], capture_output=True, check=False)
    if kept.returncode:
        pytest.skip("no file here can be made append-only")
    try:
        first_root(tmp_path)
        assert left_in(tmp_path) == set()
    finally:
        subprocess.run(["chattr", "-f", "-a", *audits], capture_output=True, check=False)


@pytest.mark.parametrize("word", ["settings", "users", "everything else", ""])
def test_the_first_root_leaves_other_words_to_control(tmp_path, word):
    target_in(tmp_path)
    (tmp_path / "config/recorder" / FLAG).write_text(word)
    before = left_in(tmp_path)
    first_root(tmp_path)
    assert left_in(tmp_path) == before


def test_the_first_root_clears_the_rest_where_the_data_partition_is_not_there(tmp_path):
    target_in(tmp_path)
    shutil.rmtree(tmp_path / "data")
    first_root(tmp_path)
    assert left_in(tmp_path) == set()


def test_a_power_cut_at_any_program_of_the_first_root_leaves_a_reset_that_is_whole_at_the_next_start(tmp_path):
    programs = tmp_path / "programs"
    programs.mkdir()
    for name in ("rm", "sync"):
        # Counts, and at its turn takes the shell away that called it.
        text = (
            f'#!/bin/sh\nread left <"{tmp_path}/left"\nleft=$((left - 1))\necho $left >"{tmp_path}/left"\n'
            f'[ $left = 0 ] && kill -9 $PPID && exit\nexec /bin/{name} "$@"\n'
        )
        (programs / name).write_text(text)
        (programs / name).chmod(0o755)
    cuts = 0
    while True:
        folder = tmp_path / f"cut{cuts}"
        target_in(folder)
        (tmp_path / "left").write_text(f"{cuts + 1}\n")
        whole = first_root(folder, f"{programs}:/usr/bin:/bin").returncode == 0
        first_root(folder)
        assert left_in(folder) == set(), cuts
        if whole:
            break
        cuts += 1
    assert cuts >= 8
