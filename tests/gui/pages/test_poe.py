"""The page of PoE ports: what is wrong stands there in words, and a camera is restarted with five keys."""

from dataclasses import replace

import pytest

from gui.dialogs.message import Question
from gui.pages.cameras import Cameras
from gui.pages.poe import PRIORITIES, PoePorts
from gui.pages.switch_login import NewSwitch, SwitchLogin
from hal.kinds.poe_supply import PoePriority
from recorder.client.answers import PoePort, PoeSupply
from recorder.client.errors import Unavailable
from recorder.client.tone import Tone
from recorder.client.unix_http import ApiError
from tests.gui.pages.house import house
from tests.gui.rig import SIZES, clipped, unreachable

GOOD = PoePort(1, "1", True, "delivering", 3, 52.0, 81.0, 4.2, 15.4, None, "low", "auto", (), 1_790_000_000_000_000,
               "Gives power", Tone.GOOD, "Class 3 · 52.0 V · 81 mA · 4.2 W")  # fmt: skip
PORTS = (
    GOOD,
    replace(GOOD, port=2, label="Gate", state="fault", faults=("budget",), power_class=None, watts=0.0,
            words="All power is given away. Switch another port off.", tone=Tone.BAD),
    replace(GOOD, port=3, state="disabled", enabled=False, watts=0.0, words="Switched off", tone=Tone.FAINT),
    replace(GOOD, port=4, state="searching", watts=0.0, words="Nothing there that takes power", tone=Tone.FAINT),
)  # fmt: skip
SUPPLY = PoeSupply("PSE", True, "", False, 120.0, 7.0, 4.2, ("auto", "af", "at", "long_reach"), PORTS,
                   "4.2 W of 120 W are in use.")  # fmt: skip


def at_page(supplies=(SUPPLY,), size=(1280, 720)):
    rig, rooms, api = house(size)
    api.poe = lambda: list(supplies)
    api.change_poe_port = lambda *place, **wanted: api.calls.append((*place, wanted))
    api.restart_poe_port = lambda *place: api.calls.append((*place, "restart"))
    return rig, rig.open(PoePorts(rooms)), api


def words(page):
    return [f"{one.label} {one.detail} {one.note}" for one in page.list.entries]


@pytest.mark.covers("D-CAM-10")
@pytest.mark.parametrize("size", SIZES)
def test_every_port_says_what_it_does_and_takes_and_what_is_wrong(size):
    rig, page, _api = at_page(size=size)
    told = words(page)
    assert "Class 3 · 52.0 V · 81 mA · 4.2 W" in told[0]
    assert "Gate" in told[1]
    assert "All power is given away. Switch another port off" in told[1]
    assert "Switched off" in told[2]
    assert "Nothing there" in told[3]
    assert "4.2 W of 120 W are in use" in rig.words()
    assert clipped(rig.screen) == []
    assert unreachable(rig.screen) == []


def test_every_priority_has_words():
    assert set(PRIORITIES) == {str(one) for one in PoePriority}


@pytest.mark.covers("D-CAM-10")
def test_a_camera_is_restarted_and_a_port_switched_with_five_keys():
    rig, _page, api = at_page()
    rig.key("ok", "ok")
    assert api.calls == [("PSE", 1, "restart")]
    assert rig.notices == ["The camera is being restarted."]
    rig.key("ok", "down", "ok")
    assert api.calls[-1] == ("PSE", 1, {"enabled": False})
    rig.key("down", "down", "ok", "ok")
    assert api.calls[-1] == ("PSE", 3, {"enabled": True}), "what is off cannot be restarted"


def test_a_supply_that_does_not_work_says_why():
    rig, page, _api = at_page([replace(SUPPLY, online=False, words="PSE does not work: i2c-1 does not answer.")])
    assert "PSE does not work: i2c-1 does not answer." in rig.words()
    assert "Not known" in words(page)[0]


@pytest.mark.covers("V-INT-07")
@pytest.mark.parametrize("size", SIZES)
def test_a_switch_is_logged_in_at_and_the_passwords_are_not_shown(size):
    rig, _page, api = at_page([replace(SUPPLY, logs_in=True)], size)
    asked = []

    def log_in(supply, **login):
        asked.append((supply, login))
        if not login["user"]:
            raise ApiError(422, "Invalid", "Give a user with its passwords, or a community.")

    api.log_in_at_switch = log_in
    rig.key("ok", "up", "ok")
    assert isinstance(rig.top, SwitchLogin)
    assert clipped(rig.screen) == []
    rig.click("go")
    assert "Give a user" in rig.words()
    rig.type("owner")
    rig.find("auth_key").set("a long pass")
    rig.show()
    assert "a long pass" not in rig.words()
    rig.click("go")
    assert asked[-1] == ("PSE", {"user": "owner", "auth_key": "a long pass", "privacy_key": "", "community": ""})
    assert isinstance(rig.top, PoePorts)


@pytest.mark.covers("V-INT-07")
@pytest.mark.parametrize("size", SIZES)
def test_a_switch_is_added_and_told_when_it_does_not_answer(size):
    rig, _page, api = at_page([], size)
    assert "no PoE ports" in rig.words()
    asked = []

    def add(**about):
        asked.append(about)
        if about["host"] == "10.0.0.9":
            raise ApiError(409, "HardwareRefused", "10.0.0.9: No SNMP response received before timeout.")
        return [replace(SUPPLY, name=about["name"])]

    api.add_switch = add
    rig.click("add-switch")
    assert isinstance(rig.top, NewSwitch)
    assert clipped(rig.screen) == []
    rig.type("SHOP")
    for field, words in (("host", "10.0.0.9"), ("ports", "1-2,x"), ("community", "a word")):
        rig.find(field).set(words)
    rig.click("go")
    assert "x is neither a number nor a range" in rig.words()
    rig.find("ports").set("1-2, 4")
    rig.click("go")
    assert "No SNMP response" in rig.words()
    assert "a word" not in rig.words()
    rig.find("host").set("10.0.0.2")
    rig.click("go")
    login = {"user": "", "auth_key": "", "privacy_key": "", "community": "a word"}
    assert asked[-1] == {"name": "SHOP", "host": "10.0.0.2", "ports": [1, 2, 4], **login}
    assert rig.notices == ["The switch answers. 4 ports of it are here now."]
    assert isinstance(rig.top, PoePorts)


def test_a_switch_that_was_added_is_removed_after_a_question_and_no_other():
    rig, _page, api = at_page([replace(SUPPLY, logs_in=True, added=True)])
    api.remove_switch = lambda name: api.calls.append(("remove", name))
    rig.key("ok", "up", "ok")
    assert isinstance(rig.top, Question)
    assert "forgets its password" in rig.words()
    rig.click("do")
    assert api.calls == [("remove", "PSE")]
    rig, _page, _api = at_page([replace(SUPPLY, logs_in=True)])
    rig.key("ok")
    assert [one.label for one in rig.top.items][-1] == "Log in at the switch"


def test_the_page_is_reached_from_the_cameras():
    rig, rooms, api = house()
    api.poe = lambda: [SUPPLY]
    rig.open(Cameras(rooms))
    rig.go_to("poe")
    rig.key("ok")
    assert isinstance(rig.top, PoePorts)


def test_an_error_is_told_and_can_be_tried_again():
    rig, rooms, api = house()

    def silent():
        raise Unavailable(process="control")

    api.poe = silent
    rig.open(PoePorts(rooms))
    assert "not running" in rig.words()
    api.poe = lambda: [SUPPLY]
    rig.go_to("again")
    rig.key("ok")
    assert "4.2 W of 120 W" in rig.words()
