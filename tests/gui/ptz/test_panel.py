"""The panel over the picture: arrows held move, whatever ends the holding stops, presets and tours by number."""

from dataclasses import replace

import pytest

from gui.pages.settings import SettingsPage
from gui.ptz.dome_menu import DomeMenu
from gui.ptz.panel import MORE, NUMBERED, PtzPanel
from gui.ptz.steering import STILL, Motion
from gui.toolkit.event import Key, KeyUp
from hal.kinds.ptz_bus import Action
from recorder.client.answers import Dome, PresetName
from recorder.client.api import ApiError
from tests.gui.pages.house import house
from tests.gui.rig import SIZES, clipped, unreachable

WHOLE = Dome(
    channel=1,
    line="RS485",
    address=1,
    protocol="pelco_d",
    online=True,
    reason="",
    moving=False,
    pan_degrees=None,
    tilt_degrees=None,
    zoom=None,
    actions=tuple(str(one) for one in Action),
    presets=80,
    tours=8,
    patterns=4,
    scans=1,
    auxes=8,
)
FULL = 5 / 8
"""The share of full speed that the panel begins with."""


class StillSteering:
    """In place of the thread: the wishes in their order."""

    def __init__(self):
        self.wanted = []
        self.over = False

    def start(self):
        pass

    def want(self, motion):
        self.wanted.append(motion)

    def close(self):
        self.over = True


def at_panel(dome=WHOLE, size=(1280, 720)):
    rig, rooms, api = house(size)

    def ask(_channel):
        if isinstance(dome, Exception):
            raise dome
        return dome

    api.dome = ask
    api.dome_action = lambda *what: api.calls.append(what)
    api.name_preset = lambda *what: api.calls.append(("name", *what))
    panel = PtzPanel(rooms, 1, "Front door")
    panel.steering = StillSteering()
    rig.open(panel)
    return rig, panel, api


def hold(rig, *names):
    for name in names:
        rig.screen.handle(Key(name))
    rig.show()


def release(rig, *names):
    for name in names:
        rig.screen.handle(KeyUp(name))
    rig.show()


@pytest.mark.covers("D-PTZ-02.3", "D-IR-14")
def test_arrows_move_while_they_are_held_and_stop_when_they_are_let_go():
    rig, panel, _api = at_panel()
    assert rig.focus == "pad"
    hold(rig, "right")
    hold(rig, "up")
    release(rig, "right")
    release(rig, "up")
    assert panel.steering.wanted == [
        Motion(pan=FULL),
        Motion(pan=FULL, tilt=FULL),
        Motion(tilt=FULL),
        STILL,
    ]


def test_a_key_whose_release_nobody_tells_is_let_go_by_itself():
    rig, panel, _api = at_panel()
    rig.key("left")
    rig.clock.advance(0.5)
    rig.show()
    rig.screen.handle(Key("left", repeat=True))
    rig.clock.advance(0.6)
    rig.show()
    assert panel.steering.wanted == [Motion(pan=-FULL)], "a repeated key is still held"
    rig.clock.advance(0.3)
    rig.show()
    assert panel.steering.wanted[-1] == STILL


def test_the_pointer_steers_in_eight_directions_while_it_is_pressed():
    rig, panel, _api = at_panel()
    pad = rig.find("pad")
    reach = pad.rect.width // 3
    seen = {}
    for across in (-1, 0, 1):
        for down in (-1, 0, 1):
            place = pad.rect.centerx + across * reach, pad.rect.centery + down * reach
            rig._give({"kind": "press", "x": place[0], "y": place[1]})
            seen[across, -down] = pad.direction
            rig._give({"kind": "release", "x": place[0], "y": place[1]})
            assert pad.direction == (0, 0)
    assert seen == {one: one for one in seen}
    assert panel.steering.wanted[-1] == STILL


def test_a_pointer_that_never_comes_up_is_let_go_by_itself():
    rig, panel, _api = at_panel()
    pad = rig.find("pad")
    rig._give({"kind": "press", "x": pad.rect.right - 20, "y": pad.rect.centery})
    assert panel.steering.wanted == [Motion(pan=FULL)]
    rig.clock.advance(31)
    rig.show()
    assert panel.steering.wanted[-1] == STILL


def test_whatever_takes_the_focus_or_covers_or_closes_the_panel_stops():
    rig, panel, _api = at_panel()
    hold(rig, "right")
    rig.screen.focus_on("speed")
    assert panel.steering.wanted[-1] == STILL
    rig.screen.focus_on("pad")
    hold(rig, "right")
    rig.screen.focus_on("more")
    rig.key("ok")
    assert panel.steering.wanted[-1] == STILL
    rig.key("back")
    rig.key("back")
    assert panel.steering.over


@pytest.mark.covers("D-PTZ-02.1")
def test_the_speed_is_the_owners():
    rig, panel, _api = at_panel()
    rig.key("ok")
    assert rig.focus == "speed"
    rig.key("8")
    rig.key("up")
    assert rig.focus == "pad"
    hold(rig, "down")
    assert panel.steering.wanted[-1] == Motion(tilt=-1.0)


@pytest.mark.covers("D-PTZ-02.2")
@pytest.mark.parametrize(
    ("button", "motion"),
    [
        ("zoom_in", Motion(zoom=FULL)),
        ("zoom_out", Motion(zoom=-FULL)),
        ("focus_far", Motion(focus=FULL)),
        ("focus_near", Motion(focus=-FULL)),
        ("iris_open", Motion(iris=FULL)),
        ("iris_close", Motion(iris=-FULL)),
    ],
)
def test_zoom_focus_and_iris_move_while_their_button_is_held(button, motion):
    rig, panel, _api = at_panel()
    rig.screen.focus_on(button)
    hold(rig, "ok")
    release(rig, "ok")
    assert panel.steering.wanted[-2:] == [motion, STILL]
    place = rig.place(button)
    rig._give({"kind": "press", "x": place[0], "y": place[1]})
    rig._give({"kind": "release", "x": place[0], "y": place[1]})
    assert panel.steering.wanted[-2:] == [motion, STILL]


@pytest.mark.covers("D-PTZ-04", "D-PTZ-05", "D-PTZ-08")
def test_presets_and_tours_are_called_saved_and_cleared_by_number():
    rig, _panel, api = at_panel()
    rig.screen.focus_on("preset")
    rig.type("12")
    for action in ("preset_goto", "preset_set", "preset_clear"):
        rig.screen.focus_on(action)
        rig.key("ok")
    rig.screen.focus_on("tour_add")
    rig.key("ok")
    rig.screen.focus_on("tour_start")
    rig.key("ok")
    assert api.calls == [
        (1, "preset_goto", 12, 0),
        (1, "preset_set", 12, 0),
        (1, "preset_clear", 12, 0),
        (1, "tour_add", 1, 12),
        (1, "tour_start", 1, 0),
    ]
    assert "Saved as preset 12." in rig.notices


def test_a_number_beyond_what_the_dome_has_becomes_its_last():
    rig, _panel, api = at_panel()
    rig.screen.focus_on("preset")
    rig.type("999")
    rig.screen.focus_on("preset_goto")
    rig.key("ok")
    assert api.calls == [(1, "preset_goto", 80, 0)]


def test_digits_call_presets():
    rig, _panel, api = at_panel()
    rig.key("4")
    assert api.calls == [(1, "preset_goto", 4, 0)]


def test_a_dome_offers_only_what_it_can():
    plain = replace(WHOLE, actions=("up", "zoom_in", "zoom_out", "preset_goto"), presets=8, tours=0)
    rig, _panel, _api = at_panel(plain)
    names = {one.name for one in rig.top.walk() if one.name}
    assert {"pad", "zoom_in", "preset_goto"} <= names
    assert not names & {"focus_far", "iris_open", "preset_set", "tour", "more"}


def test_a_tour_says_which_preset_it_would_be_given():
    rig, panel, api = at_panel(NAMED)
    assert "Add preset 1" in rig.words()
    panel._call_by_name(7)
    rig.screen.focus_on("tour_add")
    rig.show()
    assert "Add preset 7" in rig.words()
    rig.key("ok")
    assert api.calls == [(1, "preset_goto", 7, 0), (1, "tour_add", 1, 7)]


@pytest.mark.parametrize("size", SIZES)
def test_the_way_out_is_in_sight_wherever_one_is_in_the_panel(size):
    rig, panel, _api = at_panel(size=size)
    rig.screen.focus_on("more")
    rig.show()
    assert rig.find("scroll").offset > 0
    close = rig.find("close")
    assert panel.rect.contains(close.rect)
    assert close.rect.bottom <= rig.find("scroll").rect.top
    rig.click("close")
    assert rig.top is not panel


@pytest.mark.parametrize("size", SIZES)
def test_the_panel_fits_and_all_of_it_is_in_reach(size):
    rig, _panel, _api = at_panel(NAMED, size=size)
    assert clipped(rig.screen) == []
    rig.screen.focus_on("speed")
    missing = set(unreachable(rig.screen))
    assert missing == set()


def test_a_channel_without_a_dome_leads_to_its_settings():
    refused = ApiError(409, "NoDome", "Camera 1 is not set up to turn.")
    rig, _panel, _api = at_panel(refused)
    assert "not set up to turn" in rig.words()
    assert rig.focus == "set-up"
    rig.key("ok")
    assert isinstance(rig.top, SettingsPage)


def test_a_line_that_does_not_work_says_why():
    rig, panel, _api = at_panel(replace(WHOLE, online=False, reason="/dev/ttyS1 is gone", actions=()))
    assert "RS485 does not work: /dev/ttyS1 is gone" in rig.words()
    assert rig.focus == "again"
    assert panel.steering.wanted == []


def test_what_the_panel_names_are_actions_of_domes():
    named = {action for _name, _title, _count, deeds in NUMBERED for action, _words in deeds} | set(MORE)
    assert named <= {str(one) for one in Action}


NAMED = replace(WHOLE, preset_names=(PresetName(2, "Gate"), PresetName(7, "Car park")))


@pytest.mark.covers("D-PTZ-04", "D-PTZ-08")
def test_presets_are_called_by_their_names():
    rig, panel, api = at_panel(NAMED)
    assert "It has no name." in rig.words()
    panel.numbers["preset"].set("7")
    panel._say_preset()
    rig.show()
    assert "Car park" in rig.words()
    assert unreachable(rig.screen) == []
    rig.screen.focus_on("by-name")
    rig.key("ok")
    assert "Gate" in rig.words()
    rig.key("ok")
    assert api.calls == [(1, "preset_goto", 2, 0)]
    assert panel.numbers["preset"].number == 2


def test_a_preset_is_given_a_name_that_stands_there_then():
    rig, panel, api = at_panel(NAMED)
    rig.screen.focus_on("more")
    rig.key("ok", "ok")
    assert "Name of preset 1" in rig.words()
    rig.top._field.set("Yard")
    rig.go_to("save")
    rig.key("ok")
    assert api.calls == [("name", 1, 1, "Yard")]
    assert rig.top is panel


@pytest.mark.covers("D-PTZ-10")
@pytest.mark.parametrize("size", SIZES)
def test_the_cameras_own_menu_has_arrows_ok_and_back_and_is_closed_with_its_panel(size):
    rig, panel, api = at_panel(size=size)
    rig.screen.navigator.push(DomeMenu(panel.rooms, 1, "Camera's menu"))
    rig.show()
    assert panel.steering.wanted[-1] == STILL
    assert clipped(rig.screen) == []
    assert unreachable(rig.screen) == []
    for name in ("down", "down", "right"):
        hold(rig, name)
        release(rig, name)
    rig.key("ok", "back")
    assert rig.focus == "menu_close"
    rig.key("ok", "back")
    assert rig.top is panel
    sent = [what[1] for what in api.calls]
    expected = ["menu_open", "menu_down", "menu_down", "menu_right", "menu_enter", "menu_close", "menu_close"]
    assert sent == expected


def test_a_held_arrow_does_not_run_on_through_the_menu():
    rig, panel, api = at_panel()
    rig.screen.navigator.push(DomeMenu(panel.rooms, 1, "Menu"))
    rig.show()
    for _again in range(5):
        rig.screen.handle(Key("down", repeat=True))
    rig.show()
    assert [what[1] for what in api.calls].count("menu_down") == 1


def test_the_menu_is_offered_where_the_dome_has_one():
    rig, _panel, _api = at_panel()
    rig.screen.focus_on("more")
    rig.key("ok")
    assert "The camera's own menu" in rig.words()
    rig, _panel, _api = at_panel(replace(WHOLE, actions=("up", "home")))
    rig.screen.focus_on("more")
    rig.key("ok")
    assert "The camera's own menu" not in rig.words()
