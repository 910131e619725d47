"""The local screen of a whole recorder: it keeps its view whatever dies, and the main job is done by keys alone."""

import contextlib
import json
import os
import signal
import socket

import av
import pytest

from tests.end_to_end.conftest import PASSWORD, wait_for
from tests.gui.remote import RemoteScreen, tiles

PATIENCE_S = 60.0
PROCESSES = ("gui", "decode", "reader", "control", "media")


def kill(recorder, name):
    """Kill a process; returns when its supervisor has another one."""
    place = recorder.instance.run / "processes.json"
    killed = json.loads(place.read_text())[name]["pid"]
    os.kill(killed, signal.SIGKILL)

    def back():
        with contextlib.suppress(OSError, ValueError):
            return json.loads(place.read_text()).get(name, {}).get("pid", killed) != killed
        return False

    wait_for(back, 60, 0.02)


def live_single(screen, channel):
    """The screen shows this channel alone, and its picture moves."""
    name = f"channel-{channel}"
    found = screen.until(lambda tree: len(tree["pages"]) == 1 and tiles(tree) == {name: "picture"})
    x, y, width, height = found["pages"][0]["children"][0]["rect"]
    # Without the strip below: its clock moves on over a dead picture too.
    part = x, y, width, height * 3 // 4
    seen = screen.picture(part)
    wait_for(lambda: screen.picture(part) != seen, PATIENCE_S, 0.05)


def log_in(screen):
    screen.page("login")
    screen.type(PASSWORD)
    screen.keys("ok")


def main_menu(screen):
    screen.keys("menu")
    screen.page("wall-menu")
    # The menu goes round: its last line is one key up.
    screen.keys("up", "ok")


def chosen(screen):
    """The channel numbers that playback shows, and the moment as it is read there."""
    videos = [one["name"] for one in screen.node("video")["children"] if one["kind"] == "VideoTile"]
    return videos, *(screen.node(name).get("text", "") for name in ("date", "time"))


def kept(recorder):
    """What the screen has written down."""
    return json.loads((recorder.instance.state / "screen.json").read_text())


def see_every_process_die(recorder, screen):
    screen.keys("right", "ok")
    live_single(screen, 2)
    # Written at most once a second.
    wait_for(lambda: kept(recorder)["wall"]["single"] == 2, 60)
    for process in PROCESSES:
        kill(recorder, process)
        live_single(screen, 2)
    screen.keys("back")
    both = screen.until(lambda tree: list(tiles(tree).values())[:2] == ["picture", "picture"])
    assert [name for name in tiles(both) if name.startswith("channel-")] == ["channel-1", "channel-2"]
    assert both["focus"].endswith("channel-2")


def answers(path):
    with socket.socket(socket.AF_UNIX) as caller:
        return caller.connect_ex(str(path)) == 0


def rename_the_recorder(recorder, screen):
    # The wall lived without control; a login does not.
    wait_for(lambda: answers(recorder.instance.socket("control")), PATIENCE_S)
    main_menu(screen)
    log_in(screen)
    screen.page("main-menu")
    screen.press("area-system")
    screen.go("recorder_name")
    screen.keys("end", *["backspace"] * 20)
    screen.type("North gate")
    screen.press("save")
    screen.until(lambda tree: "Saved." in tree["notices"])
    assert json.loads(recorder.command("settings", "get", "general"))["recorder_name"] == "North gate"
    screen.keys("back")
    screen.page("main-menu")


def cut_out_a_piece(recorder, screen):
    screen.press("playback")
    screen.page("playback")
    screen.cut()
    screen.press("begin")
    result = screen.node("result")["text"]
    assert result.startswith("Saved in")
    screen.press("close")
    (file,) = recorder.instance.exports.glob("*.mp4")
    with av.open(str(file)) as container:
        pictures = [frame.time for frame in container.decode(video=0)]
    assert len(pictures) > 25
    assert pictures == sorted(pictures)


def come_back_to_playback(recorder, screen):
    screen.page("playback")
    before = chosen(screen)
    wait_for(lambda: kept(recorder)["playback"], 60)
    kill(recorder, "gui")
    log_in(screen)
    screen.page("playback")
    wait_for(lambda: chosen(screen) == before, PATIENCE_S)
    screen.keys("back")


@pytest.mark.covers("D-LIVE-01", "D-PLAY-01", "D-BKP-01", "D-SYS-01", "D-MENU-01", "D-MENU-02", "V-LIVE-17", "D-BKP-02")
def test_the_screen_keeps_its_view_whatever_dies_and_its_keys_do_the_whole_job(run_recorder, camera):
    with run_recorder() as recorder:
        for name in ("Gate", "Yard"):
            recorder.command("channel", "add", "--name", name, "--url", camera)
        screen = RemoteScreen(recorder.data, PATIENCE_S)
        screen.until(lambda tree: list(tiles(tree).values())[:2] == ["picture", "picture"])
        see_every_process_die(recorder, screen)
        rename_the_recorder(recorder, screen)
        cut_out_a_piece(recorder, screen)
        come_back_to_playback(recorder, screen)


@pytest.mark.covers("D-BOOT-03", "D-LIVE-01")
def test_a_first_owner_sets_a_password_on_the_screen_and_tries_it_with_simulated_cameras(run_recorder):
    with run_recorder(password="") as recorder:
        # No default works: there is a code for the network, and the screen asks.
        assert "no administrator yet" in recorder.told
        assert "with the code" in recorder.told
        screen = RemoteScreen(recorder.data, PATIENCE_S)
        screen.page("first-run")
        screen.type("quiet night 7")
        screen.keys("ok")
        screen.type("quiet night 7")
        screen.keys("ok")
        screen.page("codes-sheet")
        screen.keys("ok")
        wall = screen.page("wall")
        assert wall["focus"].endswith("add-camera")
        assert "There is no camera yet." in json.dumps(wall)
        screen.press("try-simulated")
        screen.until(lambda tree: list(tiles(tree).values()).count("picture") == 4)
