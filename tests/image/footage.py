"""Cameras that are recorded to a disk that was plugged into a running recorder, and what is on the disk."""

import json

from tests.guest.disk import Disk
from tests.guest.guest import HOST
from tests.image.machine import PATIENCE_S, Recorder

NAME = "footage"
DISK_BYTES = 2 << 30


def film(recorder: Recorder, port: int, count: int) -> Disk:
    """Plug the disk in, make it ready, add the cameras at a port of the host; returns when all are recorded."""
    disk = recorder.disk(NAME, DISK_BYTES)
    disk.plug()
    for number in range(1, count + 1):
        url = f"rtsp://{HOST}:{port}/cam{number}"
        streams = ("--url", f"{url}/main", "--sub-url", f"{url}/sub")
        recorder.nightjar("channel", "add", "--name", f"Camera {number}", *streams)
    recorder.until("bay", "list", wanted=lambda told: f"NJ-{NAME}" in told)
    recorder.nightjar("bay", "prepare", "1", "--serial", f"NJ-{NAME}", "--name", "disk1", timeout_s=PATIENCE_S)
    for channel in range(1, count + 1):
        recorder.until("spans", "--channel", str(channel), "--json", wanted=json.loads)
    return disk


def spans(recorder: Recorder, channel: int) -> list[dict[str, object]]:
    """What is recorded of a channel, oldest first."""
    return json.loads(recorder.nightjar("spans", "--channel", str(channel), "--json"))
