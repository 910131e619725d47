"""What an owner meets on a fresh machine, by the command line."""

import os
import subprocess

import pygame
import pytest

from tests.end_to_end.conftest import NIGHTJAR, wait_for


@pytest.mark.covers("D-BOOT-01", "D-LIVE-01")
def test_simulated_cameras_come_up_on_the_wall_and_record(run_recorder, tmp_path):
    with run_recorder("--cameras", "2") as recorder:
        wait_for(lambda: [channel["number"] for channel in recorder.answer("channel", "list")] == [1, 2], 30)
        for channel in (1, 2):
            for stream in ("main", "sub"):
                wait_for(lambda c=channel, s=stream: recorder.stream(c, s)["state"] == "playing", 60)
        wait_for(lambda: recorder.spans(1) and recorder.spans(2), 20)
        picture = tmp_path / "wall.png"
        recorder.command("screenshot", str(picture))
        wall = pygame.image.load(str(picture))
        assert wall.get_width() >= 1280
        snapshot = tmp_path / "one.jpg"
        recorder.command("snapshot", "--channel", "1", str(snapshot))
        assert pygame.image.load(str(snapshot)).get_size() == (1920, 1080)


def test_a_second_recorder_in_the_same_place_is_refused(run_recorder):
    with run_recorder() as recorder:
        again = subprocess.run(
            [str(NIGHTJAR), "run", "--headless", "--data", str(recorder.data)],
            capture_output=True,
            text=True,
            check=False,
            timeout=30,
        )
    assert again.returncode == 1
    assert "already runs" in again.stderr


@pytest.mark.covers("D-BOOT-03")
def test_without_a_password_the_first_run_prints_a_one_time_code_and_no_default_works(tmp_path):
    environment = {name: value for name, value in os.environ.items() if name != "NIGHTJAR_ADMIN_PASSWORD"}
    command = [str(NIGHTJAR), "run", "--headless", "--disk-gb", "1", "--data", str(tmp_path / "data")]
    with subprocess.Popen(
        command,
        stdout=subprocess.PIPE,
        stderr=subprocess.DEVNULL,
        text=True,
        env={**environment, "NIGHTJAR_WEB_PORT": "0"},
    ) as process:
        try:
            told = ""
            for line in process.stdout:
                told += line
                if "Nightjar runs" in line:
                    break
        finally:
            process.terminate()
            process.wait(15)
    assert "no administrator yet" in told
    assert "with the code" in told


def test_a_wrong_address_and_a_wrong_password_are_told_at_the_channel(run_recorder):
    with run_recorder() as recorder:
        refused = recorder.command("channel", "add", "--name", "X", "--url", "http://127.0.0.1/x", check=False)
        assert "rtsp" in refused
        recorder.command("channel", "add", "--name", "Nobody", "--url", "rtsp://127.0.0.1:9/x")
        stream = wait_for(lambda: (one := recorder.stream(1))["state"] == "unreachable" and one, 10)
        assert stream["reason"]
