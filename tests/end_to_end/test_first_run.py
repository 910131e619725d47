"""What an owner meets on a fresh machine, by the command line."""

import json
import os
import shutil
import signal
import subprocess

import numpy as np
import pygame
import pytest

from recorder.client.api import ApiClient
from tests.end_to_end.conftest import CLIPS, NIGHTJAR, recorder, wait_for
from tests.gui.remote import RemoteScreen, named, tiles


@pytest.fixture(scope="module")
def first(tmp_path_factory):
    """The first run with simulated cameras, for all tests that find it running."""
    data = tmp_path_factory.mktemp("first") / "data"
    with recorder(data, "--cameras", "2") as one:
        yield one
    shutil.rmtree(data, ignore_errors=True)


def coarse(picture, rect=None):
    """A picture, or a part of it, as 24 x 12 grey values; its lowest quarter left out, where a tile has its strip."""
    part = picture.subsurface(rect) if rect else picture
    small = pygame.transform.smoothscale(part, (240, 160)).subsurface((0, 0, 240, 120))
    small = pygame.transform.smoothscale(small, (24, 12))
    return pygame.surfarray.array3d(small).mean(axis=2)


@pytest.mark.covers("D-BOOT-01", "D-LIVE-01")
def test_simulated_cameras_come_up_on_the_wall_and_record(first, tmp_path):
    wait_for(lambda: [channel["number"] for channel in first.answer("channel", "list")] == [1, 2], 60)
    for channel in (1, 2):
        for stream in ("main", "sub"):
            wait_for(lambda c=channel, s=stream: first.stream(c, s)["state"] == "playing", 60)
    wait_for(lambda: first.spans(1) and first.spans(2), 60)
    seen = {}
    for channel in (1, 2):
        snapshot = tmp_path / f"{channel}.jpg"
        first.command("snapshot", "--channel", str(channel), str(snapshot))
        taken = pygame.image.load(str(snapshot))
        assert taken.get_size() == (1920, 1080)
        seen[channel] = coarse(taken)
    shown = {"channel-1": "picture", "channel-2": "picture"}
    tree = RemoteScreen(first.data, 60).until(lambda tree: shown.items() <= tiles(tree).items())
    picture = tmp_path / "wall.png"
    first.command("screenshot", str(picture))
    wall = pygame.image.load(str(picture))
    assert wall.get_width() >= 1280
    # What moves is small: a tile is nearer to its own camera than to the other one.
    for channel, other in ((1, 2), (2, 1)):
        (tile,) = named(tree["pages"][0], f"channel-{channel}")
        on_wall = coarse(wall, tile["rect"])
        assert np.abs(on_wall - seen[channel]).mean() < np.abs(on_wall - seen[other]).mean() / 2


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
    locked = [str(NIGHTJAR), "simulate", "--port", "0", "--cameras", "1", "--bench", "--cache", str(CLIPS)]
    given = {**os.environ, "NIGHTJAR_SIMULATE_PASSWORD": "the right one"}
    with subprocess.Popen(locked, stdout=subprocess.PIPE, text=True, env=given) as camera:
        try:
            _ready, port = camera.stdout.readline().split()
            url = f"rtsp://127.0.0.1:{port}/cam1/sub"
            login = ["--url", url, "--user", "admin", "--password", "another"]
            added = first.command("channel", "add", "--name", "Locked", *login)
            number = int(added.split()[1].rstrip(":"))
            wait_for(lambda: first.stream(number)["state"] == "wrong_password", 60)
        finally:
            camera.terminate()
