"""Alarm inputs and outputs over the API, with the hardware service of the simulated board behind it."""

import pytest

from hal.client.kinds import Meaning
from recorder.cli import main
from recorder.client.unix_http import ApiError
from tests.recorder.api.served import wait_for


def heard(stream, kind):
    return next(event for event in stream if event.kind == kind)


@pytest.mark.covers("D-ALM-03", "D-HW-09")
def test_an_input_is_toggled_and_its_events_arrive_in_their_order(served, hal):
    assert [(one.name, one.active) for one in served.owner.inputs()] == [(f"IN{n}", False) for n in range(1, 9)]
    stream = served.owner.events()
    next(stream)
    hal.simulate("alarm_input", "IN2", "move", active=True)
    hal.simulate("alarm_input", "IN2", "move", active=False)
    hal.simulate("alarm_input", "IN2", "move", active=True)
    for active, words in ((True, "is active."), (False, "is at rest again."), (True, "is active.")):
        told = heard(stream, "input")
        said = f"Alarm input IN2 {words}"
        assert told.data == {"name": "IN2", "title": "", "role": "alarm", "active": active, "words": said}
        assert told.at_us == served.clock.now_us()
    assert [one.name for one in served.owner.inputs() if one.active] == ["IN2"]


@pytest.mark.covers("D-LED-05")
def test_the_light_of_alarms_is_on_while_one_goes_on_and_nobody_has_to_log_in_for_it(served, hal):
    def lit():
        return any(Meaning.ALARM in one.told for one in hal.devices() if one.kind == "indicator")

    assert not lit()
    hal.simulate("alarm_input", "IN2", "move", active=True)
    wait_for(lit)
    hal.simulate("alarm_input", "IN2", "move", active=False)
    wait_for(lambda: not any(one.active for one in served.owner.inputs()))
    served.clock.advance(10)
    wait_for(lambda: not lit())


@pytest.mark.covers("D-ALM-08", "D-HW-10")
def test_an_output_is_switched_toggled_and_pulsed_and_that_is_told(served, hal):
    names = [(one.name, one.role) for one in served.owner.outputs()]
    assert names == [("OUT1", "alarm_output"), ("OUT2", "alarm_output"), ("CTRL12", "switched_12v")]
    stream = served.owner.events()
    next(stream)
    on = served.owner.switch_output("CTRL12", closed=True)
    assert (on.closed, on.timed) == (True, False)
    assert heard(stream, "output").data["words"] == "Output CTRL12 is on."
    assert not served.owner.toggle_output("CTRL12").closed
    assert heard(stream, "output").data["words"] == "Output CTRL12 is off."
    pulsed = served.owner.pulse_output("OUT1", 0.2)
    assert (pulsed.closed, pulsed.timed) == (True, True)
    assert [heard(stream, "output").data["closed"] for _edge in range(2)] == [True, False]
    assert not any(one.closed for one in served.owner.outputs())
    assert [one.closed for one in hal.devices() if one.kind == "relay"] == [False, False, False]


def test_the_command_line_lists_and_switches(served, hal, capsys):
    where = ["--data", str(served.instance.data)]
    main(["output", "on", "OUT2", *where])
    main(["output", "toggle", "CTRL12", *where])
    main(["output", "off", "CTRL12", *where])
    main(["output", "pulse", "OUT1", "60", *where])
    capsys.readouterr()
    main(["output", "list", *where])
    lines = [line.split(maxsplit=1) for line in capsys.readouterr().out.splitlines()]
    assert lines == [["OUT1", "On, goes off by itself"], ["OUT2", "On"], ["CTRL12", "Off · 12 V"]]
    hal.simulate("alarm_input", "IN2", "move", active=True)

    def printed():
        main(["input", "list", *where])
        return [line.split() for line in capsys.readouterr().out.splitlines()]

    wait_for(lambda: ["IN2", "Alarm"] in printed())


def test_what_cannot_be_is_refused_in_words(served, hal):
    for ask, status, words in [
        (lambda: served.owner.switch_output("OUT9", closed=True), 404, "no output OUT9"),
        (lambda: served.owner.pulse_output("OUT1", 0), 422, "."),
        (lambda: served.owner.pulse_output("OUT1", 1e6), 422, "."),
        (lambda: served.owner._send(None, "PATCH", "/outputs/OUT1", {"closed": 1, "x": 2}), 200, ""),
        (lambda: served.owner._send(None, "PATCH", "/outputs/OUT1", {}), 422, "closed"),
    ]:
        if status == 200:
            ask()
            continue
        with pytest.raises(ApiError, match=words) as refused:
            ask()
        assert refused.value.http_status == status


def test_nobody_switches_or_hears_what_hangs_on_the_terminals_without_the_right(served, hal):
    for ask in (
        lambda client: client.outputs(),
        lambda client: client.inputs(),
        lambda client: client.toggle_output("OUT1"),
        lambda client: client.switch_output("OUT1", closed=True),
        lambda client: client.pulse_output("OUT1", 1),
        lambda client: client.ptz_lines(),
        lambda client: client.stop_dome(1),
    ):
        with pytest.raises(ApiError) as refused:
            ask(served.screen)
        assert refused.value.http_status == 403
    stream = served.screen.events()
    next(stream)
    admin = served.admin("screen").events()
    next(admin)
    hal.simulate("alarm_input", "IN2", "move", active=True)
    heard(admin, "input")
    served.owner.set_page("general", {"recorder_name": "Harbour"})
    assert next(stream).kind == "status"


def test_a_hardware_service_that_is_away_is_said_as_such(served):
    with pytest.raises(ApiError, match="hardware service does not answer") as refused:
        served.owner.switch_output("OUT1", closed=True)
    assert refused.value.http_status == 503
