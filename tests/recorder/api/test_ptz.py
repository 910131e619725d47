"""Domes over the API: a channel's camera turns where it is told to, with the simulated board's line behind it."""

import pytest

from hal.client.kinds import PtzBusState, PtzProtocol, Quirk
from recorder.cli import main
from recorder.client.unix_http import ApiError
from recorder.settings.pages.ptz import CheckByte, Counting, Protocol, Ptz
from tests.recorder.api.served import wait_for


@pytest.fixture
def dome(served, hal):
    """Channel 1 with the dome at address 2 of the line."""
    served.owner.add_channel(name="Yard", url="rtsp://10.0.0.7/main")
    served.owner.set_page("ptz", {"line": "RS485", "address": 2}, channel=1)
    return served.owner


def until(hal, found):
    """Wait until the dome at address 2 is so; gives it."""
    states = [one for one in hal.watch() if isinstance(one, PtzBusState)]
    while not (one := next((dome for bus in states for dome in bus.domes if dome.address == 2 and found(dome)), None)):
        states = [said] if isinstance(said := hal.next(), PtzBusState) else []
    return one


def turned(before, now):
    """By how many degrees a dome turned; behind 359 comes 0."""
    return abs((now - before + 180) % 360 - 180)


@pytest.mark.covers("D-PTZ-01", "D-PTZ-01.3", "D-PTZ-02.3")
def test_the_dome_of_a_channel_turns_stops_and_tells_where_it_looks(dome, hal):
    assert [(one.name, one.online, one.baud) for one in dome.ptz_lines()] == [("RS485", True, 9600)]
    found = dome.dome(1)
    assert (found.line, found.address, found.protocol, found.online) == ("RS485", 2, "pelco_d", True)
    assert {"up", "left", "zoom_in", "preset_goto"} <= set(found.actions)
    assert found.presets == 255
    dome.move_dome(1, pan=0.5, tilt=0.25)
    until(hal, lambda one: one.moving and one.look.pan_degrees > 1 and one.look.tilt_degrees > 0.5)
    assert dome.dome(1).moving
    dome.stop_dome(1)
    until(hal, lambda one: not one.moving)
    # It turns on for a moment, while the stop is on the line.
    wait_for(lambda: dome.dome(1).pan_degrees == until(hal, lambda one: not one.moving).look.pan_degrees)
    assert not dome.dome(1).moving


@pytest.mark.covers("D-PTZ-04", "D-PTZ-08")
def test_presets_are_kept_called_and_cleared(dome, hal):
    dome.move_dome(1, pan=1.0)
    until(hal, lambda one: one.look.pan_degrees > 20)
    dome.stop_dome(1)
    kept = until(hal, lambda one: not one.moving).look.pan_degrees
    dome.set_preset(1, 7)
    dome.move_dome(1, pan=-1.0)
    until(hal, lambda one: turned(kept, one.look.pan_degrees) > 60)
    # A move that nobody ended is told to stop after two seconds, on the way to a preset, too.
    dome.stop_dome(1)
    dome.call_preset(1, 7)
    # It may have turned on for a moment after we looked, while the stop waited for its pause on the line.
    until(hal, lambda one: turned(kept, one.look.pan_degrees) < 25 and not one.moving)
    dome.clear_preset(1, 7)
    dome.dome_action(1, "aux_on", 1)


@pytest.mark.covers("D-PTZ-01.4")
def test_the_line_is_set_as_the_channel_says_and_again_when_the_service_was_away(dome, hal, served):
    dome.set_page("ptz", {"baud": "2400", "parity": "E"}, channel=1)
    dome.stop_dome(1)
    assert dome.ptz_lines()[0].baud == 2400
    dome.add_channel(name="Gate", url="rtsp://10.0.0.8/main")
    dome.set_page("ptz", {"line": "RS485", "address": 1, "protocol": "pelco_p"}, channel=2)
    dome.stop_dome(2)
    assert dome.ptz_lines()[0].baud == 9600
    dome.stop_dome(1)
    assert dome.ptz_lines()[0].baud == 2400


def test_the_command_line_turns_it(dome, hal, served, capsys):
    where = ["--data", str(served.instance.data)]
    main(["ptz", "move", "1", "--pan", "1", "--seconds", "0.1", *where])
    until(hal, lambda one: one.look.pan_degrees > 0 and not one.moving)
    main(["ptz", "set", "1", "3", *where])
    main(["ptz", "goto", "1", "3", *where])
    main(["ptz", "do", "1", "aux_on", "1", *where])
    main(["ptz", "show", "1", *where])
    assert "RS485 2 pelco_d: " in capsys.readouterr().out
    with pytest.raises(SystemExit, match="channel 2"):
        main(["ptz", "stop", "2", *where])


def test_what_cannot_be_is_refused_in_words(dome, served):
    dome.add_channel(name="Fixed", url="rtsp://10.0.0.9/main")
    for ask, status, words in [
        (lambda: dome.move_dome(2, pan=1), 409, "Camera 2 is not set up to turn"),
        (lambda: dome.dome(99), 404, "channel 99"),
        (lambda: dome.move_dome(1, pan=2), 422, "."),
        (lambda: dome.set_preset(1, 0), 422, "."),
        (lambda: dome.dome_action(1, "explode"), 409, "explode"),
        (lambda: dome.set_page("ptz", {"address": 0}, channel=1), 422, "Address"),
        (lambda: dome.set_page("ptz", {"protocol": "x"}, channel=1), 422, "Protocol"),
    ]:
        with pytest.raises(ApiError, match=words) as refused:
            ask()
        assert refused.value.http_status == status, words
    dome.set_page("ptz", {"line": "COM9"}, channel=1)
    with pytest.raises(ApiError, match="no PTZ terminal COM9; it has RS485"):
        dome.stop_dome(1)
    dome.set_page("ptz", {"line": "RS485", "protocol": "pelco_p", "address": 200}, channel=1)
    with pytest.raises(ApiError, match="address") as refused:
        dome.move_dome(1, pan=1)
    assert refused.value.http_status == 409


def test_the_page_speaks_the_words_of_the_hardware_layer():
    assert {one.value for one in Protocol} == {one.value for one in PtzProtocol}
    switched = {"focus_as_in_d": True, "autofocus_from_one": True, "menu_called": True}
    odd = Ptz(counting=Counting.FROM_ZERO, check_byte=CheckByte.ALL, **switched)
    assert {Quirk(one) for one in odd.quirks} == {
        Quirk.ADDRESS_FROM_ZERO,
        Quirk.XOR_OF_ALL,
        Quirk.FOCUS_AS_IN_D,
        Quirk.AUTOFOCUS_FROM_ONE,
        Quirk.MENU_CALLED,
    }
    assert {Quirk(one.value) for kind in (Counting, CheckByte) for one in kind if one != "usual"} <= set(Quirk)
    assert Ptz().quirks == ()


@pytest.mark.covers("D-PTZ-04")
def test_presets_have_the_names_that_their_owner_gives(dome, served, capsys):
    dome.set_preset(1, 7)
    dome.name_preset(1, 7, " Car park ")
    dome.set_page("ptz", {"preset_names": "2 Gate,  7 Car park"}, channel=1)
    assert [(one.number, one.name) for one in dome.dome(1).preset_names] == [(2, "Gate"), (7, "Car park")]
    main(["ptz", "name", "1", "3", "Yard", "--data", str(served.instance.data)])
    main(["ptz", "show", "1", "--data", str(served.instance.data)])
    assert "  7 Car park" in capsys.readouterr().out
    dome.clear_preset(1, 7)
    dome.name_preset(1, 2, "")
    assert dome.page("ptz", 1).values["preset_names"] == "3 Yard"
    for ask, words in [
        (lambda: dome.name_preset(1, 2, "Gate, left"), "no comma"),
        (lambda: dome.name_preset(1, 2, "x" * 41), "."),
        (lambda: dome.set_page("ptz", {"preset_names": "Gate"}, channel=1), "Gate is no number with a name"),
        (lambda: dome.set_page("ptz", {"preset_names": "256 Gate"}, channel=1), "256 Gate is no number"),
        (lambda: dome.set_page("ptz", {"preset_names": "1 A, 1 B"}, channel=1), "Preset 1 has two names"),
    ]:
        with pytest.raises(ApiError, match=words) as refused:
            ask()
        assert refused.value.http_status == 422
    assert dome.page("ptz", 1).values["preset_names"] == "3 Yard"


@pytest.mark.covers("D-PTZ-10")
@pytest.mark.parametrize("protocol", ["pelco_d_extended", "pelco_p", "dh_sd2"])
def test_the_domes_own_menu_is_gone_through_and_nothing_turns(dome, hal, protocol):
    dome.set_page("ptz", {"protocol": protocol}, channel=1)

    def shown():
        return hal.simulate("ptz_bus", "RS485", "menu", address=2)

    before = shown()
    assert not before["open"]
    looked = dome.dome(1).pan_degrees
    for action in ("menu_open", "menu_down", "menu_down", "menu_right", "menu_enter"):
        dome.dome_action(1, action)
    wait_for(lambda: shown() == {"open": 1, "line": 2, "chosen": 1})
    dome.dome_action(1, "menu_close")
    wait_for(lambda: not shown()["open"])
    assert dome.dome(1).pan_degrees == looked
    assert not until(hal, lambda one: not one.moving).moving
