"""Keys on a real kernel: those of the case are hal's alone, found by their udev tag; all others are the screen's."""

import json

import pytest

from hal.kernel.key_codes import KEY_CODES
from hal.kinds.key import HOLD_S, HOLDS_S

A, MENU = KEY_CODES["KEY_A"], KEY_CODES["KEY_MENU"]


@pytest.fixture
def told(appliance, guest):
    """Press keys in the guest while hal runs there, without root; gives what both sides saw."""
    guest.run("modprobe -a uinput evdev")
    presses = guest.python("tests.guest.inside.keys")
    presses.wait_for("READY")
    appliance.board({"kind": "key", "name": "FRONT", "driver": "evdev"})
    appliance.hal()
    presses.wait_for("TOLD ")
    assert presses.wait() == 0, presses.output
    return json.loads(presses.output.partition("TOLD ")[2])


@pytest.mark.covers("D-LED-09", "D-HW-17", "D-HW-18", "V-HW-08")
def test_keys_of_the_case_are_held_grabbed_and_told_and_mouse_and_keyboard_stay_the_screens(told):
    assert set(told["case"]) <= set(told["keys"])
    assert not set(told["case"]) & set(told["screen"])
    assert set(told["others"]) <= set(told["screen"])
    assert not set(told["others"]) & set(told["keys"])

    heard = [(key, action, long) for key, action, long, _after_s in told["heard"]]
    assert heard[:3] == [("menu", "pressed", False), ("menu", "held", True), ("menu", "released", True)]
    assert heard[3:5] == [("power", "pressed", False), ("power", "released", False)]
    # Reset was let go of after three seconds: that is short for it, as ten would be long.
    assert sorted(heard[5:7]) == [("power", "pressed", False), ("reset", "pressed", False)]
    assert heard[7] == ("power", "held", True)
    assert sorted(heard[8:10]) == [("power", "released", True), ("reset", "released", False)]
    after_s = {(key, action): after for key, action, long, after in told["heard"] if action == "held"}
    assert after_s["menu", "held"] >= HOLD_S * 0.9
    assert after_s["power", "held"] >= HOLDS_S["power"] * 0.9

    case, power, keyboard, mouse = (*told["case"], *told["others"])
    assert told["grabbed"] == {case: True, power: True, keyboard: False, mouse: False}
    # What hal has for itself reaches no other reader; what is the screen's reaches any, and hal says nothing of it.
    assert told["leaked"] == []
    assert told["keyboard"] == [[1, A, 1], [1, A, 0]]
    assert told["mouse"] == [[2, 0, 5]]
