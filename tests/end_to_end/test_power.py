"""The mains plug, the power key and the reset button of the simulated board, with a whole recorder behind them."""

import json
import os

import pytest

from hal.client import HalClient
from tests.end_to_end.conftest import wait_for

RECORDER = {"media", "decode", "detect", "gui", "control", "reader", "web", "hal-admin"}
if os.geteuid() == 0:
    RECORDER.add("pam")
PATIENCE_S = 60


@pytest.fixture(scope="module")
def one(shared):
    return shared


def running(one):
    """The processes that live now, by name."""
    found = json.loads((one.instance.run / "processes.json").read_text())
    return {name: process["pid"] for name, process in found.items()}


def all_anew(one, before):
    now = running(one)
    return now.keys() >= RECORDER and all(now[name] != before[name] for name in RECORDER)


def spans(one):
    """What is recorded of channel 1; nothing while control starts."""
    try:
        return one.spans(1)
    except AssertionError:
        return []


@pytest.mark.covers("D-PWR-03", "D-RULE-42")
def test_the_plug_is_pulled_and_what_was_recorded_is_there_when_power_returns(one):
    with HalClient(one.instance.socket("hal")) as hal:
        wait_for(lambda: spans(one), PATIENCE_S)
        before = running(one)
        hal.simulate("alarm_input", "IN3", "move", active=True)
        hal.simulate("power", "SYSTEM", "plug", plugged=False)
        wait_for(lambda: not RECORDER & running(one).keys(), PATIENCE_S)
        kept = {name: pid for name, pid in before.items() if name not in RECORDER}
        assert running(one) == kept
        assert {"hal", "panel"} <= kept.keys()
        hal.simulate("power", "SYSTEM", "plug", plugged=True)
        wait_for(lambda: all_anew(one, before), PATIENCE_S)
        wait_for(lambda: len(spans(one)) > 1, PATIENCE_S)
        contact = next(state for state in hal.devices() if state.name == "IN3")
        assert contact.active, "the world around the recorder went on"


@pytest.mark.covers("D-PWR-02", "V-HW-08")
def test_the_held_power_key_shuts_down_in_order_and_a_push_starts_again(one):
    with HalClient(one.instance.socket("hal")) as hal:
        before = running(one)
        hal.simulate("key", "FRONT", "press", key="power")
        wait_for(lambda: not RECORDER & running(one).keys(), PATIENCE_S)
        hal.simulate("key", "FRONT", "release", key="power")
        state = wait_for(
            lambda: next((s for s in hal.devices() if s.kind == "power" and not s.running), None), PATIENCE_S
        )
        assert state.plugged
        hal.simulate("key", "FRONT", "press", key="power")
        hal.simulate("key", "FRONT", "release", key="power")
        wait_for(lambda: all_anew(one, before), PATIENCE_S)
        before = running(one)
        hal.simulate("key", "FRONT", "press", key="reset")
        hal.simulate("key", "FRONT", "release", key="reset")
        wait_for(lambda: all_anew(one, before), PATIENCE_S)
    log = (one.data / "log" / "nightjar.log").read_text()
    assert "was killed" not in log, "all of them ended in order"
