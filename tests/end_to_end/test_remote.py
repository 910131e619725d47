"""An infrared remote before a whole recorder: what must work without a mouse, and a dome that turns by it."""

import json
import os
import signal

import pytest

from hal.client import HalClient
from tests.end_to_end.conftest import PASSWORD, wait_for
from tests.gui.remote import RemoteScreen, tiles

PATIENCE_S = 60


@pytest.fixture(scope="module")
def one(shared):
    return shared


class Thumb:
    """A thumb on the remote of the simulated board."""

    def __init__(self, hal):
        self.hal = hal

    def press(self, key):
        self.hal.simulate("remote", "REMOTE", "press", key=key)

    def release(self, key):
        self.hal.simulate("remote", "REMOTE", "release", key=key)

    def push(self, *keys):
        for key in keys:
            self.press(key)
            self.release(key)


def dome(hal):
    line = next(one for one in hal.devices() if one.kind == "ptz_bus")
    return next((one for one in line.domes if one.address == 1), None)


def steer(thumb, screen):
    """Press Fn until the screen knows of the dome, and nobody is logged in yet."""

    def tried():
        thumb.push("fn")
        name = screen.until(lambda tree: len(tree["pages"]) > 1)["pages"][-1]["name"]
        if name != "login":
            thumb.push("back")
            screen.until(lambda tree: len(tree["pages"]) == 1)
        return name == "login"

    wait_for(tried, PATIENCE_S)


@pytest.mark.covers("D-PTZ-02.3", "D-IR-14")
def test_a_dome_turns_while_a_key_is_held_and_stops_when_it_is_let_go_or_the_screen_dies(one):
    with HalClient(one.instance.socket("hal")) as hal:
        thumb, screen = Thumb(hal), RemoteScreen(one.data, PATIENCE_S)
        screen.until(lambda tree: "channel-1" in tiles(tree))
        one.command("settings", "set", "ptz", "--channel", "1", "line=RS485", "address=1")
        steer(thumb, screen)
        screen.type(PASSWORD)
        thumb.push("ok")
        screen.page("ptz")
        screen.until(lambda tree: (tree["focus"] or "").endswith("pad"))

        thumb.press("right")
        wait_for(lambda: (now := dome(hal)) is not None and now.moving, PATIENCE_S)
        before = dome(hal).look.pan_degrees
        wait_for(lambda: dome(hal).look.pan_degrees != before, PATIENCE_S)
        thumb.release("right")
        wait_for(lambda: not dome(hal).moving, PATIENCE_S)

        thumb.press("left")
        wait_for(lambda: dome(hal).moving, PATIENCE_S)
        processes = json.loads((one.instance.run / "processes.json").read_text())
        os.kill(processes["gui"]["pid"], signal.SIGKILL)
        wait_for(lambda: not dome(hal).moving, PATIENCE_S)


@pytest.mark.covers("D-IR-10", "D-IR-02", "D-IR-01", "V-REC-14")
def test_manual_recording_an_address_and_the_end_by_the_remote_alone(one):
    with HalClient(one.instance.socket("hal")) as hal:
        thumb, screen = Thumb(hal), RemoteScreen(one.data, PATIENCE_S)
        screen.until(lambda tree: "channel-1" in tiles(tree))

        def mode():
            return json.loads(one.command("settings", "get", "record-mode", "--channel", "1"))["mode"]

        assert mode() == "auto"
        thumb.push("record")
        screen.page("login")
        screen.type(PASSWORD)
        thumb.push("ok")
        wait_for(lambda: mode() == "manual", PATIENCE_S)
        thumb.push("address", "9", "ok", "record", "menu", "address", "8", "ok", "record")
        wait_for(lambda: mode() == "auto", PATIENCE_S)
        assert len(screen.tree()["pages"]) == 1, "nobody heard the menu key"

        thumb.press("power")
        screen.page("question")
        thumb.release("power")
        thumb.push("right", "ok")
        place = one.instance.run / "processes.json"
        wait_for(lambda: "media" not in json.loads(place.read_text()), PATIENCE_S)
        state = next(state for state in hal.devices() if state.kind == "power")
        assert state.plugged
