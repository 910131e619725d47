"""Settings at rest: whole or not at all."""

import json
import os
import signal
import sqlite3
import stat
import subprocess
import sys

import pytest

from recorder.database import NewerDatabase
from recorder.settings.audit import KEPT, Change, Sought
from recorder.settings.store import Row, SettingsStore

# Changes two documents together, and dies without warning after so many statements of its transaction.
WRITER = """
import os, signal, sys
from pathlib import Path
from recorder.settings.store import Row, SettingsStore

store = SettingsStore(Path(sys.argv[1]))
deadline = int(sys.argv[2])
seen = 0
def watched(statement):
    global seen
    seen += 1
    if seen > deadline:
        os.kill(os.getpid(), signal.SIGKILL)
store._db.set_trace_callback(watched)
with store.transaction():
    for page in ("one", "two"):
        store.write(Row(page, "", 1, store.count("revision"), {"value": "new"}))
store._db.set_trace_callback(None)
print("committed", flush=True)
"""


@pytest.mark.parametrize("deadline", range(1, 8))
def test_a_process_that_dies_in_the_middle_of_a_change_leaves_the_old_or_the_new_one_whole(tmp_path, deadline):
    path = tmp_path / "settings.db"
    store = SettingsStore(path)
    for page in ("one", "two"):
        store.write(Row(page, "", 1, store.count("revision"), {"value": "old"}))
    store.close()
    done = subprocess.run([sys.executable, "-c", WRITER, str(path), str(deadline)], capture_output=True, check=False)
    store = SettingsStore(path)
    values = {row.body["value"] for page in ("one", "two") if (row := store.read(page, ""))}
    store.close()
    if done.returncode == -signal.SIGKILL:
        # The last statement seen may be COMMIT, which then either happened or did not.
        assert values in ({"old"}, {"new"})
        assert deadline > 5 or values == {"old"}
    else:
        assert (done.stdout, values) == (b"committed\n", {"new"})


def test_the_file_is_for_its_owner_alone(tmp_path):
    os.umask(0o022)
    SettingsStore(tmp_path / "settings.db").close()
    assert stat.S_IMODE((tmp_path / "settings.db").stat().st_mode) == 0o600


def test_a_file_of_a_newer_form_is_refused_and_left_alone(tmp_path):
    path = tmp_path / "settings.db"
    with sqlite3.connect(path) as db:
        db.execute("PRAGMA user_version = 99")
    before = path.read_bytes()
    with pytest.raises(NewerDatabase, match="newer version"):
        SettingsStore(path)
    assert path.read_bytes()[:18] == before[:18]


def test_the_audit_does_not_grow_for_ever(tmp_path, monkeypatch):
    monkeypatch.setattr("recorder.settings.audit.KEPT", 10)
    assert KEPT > 10
    store = SettingsStore(tmp_path / "settings.db")
    for number in range(30):
        store.note([Change(number, "ada", "screen", "general", "", "name", json.dumps(number), "1")])
    assert [one.at_us for one in store.changes(Sought())] == list(range(29, 19, -1))
    store.close()
