"""A factory reset of a recorder that was in use: what its extent names goes, and of recordings not a sample."""

import json

import pytest

from tests.image.footage import spans
from tests.image.machine import COMMAND, DATA, PATIENCE_S
from tests.image.update.conftest import CHANNELS, READY

PASSWORD = "correct horse battery"
FLAG = "/config/recorder/reset"
AUDIT = "cat /var/lib/nightjar-admin/audit.jsonl*"
"""Of root, which may only be added to (`chattr +a`)."""
SETUP = """
from pathlib import Path
from recorder.client.api import ApiClient
with ApiClient(Path("/var/lib/nightjar/run/control.sock")) as ask:
    print(ask.setup_state().needs_setup)
"""


@pytest.fixture(scope="module")
def bench(standing):
    """Give a recorder that an owner has set up."""
    standing.thaw(READY)
    standing.run(f"echo '{PASSWORD}' | NIGHTJAR_DATA={DATA} nightjar setup")
    assert not needs_setup(standing)
    return standing


def needs_setup(bench):
    return bench.run("python3", "-c", SETUP).split()[-1] == "True"


def public_key(bench):
    """By which this recorder is told from all others; media makes it when it starts."""
    return bench.shell.poll(
        "cat /config/recorder/evidence.pub || true", until=lambda told: bool(told.strip()), timeout_s=PATIENCE_S
    )


def samples(bench):
    """How much is on the recording disk, all of it sound."""
    (disk,) = json.loads(bench.nightjar("store", "check", "--json"))
    assert disk["damage"] == [], disk
    return disk["samples"]


def reset(bench, extent):
    """Reset, until control answers without the channels."""
    words = ("configuration", "reset", extent, "--yes")
    if extent == "everything":  # whoever asked for it may not hear the answer
        bench.shell.start("python3", "-c", COMMAND, *words, NIGHTJAR_DATA=DATA)
        bench.await_restart()
        bench.switch_on()
    else:
        status, said = bench.ask(*words)
        assert status == 0, said
    bench.shell.poll(f"test -e {FLAG}; echo $?", until=lambda told: told.strip() == "1", timeout_s=PATIENCE_S)
    bench.until("channel", "list", "--json", wanted=lambda told: json.loads(told) == [])


@pytest.mark.covers("D-MNT-12")
def test_a_reset_of_the_settings_keeps_users_and_what_was_recorded(bench):
    before, oldest = samples(bench), [spans(bench, one)[0]["start"] for one in range(1, len(CHANNELS) + 1)]
    reset(bench, "settings")
    assert not needs_setup(bench)
    assert samples(bench) >= before
    assert [spans(bench, one)[0]["start"] for one in range(1, len(CHANNELS) + 1)] == oldest


@pytest.mark.covers("D-MNT-12")
def test_a_reset_of_the_users_too_lets_the_recorder_be_set_up_anew(bench):
    before = samples(bench)
    reset(bench, "users")
    assert needs_setup(bench)
    assert samples(bench) >= before


@pytest.mark.covers("D-MNT-13")
def test_a_reset_of_everything_makes_another_recorder_beside_what_was_recorded(bench):
    before, key, asked = samples(bench), public_key(bench), bench.run(AUDIT).splitlines()
    assert asked
    reset(bench, "everything")
    assert not set(asked) & set(bench.run(AUDIT, check=False).splitlines())
    assert public_key(bench) != key
    assert needs_setup(bench)
    bench.until("store", "list", "--json", wanted=lambda told: json.loads(told)["disks"])
    assert samples(bench) >= before
