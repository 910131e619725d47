"""The recovery stick of a whole recorder: made with the first password, and the way back when that is forgotten."""

import json

import pytest

from hal.client import HalClient
from tests.end_to_end.conftest import wait_for
from tests.gui.remote import RemoteScreen, named

PATIENCE_S = 60.0
FIRST, NEW = "quiet night 7", "loud morning 8"


def at_the_port(recorder, gesture, **arguments):
    with HalClient(recorder.instance.socket("hal")) as hal:
        hal.simulate("usb_port", "USB1", gesture, **arguments)


def sticks(recorder):
    return [one["label"] for one in recorder.answer("status")["sticks"]]


def twice(screen, password):
    screen.type(password)
    screen.keys("ok")
    screen.type(password)
    screen.keys("ok")


def set_anew(screen, password):
    """Set the new password, and be back at the login."""
    twice(screen, password)

    def over(tree):
        problem = named(tree["pages"][-1], "problem")
        return tree["pages"][-1]["name"] == "login" or (problem and problem[0].get("text"))

    if screen.until(over)["pages"][-1]["name"] != "login":
        # Beside others the recorder answered later than the screen waits; what it was asked for it did.
        assert "not running" in screen.node("problem").get("text", "")
        screen.keys("back")
    screen.page("login")


def main_menu(screen):
    screen.page("wall")
    screen.keys("menu")
    screen.page("wall-menu")
    # The menu goes round: its last line is one key up.
    screen.keys("up", "ok")


def to_the_way_back(screen):
    main_menu(screen)
    screen.page("login")
    screen.press("forgotten")
    screen.page("ways-back")
    screen.press("by-stick")
    screen.page("recover")


@pytest.mark.covers("D-MNT-14", "D-BOOT-03")
def test_a_stick_made_with_the_first_password_sets_another_one_once(run_recorder):
    with run_recorder(password="") as recorder:
        screen = RemoteScreen(recorder.data, PATIENCE_S)
        screen.page("first-run")
        at_the_port(recorder, "insert")
        (stick,) = wait_for(lambda: sticks(recorder), PATIENCE_S)
        twice(screen, FIRST)
        screen.page("codes-sheet")
        screen.keys("ok")
        screen.page("make-recovery-stick")
        screen.keys("ok")
        # It goes away when it is made; a refusal would keep it there. The notice may be gone before it is looked for.
        screen.page("wall")
        at_the_port(recorder, "pull")
        wait_for(lambda: sticks(recorder) == [], PATIENCE_S)

        main_menu(screen)
        screen.page("main-menu")
        screen.press("log-out")
        to_the_way_back(screen)
        screen.until(lambda _tree: screen.node("stick-state").get("text", "").startswith("Push the recovery stick"))
        at_the_port(recorder, "insert", label=stick)
        screen.until(lambda _tree: screen.node("stick-state").get("text", "") == "The recovery stick is in.")
        set_anew(screen, NEW)
        screen.type(NEW)
        screen.keys("ok")
        screen.page("resets")
        assert "with the recovery stick, at this screen" in json.dumps(screen.tree()["pages"][-1])
        screen.keys("ok")
        screen.page("main-menu")
        screen.press("log-out")

        to_the_way_back(screen)
        screen.until(lambda _tree: "was used" in screen.node("stick-state").get("text", ""))
        twice(screen, FIRST)
        screen.until(lambda _tree: "counts once" in screen.node("problem").get("text", ""))
