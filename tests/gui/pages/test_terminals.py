"""Inputs light up and outputs are switched by hand; what could frighten or free somebody is asked about first."""

from dataclasses import replace

import pytest

from gui.dialogs.message import Question
from gui.pages.hardware import HardwarePage
from gui.pages.new_box import NewBox, NewSerialBox
from gui.pages.terminals import Terminals
from recorder.client.answers import AlarmInput, Hardware, Output
from recorder.client.tone import Tone
from recorder.client.unix_http import ApiError
from tests.gui.pages.house import house
from tests.gui.rig import SIZES, clipped, unreachable

REST = AlarmInput(
    "IN1", online=True, reason="", role="alarm", active=False, normally_closed=False, stuck=False, words="At rest",
    tone=Tone.GOOD,
)  # fmt: skip
INPUTS = (
    REST,
    replace(REST, name="IN2", title="Front door", active=True, words="Alarm", tone=Tone.ALARM),
    replace(REST, name="IN3", words="Active without a pause: look at contact and cable", tone=Tone.WARNING),
    replace(REST, name="IN4", words="Does not work: the box at 192.168.1.50 does not answer", tone=Tone.BAD),
    replace(REST, name="CASE", role="tamper", words="The case is open", tone=Tone.ALARM),
)
OFF = Output(
    "OUT1", online=True, reason="", role="alarm_output", closed=False, timed=False, normally_closed=False, words="Off"
)
OUTPUTS = (
    OFF,
    replace(OFF, name="CTRL12", title="Siren", words="Off · 12 V", warning="It gives 12 V to a siren."),
    replace(OFF, name="DOOR", words="Off · Contact, closed at rest", warning="It parts a door's lock."),
)


def at_page(inputs=INPUTS, outputs=OUTPUTS, size=(1280, 720)):
    rig, rooms, api = house(size)
    api.terminals = {"inputs": list(inputs), "outputs": list(outputs)}
    api.inputs = lambda: api.terminals["inputs"]
    api.outputs = lambda: api.terminals["outputs"]
    api.switch_output = lambda name, closed: api.calls.append((name, closed))
    api.reset_outputs = lambda: api.calls.append("reset")
    api.pulse_output = lambda name, seconds: api.calls.append((name, seconds))
    rig.open(Terminals(rooms))
    return rig, api


@pytest.mark.covers("D-ALM-03", "D-ALM-08")
@pytest.mark.parametrize("size", SIZES)
def test_every_terminal_says_how_it_is(size):
    rig, _api = at_page(size=size)
    words = rig.words()
    for expected in (
        "IN1: At rest",
        "Front door: Alarm",
        "IN3: Active without a pause: look at contact and cable",
        "IN4: Does not work: the box at 192.168.1.50 does not answer",
        "CASE: The case is open",
        "OUT1: Off",
        "Siren: Off · 12 V",
        "DOOR: Off · Contact, closed at rest",
    ):
        assert expected in words
    assert clipped(rig.screen) == []
    assert unreachable(rig.screen) == []


@pytest.mark.covers("D-ALM-08")
def test_an_output_is_switched_and_pulsed_with_three_keys():
    rig, api = at_page()
    assert rig.focus == "out-OUT1"
    rig.key("ok", "ok")
    assert api.calls == [("OUT1", True)]
    rig.key("ok", "down", "down", "ok")
    assert api.calls[-1] == ("OUT1", 5)
    api.terminals["outputs"][0] = replace(OFF, closed=True, timed=True, words="On, goes off by itself", tone=Tone.ON)
    rig.clock.advance(0.6)
    rig.show()
    assert "OUT1: On, goes off by itself" in rig.words()
    rig.key("ok", "ok")
    assert api.calls[-1] == ("OUT1", False)


@pytest.mark.parametrize(("name", "words"), [("CTRL12", "a siren"), ("DOOR", "a door's lock")])
def test_what_could_frighten_or_free_somebody_is_asked_about_first(name, words):
    rig, api = at_page()
    rig.go_to(f"out-{name}")
    for steps in ((), ("down",)):
        rig.key("ok", *steps, "ok")
        assert isinstance(rig.top, Question)
        assert words in rig.words()
        assert rig.focus == "cancel"
        rig.key("ok")
        assert api.calls == []
    rig.key("ok", "ok", "right", "ok")
    assert api.calls == [(name, True)]


def test_switching_off_is_never_held_up_by_a_question():
    rig, api = at_page(outputs=[replace(OUTPUTS[1], closed=True)])
    rig.key("ok", "ok")
    assert api.calls == [("CTRL12", False)]


@pytest.mark.covers("D-HW-09")
def test_an_input_that_is_closed_lights_up_within_a_second():
    rig, api = at_page()
    api.terminals["inputs"][0] = replace(REST, active=True, words="Alarm", tone=Tone.ALARM)
    rig.clock.advance(0.6)
    rig.show()
    assert "IN1: Alarm" in rig.words()


@pytest.mark.covers("D-ALM-08")
def test_an_output_that_nobody_switches_offers_its_settings_alone():
    rig, api = at_page(outputs=[replace(OFF, mode="manual", closed=True, words="Always on")])
    rig.key("ok")
    assert "Name and mode" in rig.words()
    assert "Switch off" not in rig.words()
    assert api.calls == []


def test_an_output_that_goes_off_by_itself_says_for_how_long_it_is_switched_on():
    rig, _api = at_page(outputs=[replace(OFF, title="Door opener", pulse_s=0.5)])
    rig.key("ok")
    assert "Switch on for 0.5 s" in rig.words()


@pytest.mark.covers("D-ALM-08")
def test_all_outputs_are_switched_off_at_once():
    rig, api = at_page()
    rig.go_to("reset")
    rig.key("ok")
    assert api.calls == ["reset"]


def test_a_new_name_is_shown_at_once_where_the_focus_stays():
    rig, api = at_page()
    rig.go_to("in-IN1")
    api.terminals["inputs"][0] = replace(REST, title="Gate")
    rig.clock.advance(0.6)
    rig.show()
    assert "Gate: At rest" in rig.words()
    assert rig.focus == "in-IN1"


def test_a_recorder_without_terminals_says_so():
    rig, _api = at_page((), ())
    assert "no alarm terminals" in rig.words()


def test_the_page_is_reached_from_the_hardware():
    rig, rooms, api = house()
    api.hardware = lambda: Hardware(())
    api.inputs = api.outputs = api.reset_outputs = list
    rig.open(HardwarePage(rooms))
    rig.go_to("terminals")
    rig.key("ok")
    assert isinstance(rig.top, Terminals)


@pytest.mark.covers("D-ALM-04")
@pytest.mark.parametrize("size", SIZES)
def test_a_box_is_added_and_told_when_it_does_not_answer(size):
    rig, api = at_page((), (), size)
    assert "An alarm box can be added" in rig.words()
    asked = []

    def add(name, host, **about):
        asked.append((name, host, about))
        if host == "10.0.0.9":
            raise ApiError(409, "HardwareRefused", "10.0.0.9:502 cannot be reached.")

    api.add_box = add
    rig.click("add-box")
    assert "In the network" in rig.words()
    rig.click("item-0")
    assert isinstance(rig.top, NewBox)
    assert clipped(rig.screen) == []
    rig.type("GATE")
    rig.find("host").set("10.0.0.9")
    rig.find("outputs").set("two")
    rig.click("go")
    assert "two is no number" in rig.words()
    assert not asked
    rig.find("outputs").set("2")
    rig.click("go")
    assert "10.0.0.9:502 cannot be reached" in rig.words()
    rig.find("host").set("10.0.0.2")
    rig.click("go")
    assert asked[-1] == ("GATE", "10.0.0.2", {"inputs": 8, "outputs": 2, "unit": 1, "port": 502})
    assert rig.notices == ["The box answers. Its inputs and relays are here now."]
    assert isinstance(rig.top, Terminals)


@pytest.mark.covers("D-ALM-04")
@pytest.mark.parametrize("size", SIZES)
def test_a_box_at_a_serial_line_is_added_by_line_settings_and_number(size):
    rig, api = at_page((), (), size)
    asked = []
    api.add_box = lambda name, host, **about: asked.append((name, host, about))
    rig.click("add-box")
    rig.click("item-1")
    assert isinstance(rig.top, NewSerialBox)
    assert clipped(rig.screen) == []
    assert unreachable(rig.screen) == []
    rig.type("GATE")
    rig.find("line").set("ttyUSB0")
    for wrong in ("9600 7E1", "fast", "96008N1x", ""):
        rig.find("set").set(wrong)
        rig.click("go")
        assert "is no setting of a line" in rig.words()
    assert not asked
    rig.find("set").set("19200 8e2")
    rig.find("unit").set("7")
    rig.click("go")
    line = {"line": "ttyUSB0", "baud": 19200, "parity": "E", "stop_bits": 2}
    assert asked == [("GATE", "", {**line, "unit": 7, "inputs": 8, "outputs": 0})]
    assert isinstance(rig.top, Terminals)


@pytest.mark.parametrize("name", ["in-GATE_1", "out-GATE_1"])
def test_a_box_that_was_added_is_removed_after_a_question_and_no_other(name):
    added = replace(REST, name="GATE_1", box="GATE"), replace(OFF, name="GATE_1", box="GATE")
    rig, api = at_page([*INPUTS, added[0]], [*OUTPUTS, added[1]])
    api.remove_box = lambda box: api.calls.append(("remove", box))
    rig.go_to(name)
    rig.key("ok", "up", "ok")
    assert isinstance(rig.top, Question)
    assert "Remove the box GATE?" in rig.words()
    rig.click("do")
    assert api.calls == [("remove", "GATE")]
    rig.go_to("out-OUT1")
    rig.key("ok")
    assert "Remove the box" not in rig.words()
