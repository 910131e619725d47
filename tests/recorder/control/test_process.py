"""control as its supervisor runs it."""

import os
import re
import signal
import subprocess
import sys
import time

import pytest

from recorder.client.api import ApiClient
from recorder.client.unix_http import ApiError

PASSWORD = "correct horse battery"


@pytest.fixture
def run(instance):
    running = []

    def started(**environment):
        process = subprocess.Popen(
            [sys.executable, "-m", "recorder.control", "--data", str(instance.data)],
            stdout=subprocess.PIPE,
            stderr=subprocess.PIPE,
            text=True,
            env={**{k: v for k, v in os.environ.items() if not k.startswith("NIGHTJAR_")}, **environment},
        )
        running.append(process)
        lines = []
        for line in process.stdout:
            lines.append(line.strip())
            if line.startswith("ready"):
                break
        return process, lines

    yield started
    for process in running:
        process.kill()
        process.communicate()


def end(process):
    began = time.monotonic()
    process.send_signal(signal.SIGTERM)
    _out, log = process.communicate(timeout=60)
    return process.returncode, time.monotonic() - began, log


@pytest.mark.covers("D-BOOT-03")
def test_the_first_run_shows_a_code_that_sets_up_over_the_network_once(run, instance):
    process, lines = run()
    assert lines[-1] == "ready"
    code = re.fullmatch(r"setup-code ([2-9A-Z]{4}-[2-9A-Z]{4})", lines[0])[1]
    web = ApiClient(instance.socket("web"))
    assert web.setup_state().code_needed
    with pytest.raises(ApiError, match="code is wrong"):
        web.set_up(PASSWORD)
    assert web.set_up(PASSWORD, code).user == "admin"
    assert web.pages()
    status, took, log = end(process)
    assert (status, took < 3) == (0, True)
    assert PASSWORD not in log
    assert code not in log
    process, lines = run()
    assert lines == ["ready"]
    assert web.pages()
    end(process)


def test_the_first_password_may_come_by_the_environment(run, instance):
    process, lines = run(NIGHTJAR_ADMIN_PASSWORD=PASSWORD)
    assert lines == ["ready"]
    assert ApiClient(instance.socket("web")).log_in("admin", PASSWORD).user == "admin"
    assert PASSWORD not in end(process)[2]


def test_a_bad_password_in_the_environment_is_refused_in_words_and_a_code_shown(run, instance):
    process, lines = run(NIGHTJAR_ADMIN_PASSWORD="short")
    assert lines[0].startswith("setup-code ")
    assert ApiClient(instance.socket("screen")).setup_state().needs_setup
    assert "8 to 128 printable characters" in end(process)[2]


def test_control_ends_in_time_while_somebody_listens(run, instance):
    process, _lines = run(NIGHTJAR_ADMIN_PASSWORD=PASSWORD)
    events = ApiClient(instance.socket("control")).events()
    next(events)
    status, took, _log = end(process)
    assert (status, took < 3) == (0, True)
