"""The screen as a process beside a real control: driven through gui.sock as a person would, killed and left alone."""

import base64
import signal
import subprocess
import sys
import time
from pathlib import Path

import pytest

from recorder.client import wire
from recorder.client.api import ApiClient
from recorder.client.instance import Instance
from tests.gui.remote import RemoteScreen, named

ROOT = Path(__file__).parents[2]


class Process:
    def __init__(self, module, data, *extra):
        self.process = subprocess.Popen(
            [sys.executable, "-m", module, "--data", str(data), *extra],
            cwd=ROOT,
            stdout=subprocess.PIPE,
            stderr=subprocess.DEVNULL,
            text=True,
        )

    def ready(self):
        for line in self.process.stdout:
            if line.strip() == "ready":
                return self
        raise AssertionError("ended before it was ready")

    def kill(self):
        self.process.kill()
        self.process.wait()
        self.process.stdout.close()

    def end(self):
        self.process.send_signal(signal.SIGTERM)
        begin = time.monotonic()
        status = self.process.wait(60)
        self.process.stdout.close()
        return status, time.monotonic() - begin


@pytest.fixture
def house(tmp_path):
    control = Process("recorder.control", tmp_path)
    gui = Process("gui", tmp_path, "--headless")
    try:
        control.ready()
        gui.ready()
        yield tmp_path, control, gui
    finally:
        control.kill()
        gui.kill()


@pytest.mark.covers("D-CAM-03", "D-CAM-03.4", "D-CAM-09", "D-REC-03", "D-SYS-01")
def test_an_owner_sets_up_adds_a_camera_and_draws_its_week_and_control_may_die_meanwhile(house):
    data, control, gui = house
    screen = RemoteScreen(data)
    screen.page("first-run")
    screen.type("quiet night 7")
    screen.keys("ok")
    screen.type("quiet night 7")
    screen.keys("ok")
    screen.page("codes-sheet")
    screen.keys("ok")
    screen.page("wall")

    screen.click("add-camera")
    screen.node("url")
    screen.type("rtsp://127.0.0.1:9/one")
    screen.keys("down")
    screen.type("viewer")
    screen.keys("down")
    screen.type("peephole 5")
    screen.keys("down")
    screen.type("Front door")
    screen.click("enter")
    screen.page("wall")
    owner = ApiClient(Instance(data).socket("control"))
    added = owner.channels()
    assert [(one.number, one.name, one.user, one.password_set) for one in added] == [(1, "Front door", "viewer", True)]

    screen.keys("menu")
    screen.page("wall-menu")
    screen.keys("up", "ok")
    screen.page("main-menu")
    screen.click("area-storage")
    screen.click("page-record-schedule")
    x, y, width, _height = screen.node("week-grid")["rect"]
    left = x + 76 + 4
    screen.give({"kind": "drag", "x": left, "y": y + 30, "to_x": left + (width - 76) * 5 // 24, "to_y": y + 30})
    screen.click("save")
    screen.until(lambda tree: "Saved." in tree["notices"])
    monday = owner.page("record-schedule", 1).values["week"]["days"][0]
    assert monday[0]["start_min"] == 360

    before = screen.tree()["pages"][-1]["name"]
    control.kill()
    screen.click("page-record-mode")
    screen.until(lambda tree: list(named(tree["pages"][-1], "again")))
    assert screen.tree()["pages"][-1]["name"] == before
    again = Process("recorder.control", data).ready()
    try:
        screen.click("again")
        # The login did not survive control; it is asked for, and then the page is there.
        screen.until(lambda tree: tree["pages"][-1]["name"] in {"login", "settings"})
        if screen.tree()["pages"][-1]["name"] == "login":
            screen.type("quiet night 7")
            screen.keys("ok")
        assert screen.node("mode")["value"] == "auto"
    finally:
        again.kill()

    shot = screen.ask({"op": "screenshot", "width": 640})
    assert (shot["width"], shot["height"]) == (640, 360)
    assert base64.b64decode(shot["png"]).startswith(b"\x89PNG")
    assert screen.ask({"op": "screenshot", "width": -1})["op"] == "error"
    assert screen.ask({"op": "nonsense"})["op"] == "error"
    status, took = gui.end()
    assert (status, took < 3) == (0, True)


def test_the_screen_lives_without_anybody_else(tmp_path):
    gui = Process("gui", tmp_path, "--headless", "--size", "1920x1080").ready()
    try:
        screen = RemoteScreen(tmp_path)
        assert screen.tree()["size"] == [1920, 1080]
        assert screen.tree()["pages"][0]["name"] == "wall"
        with wire.BlockingConnection(screen.path, 5) as torn:
            torn.socket.sendall(b"\xff" * 64)
        assert screen.tree()["pages"][0]["name"] == "wall"
        assert Path(screen.path).stat().st_mode & 0o077 == 0
    finally:
        assert gui.end()[0] == 0
