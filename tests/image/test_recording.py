"""Cameras are recorded to a disk that was plugged in and shown on the wall, whichever process crashes meanwhile."""

import json

import pygame
import pytest
from pygame import Rect

from tests.guest.guest import HOST
from tests.image.known import middle, scene, unlike
from tests.image.machine import BUILT, PATIENCE_S
from tests.image.screen import nodes
from tests.image.test_boot import properties

ALIKE = 36.0
"""Of 255: the lights of a scene by night change it by 30, all else by 8; two scenes are 48 and more apart."""
CRASHED = ("media", "decode", "web")


@pytest.mark.covers("D-BOOT-01", "D-LIVE-01")
def test_the_wall_shows_each_camera_in_its_place(recorder, owner, footage, cameras, tmp_path):
    """As ffmpeg sees them, apart from what moves."""
    del footage
    known = {
        number: middle(scene(f"rtsp://127.0.0.1:{cameras}/cam{number}/sub", tmp_path / f"{number}.png"))
        for number in range(1, 5)
    }
    tree = owner.screen.until(lambda now: set(tiles(now)) == set(known), "four tiles")

    def in_place(picture):
        for number, place in tiles(tree).items():
            apart = {other: unlike(middle(picture, place), one) for other, one in known.items()}
            if min(apart, key=apart.__getitem__) != number or apart[number] > ALIKE:
                return False
        return True

    try:
        seen = owner.monitor.shows(in_place, "each camera in its place")
    except AssertionError:
        pygame.image.save(owner.monitor.picture(), str(BUILT / "wall.png"))
        raise
    pygame.image.save(seen, str(BUILT / "wall.png"))
    assert recorder.run("nightjar", "status", timeout_s=PATIENCE_S).count(" playing ") >= len(known)


def tiles(tree):
    """The places of the tiles by channel."""
    found = {}
    for node in nodes({"pages": tree["pages"][:1]}):
        name = node.get("name", "")
        if name.startswith("channel-"):
            found[int(name.removeprefix("channel-"))] = Rect(node["rect"])
    return found


def test_what_crashes_is_started_again_and_takes_no_other_along(recorder, footage):
    del footage
    before = properties(recorder, "MainPID", "NRestarts")
    killed = [f"nightjar-{one}.service" for one in CRASHED]
    recorder.run("systemctl", "kill", "--signal=KILL", "--kill-whom=main", *killed)
    for name in killed:
        recorder.shell.poll(
            f"systemctl show -p NRestarts,ActiveState --value {name}",
            until=lambda told: set(told.split()) == {"1", "active"},
            timeout_s=PATIENCE_S,
        )
    after = properties(recorder, "MainPID", "NRestarts")
    assert {name for name in before if after[name]["MainPID"] != before[name]["MainPID"]} == set(killed)
    assert {name for name in after if after[name]["NRestarts"] != "0"} == set(killed)
    recorder.until("status", wanted=lambda told: "4 of 4 channels record" in told)


@pytest.mark.covers("D-MNT-08")
@pytest.mark.parametrize("to_a_camera", [False, True])
def test_what_is_beside_it_on_the_network_answers_its_network_test(recorder, footage, cameras, to_a_camera):
    """By echo requests, which hal may send without a right of its own, and by connections to a camera."""
    del footage
    port = cameras if to_a_camera else 0
    words = ("test-network", HOST, "--count", "4", "--port", str(port), "--json")
    told = json.loads(recorder.nightjar("hardware", *words, check=False))
    assert (told["to"], told["port"], told["sent"], told["answered"]) == (HOST, port, 4, 4), told
    assert all(0 < one < 5_000 for one in told["delays_ms"])
