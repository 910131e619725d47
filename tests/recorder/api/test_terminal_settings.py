"""Terminals as their owner names and sets them, with the hardware service of the simulated board behind them."""

import pytest

from hal.client.kinds import RelayState
from hal.client.kinds import Rest as HalRest
from recorder.cli import main
from recorder.client.unix_http import ApiError
from recorder.settings.pages.alarm_input import Rest
from tests.recorder.api.served import wait_for
from tests.recorder.api.test_terminals import heard


def one(found, name):
    return next(one for one in found if one.name == name)


def conducting(hal, name):
    return one([state for state in hal.devices() if isinstance(state, RelayState)], name).closed


@pytest.mark.covers("D-ALM-03", "D-ALM-08")
def test_owners_names_stand_in_lists_events_and_troubles(served, hal, capsys):
    owner = served.owner
    terminals = [one.name for one in owner.inputs()]
    assert [item.title for item in owner.page_items("alarm-input")] == terminals
    owner.set_page("alarm-input", {"name": "Front door"}, item="IN2")
    owner.set_page("alarm-output", {"name": "Siren"}, item="CTRL12")
    assert {item.item: item.title for item in owner.page_items("alarm-input")}["IN2"] == "IN2  Front door"
    assert one(owner.inputs(), "IN2").label == "Front door"
    assert one(owner.outputs(), "CTRL12").label == "Siren"
    stream = owner.events()
    next(stream)
    hal.simulate("alarm_input", "IN2", "move", active=True)
    told = heard(stream, "input").data
    assert (told["name"], told["title"]) == ("IN2", "Front door")
    assert told["words"] == "Alarm input Front door (IN2) is active."
    owner.switch_output("CTRL12", closed=True)
    assert heard(stream, "output").data["words"] == "Output Siren (CTRL12) is on."
    where = ["--data", str(served.instance.data)]
    main(["input", "list", *where])
    main(["output", "list", *where])
    printed = capsys.readouterr().out
    assert "Alarm  (Front door)" in printed
    assert "On · 12 V  (Siren)" in printed


@pytest.mark.covers("D-ALM-03", "D-HW-09")
def test_a_contact_that_rests_closed_is_at_rest_closed_and_stays_so_when_the_service_starts_anew(served, hal):
    owner = served.owner
    owner.set_page("alarm-input", {"rest": "closed"}, item="IN3")
    assert wait_for(lambda: one(owner.inputs(), "IN3").active)
    hal.simulate("alarm_input", "IN3", "move", active=False)
    found = wait_for(lambda: not one(owner.inputs(), "IN3").active and one(owner.inputs(), "IN3"))
    assert found.words == "At rest · closed at rest"
    owner.set_page("alarm-input", {"rest": "board"}, item="IN3")
    assert wait_for(lambda: one(owner.inputs(), "IN3").active)


@pytest.mark.covers("D-ALM-08")
def test_an_output_that_is_always_or_never_on_is_so_and_nobody_switches_it(served, hal):
    owner = served.owner
    owner.set_page("alarm-output", {"mode": "manual", "name": "Lamp"}, item="OUT1")
    assert wait_for(lambda: conducting(hal, "OUT1"))
    assert wait_for(lambda: one(owner.outputs(), "OUT1").words == "Always on")
    for ask in (
        lambda: owner.switch_output("OUT1", closed=False),
        lambda: owner.toggle_output("OUT1"),
        lambda: owner.pulse_output("OUT1", 1),
    ):
        with pytest.raises(ApiError, match="Lamp is set to Always on") as refused:
            ask()
        assert refused.value.http_status == 409
    # Somebody else switches it, or its box was away: it is on again.
    hal.call("relay", "OUT1", "switch", closed=False)
    assert wait_for(lambda: conducting(hal, "OUT1"))
    owner.switch_output("OUT2", closed=True)
    assert [state.closed for state in owner.reset_outputs()] == [True, False, False]
    owner.set_page("alarm-output", {"mode": "auto"}, item="OUT1")
    assert wait_for(lambda: not conducting(hal, "OUT1"))
    owner.switch_output("OUT1", closed=True)
    owner.set_page("alarm-output", {"mode": "off"}, item="OUT1")
    assert wait_for(lambda: not conducting(hal, "OUT1"))
    with pytest.raises(ApiError, match="Never on"):
        owner.toggle_output("OUT1")


@pytest.mark.covers("D-ALM-08")
def test_an_output_that_goes_off_by_itself_does_so_however_it_was_switched_on(served, hal):
    owner = served.owner
    owner.set_page("alarm-output", {"course": "pulse", "seconds": 0.3}, item="OUT2")
    for ask in (lambda: owner.switch_output("OUT2", closed=True), lambda: owner.toggle_output("OUT2")):
        found = ask()
        assert (found.closed, found.timed, found.pulse_s) == (True, True, 0.3)
        assert wait_for(lambda: not conducting(hal, "OUT2"))


def test_what_cannot_be_set_is_refused_in_words(served, hal):
    for page, values, words in [
        ("alarm-output", {"seconds": 0}, "Goes off after"),
        ("alarm-output", {"mode": "sometimes"}, "Mode"),
        ("alarm-input", {"rest": "ajar"}, "Contact at rest"),
        ("alarm-input", {"name": "Door\n"}, "Name"),
    ]:
        with pytest.raises(ApiError, match=words) as refused:
            served.owner.set_page(page, values, item="IN1")
        assert refused.value.http_status == 422


def test_the_page_speaks_the_words_of_the_hardware_layer():
    assert {rest.value for rest in Rest} == {rest.value for rest in HalRest}


def test_the_button_of_a_tile_switches_its_output_asks_where_12_v_is_given_and_is_in_the_audit(served, hal):
    owner, admin = served.owner, served.admin("screen")
    owner.add_channel(name="Gate", url="rtsp://10.0.0.7/main")
    wait_for(owner.outputs)
    with pytest.raises(ApiError) as none:
        admin.press_tile_button(1)
    assert none.value.code == "NoButton"
    owner.set_page("tile-button", {"output": "OUT1", "label": "Open the gate"}, channel=1)
    owner.set_page("alarm-output", {"course": "pulse", "seconds": 60.0}, item="OUT1")
    assert [(one.channel, one.label, one.question) for one in admin.status().buttons] == [(1, "Open the gate", "")]
    wait_for(lambda: admin.press_tile_button(1).timed)
    pressed = owner.audit(who="admin", page="tile-button")[0]
    assert (pressed.item, pressed.new) == ("1", '"Open the gate: OUT1 switched on"')
    powered = next(one.name for one in owner.outputs() if one.role == "switched_12v")
    owner.set_page("tile-button", {"output": powered}, channel=1)
    assert "12 V" in admin.status().buttons[0].question
