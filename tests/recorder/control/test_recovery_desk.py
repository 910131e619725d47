"""The recovery stick: looked for on all sticks that are in, whatever these do."""

import threading
import time
from types import SimpleNamespace

import pytest

from recorder.accounts.recovery_stick import StickKey
from recorder.client.answers.disks import StickStatus
from recorder.control import recovery_desk
from recorder.control.recovery_desk import RecoveryDesk
from recorder.settings.pages.login_rules import LoginRules
from recorder.store import disk_lane


@pytest.fixture
def keys(tmp_path):
    """Two sticks: one answers nobody, on the other lies a key."""
    found = [StickStatus(f"USB{nth}", f"S{nth}", str(tmp_path / str(nth)), 1 << 30, 1 << 29) for nth in (1, 2)]
    (tmp_path / "2").mkdir()
    key = StickKey.fresh()
    recovery_desk._write(tmp_path / "2", key)
    return found, key


def test_a_stick_that_answers_nobody_holds_up_no_other_and_takes_no_thread_of_the_next_question(keys, monkeypatch):
    """Sixty questions a minute each held a thread of the API, until none was left."""
    sticks, key = keys
    answers, read = threading.Event(), recovery_desk._read
    asked = []

    def reading(stick):
        if stick.port == "USB1":
            asked.append(stick)
            answers.wait(300)
        return read(stick)

    monkeypatch.setattr(recovery_desk, "_read", reading)
    monkeypatch.setattr(disk_lane, "SILENT_S", 0.3)
    recovery = SimpleNamespace(stick=SimpleNamespace(fitting=lambda found: next(iter(found), None)))
    settings = SimpleNamespace(get=lambda _page: LoginRules(recovery_stick=True))
    desk = RecoveryDesk(SimpleNamespace(sticks=sticks), recovery, settings)
    try:
        began_s = time.monotonic()
        for _question in range(12):
            assert desk.state.fits
        assert time.monotonic() - began_s < 60
        assert len(asked) <= disk_lane.READS_AT_ONCE
        assert [one.file for one in desk._keys()] == [key.file]
    finally:
        answers.set()
