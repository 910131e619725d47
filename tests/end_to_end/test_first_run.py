"""What an owner meets on a fresh machine, by the command line."""

import json
import os
import shutil
import signal
import subprocess

import pygame
import pytest

from recorder.client.api import ApiClient
from tests.end_to_end.conftest import NIGHTJAR, recorder, wait_for


@pytest.fixture(scope="module")
def first(tmp_path_factory):
    """The first run with simulated cameras, for all tests that find it running."""
    data = tmp_path_factory.mktemp("first") / "data"
    with recorder(data, "--cameras", "2") as one:
        yield one
    shutil.rmtree(data, ignore_errors=True)


@pytest.mark.covers("D-BOOT-01", "D-LIVE-01")
def test_simulated_cameras_come_up_on_the_wall_and_record(first, tmp_path):
    wait_for(lambda: [channel["number"] for channel in first.answer("channel", "list")] == [1, 2], 60)
    for channel in (1, 2):
        for stream in ("main", "sub"):
            wait_for(lambda c=channel, s=stream: first.stream(c, s)["state"] == "playing", 60)
    wait_for(lambda: first.spans(1) and first.spans(2), 60)
    picture = tmp_path / "wall.png"
    first.command("screenshot", str(picture))
    wall = pygame.image.load(str(picture))
    assert wall.get_width() >= 1280
    snapshot = tmp_path / "one.jpg"
    first.command("snapshot", "--channel", "1", str(snapshot))
    assert pygame.image.load(str(snapshot)).get_size() == (1920, 1080)


@pytest.mark.peer("ffmpeg")
def test_streams_are_served_to_others_when_their_owner_wishes_and_again_after_a_crash(first):
    def processes():
        return first.status()["processes"]

    assert "rtsp" not in processes(), "nothing listens that nobody asked for"
    api = ApiClient(first.instance.socket("control"), timeout_s=60)
    api.set_page("stream-user", {"password": "eight-or-more"}, item="nvr")
    api.set_page("restreaming", {"enabled": True})
    place = first.instance.run / "rtsp.json"
    wait_for(lambda: first.stream(1, "sub")["state"] == "playing", 60)
    for _life in range(2):
        wait_for(place.exists, 60)
        port = json.loads(place.read_text())["port"]
        url = f"rtsp://nvr:eight-or-more@127.0.0.1:{port}/channel/1/sub"
        shown = subprocess.run(
            ["ffprobe", "-v", "error", "-rtsp_transport", "tcp", "-show_entries", "stream=width", "-of", "csv", url],
            capture_output=True,
            text=True,
            timeout=60,
            check=False,
        )
        assert shown.stdout.startswith("stream,"), shown.stderr
        place.unlink()
        os.kill(processes()["rtsp"]["pid"], signal.SIGKILL)
    api.set_page("restreaming", {"enabled": False})
    wait_for(lambda: "rtsp" not in processes(), 60)


def test_a_second_recorder_in_the_same_place_is_refused(first):
    again = subprocess.run(
        [str(NIGHTJAR), "run", "--headless", "--data", str(first.data)],
        capture_output=True,
        text=True,
        check=False,
        timeout=60,
    )
    assert again.returncode == 1
    assert "already runs" in again.stderr


def test_a_wrong_address_and_a_wrong_password_are_told_at_the_channel(first):
    refused = first.command("channel", "add", "--name", "X", "--url", "http://127.0.0.1/x", check=False)
    assert "rtsp" in refused
    added = first.command("channel", "add", "--name", "Nobody", "--url", "rtsp://127.0.0.1:9/x")
    number = int(added.split()[1].rstrip(":"))
    stream = wait_for(lambda: (one := first.stream(number))["state"] == "unreachable" and one, 60)
    assert stream["reason"]
