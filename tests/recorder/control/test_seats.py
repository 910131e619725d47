"""What is told of a camera at a port: how far it came, and what it says to those who want its picture."""

import asyncio
import errno
from dataclasses import replace
from types import SimpleNamespace

import pytest

from hal.client.kinds import CameraNetState
from recorder.client.answers import SeatStatus
from recorder.client.status import StreamState, StreamStatus
from recorder.client.stream import StreamName
from recorder.control.seats import Seats, answered

SEAT = SeatStatus(channel=4, seat=3, port=3, watts=4.2, address="10.1.1.3", words="Port 3: 4.2 W · 10.1.1.3")


def stream(state, channel=4):
    return StreamStatus(channel, StreamName.MAIN, state)


@pytest.mark.covers("D-CAM-10")
def test_a_camera_that_wants_a_password_says_so_behind_its_watts_and_its_address():
    (told,) = answered((SEAT,), (stream(StreamState.WRONG_PASSWORD),))
    assert told.words == "Port 3: 4.2 W · 10.1.1.3 · asks for a password"


@pytest.mark.parametrize("state", [StreamState.PLAYING, StreamState.CONNECTING, StreamState.OFF])
def test_of_a_camera_that_is_well_there_is_nothing_to_add(state):
    assert answered((SEAT,), (stream(state),)) == (SEAT,)


def test_another_channel_s_camera_has_no_say():
    assert answered((SEAT,), (stream(StreamState.WRONG_PASSWORD, channel=5),)) == (SEAT,)


def test_what_is_not_there_answers_nothing():
    gone = replace(SEAT, address="", words="Port 3: no camera is plugged in")
    assert answered((gone,), (stream(StreamState.UNREACHABLE),)) == (gone,)


def test_a_full_disk_keeps_no_camera_from_its_address(instance, monkeypatch):
    net = CameraNetState("net", online=True, first_address="10.1.1.1")
    hal = SimpleNamespace(listen=lambda _heard: None, states=lambda kind: [net] if kind is CameraNetState else [])
    changed = []
    seats = Seats(instance, None, hal, lambda: changed.append(seats.address(3)))

    def full(_first):
        raise OSError(errno.ENOSPC, "No space left on device")

    monkeypatch.setattr(seats, "_remember", full)
    for _look in range(2):
        asyncio.run(seats._look())
    assert changed == ["10.1.1.3"]
