"""An infrared remote before a whole recorder: what must work without a mouse."""

import json

import pytest

from hal.client import HalClient
from tests.end_to_end.conftest import PASSWORD, wait_for
from tests.gui.remote import RemoteScreen, tiles

PATIENCE_S = 60


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


@pytest.mark.covers("D-IR-10", "D-IR-02", "D-IR-01", "V-REC-14")
def test_manual_recording_an_address_and_the_end_by_the_remote_alone(run_recorder):
    with run_recorder("--cameras", "1") as one, HalClient(one.instance.socket("hal")) as hal:
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
