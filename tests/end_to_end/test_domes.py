"""A dome before a whole recorder: it turns while a key is held, and stops whatever becomes of the screen."""

import json
import os
import signal

import pytest

from hal.client import HalClient
from tests.end_to_end.conftest import PASSWORD, wait_for
from tests.end_to_end.test_remote import PATIENCE_S, Thumb
from tests.gui.remote import RemoteScreen, tiles


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
def test_a_dome_turns_while_a_key_is_held_and_stops_when_it_is_let_go_or_the_screen_dies(run_recorder):
    with run_recorder("--cameras", "1") as one, HalClient(one.instance.socket("hal")) as hal:
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
