"""Frames as literal bytes, from the vendors' printed tables; what a table says can only be changed here too."""

import pytest

from hal.errors import BadRequest, Unsupported
from hal.kinds.ptz_bus import Action, Dome, PtzProtocol, Quirk
from hal.protocols.ptz import PROTOCOLS, protocol_of
from hal.protocols.ptz.protocol import written
from hal.protocols.ptz.traffic import Motion, Traffic
from tests.hal.fakes.clock import Clock


def sent(dome, motion):
    """What goes out for a move at once, without its refreshes."""
    traffic, frames, clock = Traffic(), [], Clock()
    traffic.move(dome.address, protocol_of(dome), motion, clock.now_s)
    began_s = clock.now_s
    while traffic.wanted_s() < began_s + 0.2:
        clock.now_s = max(clock.now_s, traffic.wanted_s())
        traffic.send(frames.append, clock)
    return [frame.hex(" ").upper() for frame in frames]


D, D_MORE = Dome(1), Dome(1, PtzProtocol.PELCO_D_EXTENDED)
P, P1 = Dome(1, PtzProtocol.PELCO_P), Dome(1, PtzProtocol.PELCO_P1)
VISCA, SD1, SD2 = Dome(1, PtzProtocol.VISCA), Dome(1, PtzProtocol.DH_SD1), Dome(1, PtzProtocol.DH_SD2)
S20, S23 = 0x20 / 0x3F, 0x23 / 0x3F


@pytest.mark.covers("D-PTZ-02.3")
@pytest.mark.parametrize(
    ("dome", "motion", "bytes_"),
    [
        (D, Motion(pan=S20), "FF 01 00 02 20 00 23"),
        (D, Motion(pan=-S23), "FF 01 00 04 23 00 28"),
        (D, Motion(tilt=S23), "FF 01 00 08 00 23 2C"),
        (D, Motion(tilt=-S23), "FF 01 00 10 00 23 34"),
        (D, Motion(pan=-S20, tilt=S20), "FF 01 00 0C 20 20 4D"),
        (D, Motion(pan=S20, tilt=S20), "FF 01 00 0A 20 20 4B"),
        (D, Motion(pan=-S20, tilt=-S20), "FF 01 00 14 20 20 55"),
        (D, Motion(pan=S20, tilt=-S20), "FF 01 00 12 20 20 53"),
        (D, Motion(zoom=1), "FF 01 00 20 00 00 21"),
        (D, Motion(zoom=-1), "FF 01 00 40 00 00 41"),
        (D, Motion(focus=-1), "FF 01 01 00 00 00 02"),
        (D, Motion(focus=1), "FF 01 00 80 00 00 81"),
        (D, Motion(iris=1), "FF 01 02 00 00 00 03"),
        (D, Motion(iris=-1), "FF 01 04 00 00 00 05"),
        (D, Motion(pan=1, zoom=1), "FF 01 00 22 3F 00 62"),
        (P, Motion(tilt=S20), "A0 00 00 08 00 20 AF 27"),
        (P, Motion(tilt=-S20), "A0 00 00 10 00 20 AF 3F"),
        (P, Motion(pan=-S20), "A0 00 00 04 20 00 AF 2B"),
        (P, Motion(pan=S20), "A0 00 00 02 20 00 AF 2D"),
        (P, Motion(zoom=1), "A0 00 00 20 00 00 AF 2F"),
        (P, Motion(zoom=-1), "A0 00 00 40 00 00 AF 4F"),
        (P, Motion(focus=1), "A0 00 01 00 00 00 AF 0E"),
        (P, Motion(focus=-1), "A0 00 02 00 00 00 AF 0D"),
        (P, Motion(iris=1), "A0 00 04 00 00 00 AF 0B"),
        (P, Motion(iris=-1), "A0 00 08 00 00 00 AF 07"),
        (P1, Motion(tilt=S20), "A0 00 00 08 00 20 AF 28"),
        (P1, Motion(tilt=-S20), "A0 00 00 10 00 20 AF 30"),
        (P1, Motion(pan=-S20), "A0 00 00 04 20 00 AF 24"),
        (P1, Motion(pan=S20), "A0 00 00 02 20 00 AF 22"),
        (P1, Motion(zoom=1), "A0 00 00 20 00 00 AF 20"),
        (P1, Motion(zoom=-1), "A0 00 00 40 00 00 AF 40"),
        (P1, Motion(focus=1), "A0 00 01 00 00 00 AF 01"),
        (P1, Motion(focus=-1), "A0 00 02 00 00 00 AF 02"),
        (P1, Motion(iris=1), "A0 00 04 00 00 00 AF 04"),
        (P1, Motion(iris=-1), "A0 00 08 00 00 00 AF 08"),
        (VISCA, Motion(tilt=1), "81 01 06 01 01 14 03 01 FF"),
        (VISCA, Motion(tilt=-1), "81 01 06 01 01 14 03 02 FF"),
        (VISCA, Motion(pan=-1), "81 01 06 01 18 01 01 03 FF"),
        (VISCA, Motion(pan=1), "81 01 06 01 18 01 02 03 FF"),
        (VISCA, Motion(pan=-1, tilt=1), "81 01 06 01 18 14 01 01 FF"),
        (VISCA, Motion(pan=1, tilt=1), "81 01 06 01 18 14 02 01 FF"),
        (VISCA, Motion(pan=-1, tilt=-1), "81 01 06 01 18 14 01 02 FF"),
        (VISCA, Motion(pan=1, tilt=-1), "81 01 06 01 18 14 02 02 FF"),
        (VISCA, Motion(zoom=1), "81 01 04 07 27 FF"),
        (VISCA, Motion(zoom=-0.001), "81 01 04 07 31 FF"),
        (VISCA, Motion(focus=1), "81 01 04 08 02 FF"),
        (VISCA, Motion(focus=-1), "81 01 04 08 03 FF"),
        (VISCA, Motion(iris=1), "81 01 04 0B 02 FF"),
        (VISCA, Motion(iris=-1), "81 01 04 0B 03 FF"),
        (VISCA, Motion(pan=1, zoom=1), "81 01 06 01 18 01 02 03 FF|81 01 04 07 27 FF"),
        (SD1, Motion(tilt=S20), "A5 01 08 00 20 00 CE"),
        (SD2, Motion(tilt=-S20), "A5 01 04 00 20 00 CA"),
        (SD2, Motion(pan=-S20), "A5 01 02 20 00 00 C8"),
        (SD2, Motion(pan=S20), "A5 01 01 20 00 00 C7"),
        (SD2, Motion(pan=-S20, tilt=S20), "A5 01 0A 20 20 00 F0"),
        (SD2, Motion(pan=-S20, tilt=-S20), "A5 01 06 20 20 00 EC"),
        (SD2, Motion(pan=S20, tilt=S20), "A5 01 09 20 20 00 EF"),
        (SD2, Motion(pan=S20, tilt=-S20), "A5 01 05 20 20 00 EB"),
        (SD2, Motion(zoom=1), "A5 01 41 00 00 00 E7"),
        (SD2, Motion(zoom=-1), "A5 01 42 00 00 00 E8"),
        (SD2, Motion(focus=-1), "A5 01 48 00 00 00 EE"),
        (SD2, Motion(focus=1), "A5 01 44 00 00 00 EA"),
        (SD2, Motion(iris=-1), "A5 01 60 00 00 00 06"),
        (SD2, Motion(iris=1), "A5 01 50 00 00 00 F6"),
    ],
)
def test_a_move_is_these_bytes(dome, motion, bytes_):
    assert "|".join(sent(dome, motion)) == bytes_


GOLDEN = [
    (D, Action.STOP, 0, 0, "FF 01 00 00 00 00 01"),
    (D, Action.PRESET_SET, 1, 0, "FF 01 00 03 00 01 05"),
    (D, Action.PRESET_CLEAR, 1, 0, "FF 01 00 05 00 01 07"),
    (D, Action.PRESET_GOTO, 1, 0, "FF 01 00 07 00 01 09"),
    (D, Action.AUX_ON, 1, 0, "FF 01 00 09 00 01 0B"),
    (D, Action.AUX_OFF, 1, 0, "FF 01 00 0B 00 01 0D"),
    (D, Action.CAMERA_ON, 0, 0, "FF 01 88 00 00 00 89"),
    (D, Action.CAMERA_OFF, 0, 0, "FF 01 08 00 00 00 09"),
    (D_MORE, Action.FLIP, 0, 0, "FF 01 00 07 00 21 29"),
    (D_MORE, Action.HOME, 0, 0, "FF 01 00 07 00 22 2A"),
    (D_MORE, Action.RESET, 0, 0, "FF 01 00 0F 00 00 10"),
    (D_MORE, Action.ZONE_BEGIN, 2, 0, "FF 01 00 11 00 02 14"),
    (D_MORE, Action.ZONE_END, 2, 0, "FF 01 00 13 00 02 16"),
    (D_MORE, Action.WRITE, 3, 0x41, "FF 01 00 15 03 41 5A"),
    (D_MORE, Action.CLEAR_SCREEN, 0, 0, "FF 01 00 17 00 00 18"),
    (D_MORE, Action.ACKNOWLEDGE_ALARM, 1, 0, "FF 01 00 19 00 01 1B"),
    (D_MORE, Action.ZONE_SCAN_ON, 0, 0, "FF 01 00 1B 00 00 1C"),
    (D_MORE, Action.ZONE_SCAN_OFF, 0, 0, "FF 01 00 1D 00 00 1E"),
    (D_MORE, Action.PATTERN_RECORD, 0, 0, "FF 01 00 1F 00 00 20"),
    (D_MORE, Action.PATTERN_END, 0, 0, "FF 01 00 21 00 00 22"),
    (D_MORE, Action.PATTERN_RUN, 0, 0, "FF 01 00 23 00 00 24"),
    (D_MORE, Action.ZOOM_SPEED, 3, 0, "FF 01 00 25 00 03 29"),
    (D_MORE, Action.FOCUS_SPEED, 3, 0, "FF 01 00 27 00 03 2B"),
    (D_MORE, Action.FOCUS_AUTO, 0, 0, "FF 01 00 2B 00 00 2C"),
    (D_MORE, Action.FOCUS_MANUAL, 0, 0, "FF 01 00 2B 00 01 2D"),
    (D_MORE, Action.IRIS_AUTO, 1, 0, "FF 01 00 2D 00 01 2F"),
    (D_MORE, Action.GAIN_AUTO, 1, 0, "FF 01 00 2F 00 01 31"),
    (D_MORE, Action.BACKLIGHT, 1, 0, "FF 01 00 31 00 01 33"),
    (D_MORE, Action.WHITE_BALANCE, 1, 0, "FF 01 00 33 00 01 35"),
    (D_MORE, Action.ASK_PAN, 0, 0, "FF 01 00 51 00 00 52"),
    (D_MORE, Action.ASK_TILT, 0, 0, "FF 01 00 53 00 00 54"),
    (D_MORE, Action.ASK_ZOOM, 0, 0, "FF 01 00 55 00 00 56"),
    (D_MORE, Action.TOUR_START, 1, 0, "FF 01 00 07 00 4C 54"),
    (D_MORE, Action.TOUR_STOP, 1, 0, "FF 01 00 07 00 60 68"),
    (D_MORE, Action.SCAN_LEFT_LIMIT, 1, 0, "FF 01 00 03 00 5C 60"),
    (D_MORE, Action.SCAN_RIGHT_LIMIT, 1, 0, "FF 01 00 03 00 5D 61"),
    (D_MORE, Action.SCAN_START, 1, 0, "FF 01 00 07 00 63 6B"),
    (D_MORE, Action.SCAN_STOP, 1, 0, "FF 01 00 07 00 60 68"),
    (D_MORE, Action.PAN_START, 0, 0, "FF 01 90 00 00 00 91"),
    (D_MORE, Action.PAN_STOP, 0, 0, "FF 01 10 00 00 00 11"),
    (D_MORE, Action.LIGHT_ON, 0, 0, "FF 01 88 00 00 00 89"),
    (D_MORE, Action.LIGHT_OFF, 0, 0, "FF 01 08 00 00 00 09"),
    (D_MORE, Action.MENU_OPEN, 0, 0, "FF 01 00 03 00 5F 63"),
    (D_MORE, Action.MENU_CLOSE, 0, 0, "FF 01 04 00 00 00 05"),
    (D_MORE, Action.MENU_ENTER, 0, 0, "FF 01 02 00 00 00 03"),
    (D_MORE, Action.MENU_UP, 0, 0, "FF 01 00 08 00 20 29"),
    (D_MORE, Action.MENU_DOWN, 0, 0, "FF 01 00 10 00 20 31"),
    (D_MORE, Action.MENU_LEFT, 0, 0, "FF 01 00 04 20 00 25"),
    (D_MORE, Action.MENU_RIGHT, 0, 0, "FF 01 00 02 20 00 23"),
    (P, Action.STOP, 0, 0, "A0 00 00 00 00 00 AF 0F"),
    (P, Action.PRESET_SET, 1, 0, "A0 00 00 03 00 01 AF 0D"),
    (P, Action.PRESET_CLEAR, 1, 0, "A0 00 00 05 00 01 AF 0B"),
    (P, Action.PRESET_GOTO, 1, 0, "A0 00 00 07 00 01 AF 09"),
    (P, Action.PATTERN_RUN, 1, 0, "A0 00 00 23 00 01 AF 2D"),
    (P, Action.PAN_START, 0, 0, "A0 00 20 00 00 00 AF 2F"),
    (P1, Action.STOP, 0, 0, "A0 00 00 00 00 00 AF 00"),
    (P1, Action.PRESET_SET, 1, 0, "A0 00 00 03 00 01 AF 02"),
    (P1, Action.PRESET_CLEAR, 1, 0, "A0 00 00 05 00 01 AF 04"),
    (P1, Action.PRESET_GOTO, 1, 0, "A0 00 00 07 00 01 AF 06"),
    (VISCA, Action.STOP, 0, 0, "81 01 06 01 01 01 03 03 FF|81 01 04 07 00 FF|81 01 04 08 00 FF"),
    (VISCA, Action.HOME, 0, 0, "81 01 06 04 FF"),
    (VISCA, Action.RESET, 0, 0, "81 01 06 05 FF"),
    (VISCA, Action.FOCUS_AUTO, 0, 0, "81 01 04 38 02 FF"),
    (VISCA, Action.FOCUS_MANUAL, 0, 0, "81 01 04 38 03 FF"),
    (VISCA, Action.FOCUS_ONCE, 0, 0, "81 01 04 18 01 FF"),
    (VISCA, Action.IRIS_RESET, 0, 0, "81 01 04 0B 00 FF"),
    (VISCA, Action.PRESET_CLEAR, 5, 0, "81 01 04 3F 00 05 FF"),
    (VISCA, Action.PRESET_SET, 5, 0, "81 01 04 3F 01 05 FF"),
    (VISCA, Action.PRESET_GOTO, 5, 0, "81 01 04 3F 02 05 FF"),
    (VISCA, Action.CAMERA_ON, 0, 0, "81 01 04 00 02 FF"),
    (VISCA, Action.CAMERA_OFF, 0, 0, "81 01 04 00 03 FF"),
    (VISCA, Action.ASK_PAN_TILT, 0, 0, "81 09 06 12 FF"),
    (VISCA, Action.ASK_ZOOM, 0, 0, "81 09 04 47 FF"),
    (VISCA, Action.ASK_VERSION, 0, 0, "81 09 00 02 FF"),
    (SD1, Action.STOP, 0, 0, "A5 01 00 00 00 00 A6|A5 01 40 00 00 00 E6"),
    (SD1, Action.PRESET_SET, 1, 0, "A5 01 81 00 01 00 28"),
    (SD1, Action.PRESET_GOTO, 1, 0, "A5 01 83 00 01 00 2A"),
    (SD2, Action.PRESET_CLEAR, 1, 0, "A5 01 82 00 01 00 29"),
    (SD2, Action.PAN_START, 0, 0, "A5 01 83 01 62 00 8C"),
    (SD2, Action.PAN_STOP, 0, 0, "A5 01 83 00 62 00 8B"),
    (SD2, Action.SCAN_LEFT_LIMIT, 1, 0, "A5 01 81 00 81 00 A8"),
    (SD2, Action.SCAN_RIGHT_LIMIT, 2, 0, "A5 01 81 00 84 00 AB"),
    (SD2, Action.SCAN_START, 2, 0, "A5 01 83 00 92 00 BB"),
    (SD2, Action.SCAN_STOP, 0, 0, "A5 01 83 00 5A 00 83"),
    (SD2, Action.TOUR_ADD, 1, 7, "A5 01 84 00 07 00 31"),
    (SD2, Action.TOUR_REMOVE, 2, 7, "A5 01 82 01 07 00 30"),
    (SD2, Action.TOUR_START, 2, 0, "A5 01 83 01 63 00 8D"),
    (SD2, Action.TOUR_STOP, 0, 0, "A5 01 83 00 5A 00 83"),
    (SD2, Action.TOUR_CLEAR, 0, 0, "A5 01 82 00 51 00 79"),
    (SD2, Action.PATTERN_RECORD, 1, 0, "A5 01 85 01 01 00 2D"),
    (SD2, Action.PATTERN_END, 1, 0, "A5 01 85 01 02 00 2E"),
    (SD2, Action.PATTERN_RUN, 1, 0, "A5 01 85 01 00 00 2C"),
    (SD2, Action.AUX_ON, 3, 0, "A5 01 87 00 03 00 30"),
    (SD2, Action.AUX_OFF, 3, 0, "A5 01 88 00 03 00 31"),
    (SD2, Action.FLIP, 0, 0, "A5 01 87 00 0A 00 37"),
    (SD2, Action.RESET, 0, 0, "A5 01 87 00 0B 00 38"),
    (SD2, Action.MENU_OPEN, 0, 0, "A5 01 89 01 00 00 30"),
    (SD2, Action.MENU_CLOSE, 0, 0, "A5 01 89 00 00 00 2F"),
    (SD2, Action.MENU_ENTER, 0, 0, "A5 01 89 08 00 00 37"),
    (SD2, Action.MENU_UP, 0, 0, "A5 01 89 04 00 00 33"),
    (SD2, Action.MENU_DOWN, 0, 0, "A5 01 89 05 00 00 34"),
    (SD2, Action.MENU_LEFT, 0, 0, "A5 01 89 06 00 00 35"),
    (SD2, Action.MENU_RIGHT, 0, 0, "A5 01 89 07 00 00 36"),
]


@pytest.mark.covers("D-PTZ-04", "D-PTZ-05", "D-PTZ-06", "D-PTZ-07", "D-PTZ-08", "D-PTZ-09", "D-PTZ-10")
@pytest.mark.parametrize(("dome", "action", "number", "second", "bytes_"), GOLDEN)
def test_an_action_is_these_bytes(dome, action, number, second, bytes_):
    frames = protocol_of(dome).frames(dome.address, action, n=number, m=second)
    assert "|".join(frame.hex(" ").upper() for frame in frames) == bytes_


def test_where_to_look_is_these_bytes():
    def hexed(dome, action, **at):
        return "|".join(frame.hex(" ").upper() for frame in protocol_of(dome).frames(1, action, **at))

    at = {"pan_at": 9000, "tilt_at": 4500, "zoom_at": 0xFFFF}
    assert hexed(D_MORE, Action.LOOK, **at) == "FF 01 00 4B 23 28 97|FF 01 00 4D 11 94 F3|FF 01 00 4F FF FF 4E"
    at = {"pan_at": -2, "tilt_at": 0x1234, "zoom_at": 0x4000}
    turn = "18 14 0F 0F 0F 0E 01 02 03 04 FF"
    assert hexed(VISCA, Action.LOOK, **at) == f"81 01 06 02 {turn}|81 01 04 47 04 00 00 00 FF"
    assert hexed(VISCA, Action.LOOK_BY, **at) == f"81 01 06 03 {turn}"


def test_visca_begins_with_addresses_and_a_clear_interface():
    assert written(protocol_of(VISCA).hello) == (bytes.fromhex("883001FF"), bytes.fromhex("88010001FF"))


@pytest.mark.parametrize(
    ("quirks", "action", "bytes_"),
    [
        ({Quirk.ADDRESS_FROM_ONE}, Action.STOP, "A0 01 00 00 00 00 AF 0E"),
        ({Quirk.XOR_OF_INNER}, Action.STOP, "A0 00 00 00 00 00 AF 00"),
        ({Quirk.FOCUS_AS_IN_D}, Action.FOCUS_NEAR, "A0 00 01 00 00 00 AF 0E"),
        ({Quirk.FOCUS_AS_IN_D}, Action.FOCUS_FAR, "A0 00 00 80 00 00 AF 8F"),
    ],
)
def test_a_quirk_of_a_dome_changes_these_bytes(quirks, action, bytes_):
    protocol = protocol_of(Dome(1, PtzProtocol.PELCO_P, frozenset(quirks)))
    assert protocol.frames(1, action)[0].hex(" ").upper() == bytes_


def test_quirks_of_pelco_d_and_p1():
    dome = Dome(1, PtzProtocol.PELCO_D_EXTENDED, frozenset({Quirk.AUTOFOCUS_FROM_ONE}))
    assert protocol_of(dome).frames(1, Action.FOCUS_AUTO)[0].hex() == "ff01002b00012d"
    assert protocol_of(dome).frames(1, Action.FOCUS_MANUAL)[0].hex() == "ff01002b00022e"
    dome = Dome(1, PtzProtocol.PELCO_D_EXTENDED, frozenset({Quirk.MENU_CALLED}))
    assert protocol_of(dome).frames(1, Action.MENU_OPEN)[0].hex() == "ff010007005f67"
    dome = Dome(1, PtzProtocol.PELCO_P1, frozenset({Quirk.XOR_OF_ALL}))
    assert protocol_of(dome).frames(1, Action.STOP)[0].hex() == "a000000000" + "00af0f"
    dome = Dome(1, PtzProtocol.PELCO_D, frozenset({Quirk.ADDRESS_FROM_ZERO}))
    assert protocol_of(dome).frames(1, Action.STOP)[0].hex() == "ff000000000000"


def test_every_action_of_every_table_can_be_said_and_stopped():
    for name, protocol in PROTOCOLS.items():
        assert Action.STOP in protocol.actions, name
        for action in protocol.actions:
            assert all(protocol.frames(1, action, n=1, m=1, pan=1, tilt=1, zoom=1)), (name, action)


def test_every_action_of_every_table_stands_above_as_bytes():
    shown = {
        (PtzProtocol.PELCO_D_EXTENDED if dome.protocol == "pelco_d" else dome.protocol, action)
        for dome, action, *_rest in GOLDEN
    }
    moves = {
        Action(name)
        for name in (
            "up",
            "down",
            "left",
            "right",
            "up_left",
            "up_right",
            "down_left",
            "down_right",
            "zoom_in",
            "zoom_out",
            "focus_near",
            "focus_far",
            "iris_open",
            "iris_close",
        )
    }
    for name in (PtzProtocol.PELCO_D_EXTENDED, PtzProtocol.VISCA):
        missing = {action for action in PROTOCOLS[name].actions if (name, action) not in shown} - moves
        assert missing <= {Action.LOOK, Action.LOOK_BY}, name
    both = {action for name, action in shown if name in {"dh_sd1", "dh_sd2"}}
    assert PROTOCOLS[PtzProtocol.DH_SD2].actions.keys() - moves <= both


@pytest.mark.parametrize(
    ("name", "address"), [("pelco_d", 0), ("pelco_d", 256), ("visca", 8), ("pelco_p", 33), ("dh_sd2", -1)]
)
def test_an_address_that_cannot_be_said_is_refused(name, address):
    with pytest.raises(BadRequest, match="has addresses from 1 to"):
        PROTOCOLS[PtzProtocol(name)].frames(address, Action.STOP)


def test_what_a_protocol_has_not_is_refused_in_words():
    with pytest.raises(Unsupported, match="Pelco-D has no menu open"):
        PROTOCOLS[PtzProtocol.PELCO_D].frames(1, Action.MENU_OPEN)
    with pytest.raises(Unsupported, match="DH-SD1 has no preset clear"):
        PROTOCOLS[PtzProtocol.DH_SD1].frames(1, Action.PRESET_CLEAR, n=1)


def test_a_number_that_does_not_fit_is_refused():
    with pytest.raises(BadRequest, match="does not fit"):
        PROTOCOLS[PtzProtocol.PELCO_D].frames(1, Action.PRESET_GOTO, n=256)


def test_no_table_is_longer_than_forty_lines():
    import inspect

    from hal.protocols.ptz import dh_sd, pelco, visca

    for module in (dh_sd, pelco, visca):
        assert all(len(part.splitlines()) <= 40 for part in inspect.getsource(module).split("\n\n")), module
