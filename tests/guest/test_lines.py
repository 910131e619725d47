"""Alarm inputs and relays at pins of the kernel (gpio-sim), judged by sysfs, debugfs and tracing."""

import itertools
import json
import re
import signal

import pytest

from tests.guest.board import Board, Told, devices
from tests.guest.pins import Pins

TRACING = "/sys/kernel/tracing"
NAMES = ("IN1", "IN2", "IN3", "IN4", "SLOW", "TAKEN", "TWIN", "TWIN", "OUT1", "OUT2", "OUT3", "OUT4")
INPUTS = {
    # active_low, normally_closed
    "IN1": (False, False),
    "IN2": (True, False),
    "IN3": (False, True),
    "IN4": (True, True),
}
OUTPUTS = {"OUT1": (False, False), "OUT2": (True, False), "OUT3": (False, True), "OUT4": (True, True)}
DEBOUNCE_MS = 3000.0
"""A hundred times what boards have, so that a bounce is one on a machine that stands still for a moment too."""


def lines(kind, options):
    return [
        f'kind = "{kind}"\nname = "{name}"\ndriver = "gpio"\nbus = "gpio"\nline = "{name}"\n'
        f"active_low = {json.dumps(active_low)}\nnormally_closed = {json.dumps(normally_closed)}"
        for name, (active_low, normally_closed) in options.items()
    ]


def bounced(name, debounce_ms):
    [table] = lines("alarm_input", {name: (False, False)})
    return f"{table}\ndebounce_ms = {debounce_ms}"


@pytest.fixture(scope="module")
def pins(guest):
    with Pins(guest, NAMES, taken="TAKEN") as made:
        yield made


@pytest.fixture
def trace(guest, pins):
    """Give the levels that a pin was set to meanwhile, oldest first, each with the second it happened."""
    guest.run(f"echo > {TRACING}/trace; echo 1 > {TRACING}/events/gpio/enable")

    def levels(name):
        told = guest.run(f"cat {TRACING}/trace")
        found = re.findall(rf" ([\d.]+): gpio_value: {pins.number(name)} set ([01])", told)
        return [(float(at), level == "1") for at, level in found]

    yield levels
    guest.run(f"echo 0 > {TRACING}/events/gpio/enable")


def change_of(board, name):
    """The values that an input told since it came online, without repeats."""
    told = [one["active"] for one in board.states(name) if one["online"]]
    return [value for value, _again in itertools.groupby(told)]


@pytest.mark.covers("D-HW-09", "D-ALM-03")
def test_every_edge_of_a_contact_is_told_once_and_as_it_is_meant(guest, pins):
    board = Board(guest, "inputs", devices(*lines("alarm_input", INPUTS)))
    for name in INPUTS:
        pins.pull(name, False)
    with board:
        for name, (active_low, normally_closed) in INPUTS.items():
            assert board.state(name)["online"], board.state(name)
            meant = active_low is not normally_closed
            assert board.state(name)["active"] is meant
            holder, told = pins.held()[name]
            assert holder == "nightjar"
            assert told.startswith("in lo")
            assert ("ACTIVE LOW" in told) is active_low
            for level in (True, False, True):
                pins.pull(name, level)
                board.wait(
                    name, lambda state, level=level, meant=meant: state["active"] is (level is not meant), "the edge"
                )
            assert change_of(board, name) == [meant, not meant, meant, not meant]
    assert "IN1" not in pins.held()


@pytest.mark.covers("D-HW-09")
def test_a_contact_that_bounces_is_told_once(guest, pins):
    table = bounced("SLOW", DEBOUNCE_MS)
    pins.pull("SLOW", False)
    with Board(guest, "bounce", devices(table)) as board:
        pins.bounce("SLOW", level=True)
        board.wait("SLOW", lambda state: state["active"], "the contact")
        pins.bounce("SLOW", level=False)
        board.wait("SLOW", lambda state: not state["active"], "the contact's end")
        assert change_of(board, "SLOW") == [False, True, False]


def test_without_the_kernels_debouncing_the_same_contact_is_told_many_times(guest, pins):
    table = bounced("SLOW", 0.0)
    pins.pull("SLOW", False)
    with Board(guest, "raw", devices(table)) as board:
        pins.bounce("SLOW", level=True)
        board.wait("SLOW", lambda _state: len(change_of(board, "SLOW")) > 10, "the bounces")
        board.wait("SLOW", lambda state: state["active"], "the level in the end")


@pytest.mark.covers("D-HW-09")
def test_edges_that_the_kernel_dropped_leave_no_wrong_level(guest, pins):
    table = bounced("IN1", 0.0)
    pins.pull("IN1", False)
    with Board(guest, "burst", devices(table)) as board:
        board.signal(signal.SIGSTOP)
        guest.shell.poll(
            f"grep State /proc/$(pgrep -f {board.folder} | head -1)/status", until=lambda told: "T" in told
        )
        pins.bounce("IN1", level=True, times=4)
        board.signal(signal.SIGCONT)
        board.wait("IN1", lambda state: state["active"], "the level after all edges")
        pins.pull("IN1", False)
        board.wait("IN1", lambda state: not state["active"], "the next edge")
        told = change_of(board, "IN1")
        # Of 161 it kept the 64 newest.
        assert 50 < len(told) <= 2 + 64 + 2, told


def test_a_line_that_cannot_be_had_says_why(guest, pins):
    wrong = {"TAKEN": (False, False), "TWIN": (False, False), "NOBODY": (False, False)}
    tables = [*lines("alarm_input", wrong), *lines("relay", {"OUT1": (False, False)})]
    with Board(guest, "wrong", devices(*tables)) as board:
        assert "the-modem" in board.state("TAKEN")["reason"]
        assert board.state("TWIN")["reason"].startswith("more than one GPIO line is called TWIN")
        assert board.state("NOBODY")["reason"] == "no GPIO line is called NOBODY"
        assert board.state("OUT1")["online"]
        # A second process wants what the first holds.
        with Board(guest, "second", devices(*lines("relay", {"OUT1": (False, False)}))) as second:
            assert "nightjar" in second.state("OUT1")["reason"]
            assert not second.state("OUT1")["online"]
            with pytest.raises(Told, match="nightjar"):
                second.ask("relay", "OUT1", "switch", closed=True)
        assert pins.held()["OUT1"][0] == "nightjar"


@pytest.mark.covers("D-HW-10", "D-ALM-08")
def test_a_relay_moves_its_pin_and_rests_when_the_service_ends(guest, pins, trace):
    board = Board(guest, "relays", devices(*lines("relay", OUTPUTS)))
    with board:
        for name, (active_low, _normally_closed) in OUTPUTS.items():
            assert board.state(name)["online"], board.state(name)
            assert pins.level(name) is active_low
            board.ask("relay", name, "switch", closed=True)
            assert board.state(name)["closed"]
            assert pins.level(name) is not active_low
            holder, told = pins.held()[name]
            assert holder == "nightjar"
            assert told.startswith("out")
        for name in ("OUT1", "OUT2"):
            board.ask("relay", name, "switch", closed=False)
    for name, (active_low, _normally_closed) in OUTPUTS.items():
        rest, on = active_low, not active_low
        levels = [level for _at, level in trace(name)]
        # At rest from the first moment on, and at the end of the service without having been asked.
        assert [level for level, _again in itertools.groupby(levels)] == [rest, on, rest]
    assert "OUT1" not in pins.held()


@pytest.mark.covers("D-HW-10", "D-ALM-08")
def test_a_pulse_ends_by_itself_after_its_time(guest, pins, trace):
    with Board(guest, "pulse", devices(*lines("relay", {"OUT1": (False, False)}))) as board:
        assert trace("OUT1")[-1][1] is False
        board.ask("relay", "OUT1", "pulse", for_s=0.5)
        board.wait("OUT1", lambda state: not state["timed"] and not state["closed"], "the pulse's end")
        before, (began_s, on), (ended_s, off) = trace("OUT1")[-3:]
        assert (before[1], on, off) == (False, True, False)
        assert ended_s - began_s >= 0.5
        board.ask("relay", "OUT1", "switch", closed=True)
        board.ask("relay", "OUT1", "release", after_s=0.5)
        assert board.state("OUT1")["timed"]
        board.wait("OUT1", lambda state: not state["closed"], "the end of the alarm")
        assert [level for _at, level in trace("OUT1")][-2:] == [True, False]
        with pytest.raises(Told, match="the time must be"):
            board.ask("relay", "OUT1", "pulse", for_s=0.001)
