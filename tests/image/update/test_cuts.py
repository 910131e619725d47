"""The power goes at random points of an update, and at each state that is written: it starts, and says where it is."""

import contextlib
import os
import random
import time

import pytest

from tests.guest.shell import Failed
from tests.image.update.bench import ENDED
from tests.image.update.conftest import CUTS, READY

SPAN_S = 150.0
"""From the wish to install until the machine starts anew, twice what an idle machine takes here."""
CHECKED = "checked"
NUMBERS = range(int(os.environ.get(CUTS, "20")))
STATES = ("backup", "install", "armed", "reboot", "trial", "good")
WATCH = """
import os, sys, time
from pathlib import Path
record, wanted = Path('/config/recorder/update.json'), f'"phase":"{sys.argv[1]}"'
while True:
    try:
        if wanted in record.read_text():
            break
    except OSError:
        pass
    time.sleep(0.001)
Path('/proc/sysrq-trigger').write_text('b')
"""


@pytest.fixture(scope="module")
def checked(standing, image):
    """Freeze the recorder when it has just checked an update, too."""
    standing.thaw(READY)
    standing.plug(image("good"))
    told = standing.check(image("good"))
    assert told["phase"] == "checked", told
    standing.pull()
    standing.freeze(CHECKED)
    return standing


@pytest.fixture
def bench(checked):
    """Give it as it was when it had just checked the update."""
    checked.thaw(CHECKED)
    return checked


def definite(bench):
    """What must be so wherever the power went."""
    told = bench.judged()
    assert told["phase"] in ENDED
    words, slot = bench.environment, bench.slot
    match told["phase"]:
        case "good":
            assert (slot, told["version"], words["ORDER"], words["B_OK"]) == ("B", "0.2.0", "B A", "1")
        case _:
            assert (slot, told["version"], words["ORDER"], words["A_OK"]) == ("A", "0.1.0", "A B", "1"), told
    assert bench.run("systemctl --failed --no-legend --plain").strip() == ""
    # Firmware that was well and gave way all the same is told with its reason.
    return f"{told['phase']} ({told['words']})" if told["phase"] == "rolled_back" else told["phase"]


@pytest.mark.covers("D-MNT-15.4")
@pytest.mark.parametrize("number", NUMBERS)
def test_a_cut_at_a_random_moment_ends_in_a_definite_state(bench, number):
    after_s = random.Random(number).uniform(0, SPAN_S)
    bench.install()
    end = time.monotonic() + after_s
    while time.monotonic() < end and not bench.off:
        time.sleep(0.05)
    by_itself = " (it went down by itself before)" if bench.off else ""
    bench.kill()
    bench.switch_on()
    print(f"cut {number} after {after_s:.1f} s{by_itself}: {definite(bench)}, started {bench.starts} times")


@pytest.mark.covers("D-MNT-15.4")
@pytest.mark.parametrize("state", STATES)
def test_a_cut_at_the_write_of_a_state_ends_in_a_definite_state(bench, state):
    if state in {"trial", "good"}:
        bench.install()
        bench.await_restart()
        bench.switch_on()
        watch = bench.shell.start("python3", "-c", WATCH, state)
    else:
        watch = bench.shell.start("python3", "-c", WATCH, state)
        with contextlib.suppress(Failed):  # the first states are written before the wish is answered
            bench.install()
    del watch
    bench.await_restart()
    bench.switch_on()
    print(f"cut at {state}: {definite(bench)}, started {bench.starts} times")
