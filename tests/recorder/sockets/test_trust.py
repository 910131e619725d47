"""Each process runs as a user of its own on the target: who may see, who may steer."""

import os

import pytest

from recorder.accounts.caller import Door
from recorder.api.serving import ENTER
from recorder.sockets import trust

USERS = {
    400 + n: f"nightjar-{one}"
    for n, one in enumerate(("hal", "control", "media", "reader", "decode", "rtsp", "web", "gui", "detect"), 1)
}
NUMBERS = {name.removeprefix("nightjar-"): uid for uid, name in USERS.items()}


@pytest.fixture
def process(monkeypatch):
    """Let this process be one of the target's."""
    monkeypatch.setattr(trust, "user", lambda uid: USERS.get(uid, ""))

    def be(name):
        monkeypatch.setattr(os, "geteuid", lambda: NUMBERS[name])

    return be


def those(asked):
    return {name for name, uid in NUMBERS.items() if asked(uid)}


def test_who_decodes_hostile_streams_sees_them_and_changes_no_plan(process):
    process("media")
    assert those(trust.sees) == {"media", "control", "gui", "decode", "detect"}
    assert those(trust.steers) == {"media", "control"}
    assert those(trust.brings_motion) == {"media", "control", "detect"}


def test_what_faces_the_network_sees_nothing_without_a_grant(process):
    for name in ("media", "reader", "decode", "detect"):
        process(name)
        assert not those(trust.sees) & {"web", "rtsp", "hal"}
        assert those(trust.steers) <= {name, "control"}


def test_logins_by_rtsp_are_asked_for_by_the_rtsp_server_alone(process):
    process("control")
    assert those(trust.asks_logins) == {"control", "rtsp"}


def test_exports_are_asked_for_by_control_alone(process):
    process("reader")
    assert those(trust.steers) == {"reader", "control"}


def test_a_user_without_a_name_is_nobody(process):
    process("media")
    assert not trust.sees(4711)
    assert not trust.steers(4711)


def test_the_screen_and_the_web_come_by_their_own_doors_only():
    assert {Door.OWNER: set(), Door.SCREEN: {"nightjar-gui"}, Door.WEB: {"nightjar-web"}} == ENTER


def test_a_laptop_has_one_user_who_is_believed():
    assert trust.sees(os.geteuid())
    assert trust.steers(os.geteuid())
    assert not trust.sees(os.geteuid() + 4711)
