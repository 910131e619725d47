"""What a `kill -9` costs while a recorder runs: footage of media, and the time until each process works again.

Four simulated cameras (1080p main, recorded) run beside a headless recorder under its supervisor. media works again
when packets of every stream arrive; what was lost is what the cameras had sent before the kill and no file holds, by
the stamps in the pictures. The others work again when their socket answers, the screen when its pictures are back.
"""

import contextlib
import json
import os
import signal
import socket
import subprocess
import sys
import tempfile
import time
from collections.abc import Callable, Iterator
from pathlib import Path
from typing import Any

import av

from recorder.client import wire
from recorder.client.answers import Span
from recorder.client.api import ApiClient
from recorder.client.errors import NightjarError
from recorder.client.instance import Instance
from recorder.simulate.stamp import read_stamp
from recorder.store import initialise_disk
from tests.bench.figure import Figure
from tests.bench.stage.cameras import simulated
from tests.bench.stage.process import end
from tests.gui.remote import RemoteScreen, tiles

CAMERAS = 4
OPTIONS = ("--main-kbps", "2000", "--loop", "10")
NIGHTJAR = Path(sys.executable).with_name("nightjar")
WITHIN_S = 60.0
RECORD_S = 8.0
LOST_BUDGET_S, MEDIA_BUDGET_S, OTHER_BUDGET_S = 1.5, 3.0, 3.0
HOUR_US = 3_600_000_000


class Recorder:
    """A running recorder, seen from outside."""

    def __init__(self, data: Path) -> None:
        self.instance = Instance(data)
        self.owner = ApiClient(self.instance.socket("control"))
        self.screen = RemoteScreen(data, WITHIN_S)

    def pid(self, name: str) -> int:
        return json.loads((self.instance.run / "processes.json").read_text())[name]["pid"]

    def streams(self) -> list[dict[str, Any]]:
        """What media tells of its main streams."""
        with wire.BlockingConnection(str(self.instance.socket("media"))) as media:
            told = media.request({"op": "watch"})["streams"]
        return [one for one in told if one["stream"] == "main"]

    def arriving(self) -> bool:
        """Whether packets of every camera arrive."""
        return len(found := self.streams()) == CAMERAS and all(one["packets"] > 0 for one in found)

    def wall(self) -> bool:
        """Whether all tiles show a picture."""
        return list(tiles(self.screen.tree()).values()) == ["picture"] * CAMERAS

    def answers(self, name: str) -> bool:
        """Whether a socket is listened on."""
        wire.BlockingConnection(str(self.instance.socket(name))).close()
        return True

    def serves(self) -> bool:
        """Whether web takes connections where it says."""
        told = json.loads((self.instance.run / "web.json").read_text())
        socket.create_connection(("127.0.0.1", told["port"]), 1).close()
        return True

    def spans(self, channel: int) -> list[Span]:
        now = time.time_ns() // 1000
        return self.owner.spans(channel, now - HOUR_US, now + HOUR_US)


def soon(true: Callable[[], bool]) -> float:
    """Look until something is so; gives the seconds that it took."""
    began = time.monotonic()
    while time.monotonic() - began < WITHIN_S:
        with contextlib.suppress(OSError, NightjarError, KeyError, ValueError):
            if true():
                return time.monotonic() - began
        time.sleep(0.02)
    raise TimeoutError


@contextlib.contextmanager
def recorder(data: Path, port: int) -> Iterator[Recorder]:
    data.mkdir(mode=0o700)
    found = Recorder(data)
    initialise_disk(found.instance.disks / "disk1", size_bytes=512 << 20, block_bytes=16 << 20, name="disk1")
    command = [NIGHTJAR, "run", "--headless", "--data", data]
    process = subprocess.Popen(command, stdout=subprocess.DEVNULL, stderr=subprocess.DEVNULL)
    try:
        found.owner.wait_until_ready(WITHIN_S)
        for camera in range(1, CAMERAS + 1):
            place = f"rtsp://127.0.0.1:{port}/cam{camera}"
            found.owner.add_channel(name=f"Camera {camera}", url=f"{place}/main", sub_url=f"{place}/sub")
        soon(found.wall)
        soon(lambda: all(found.spans(channel) for channel in range(1, CAMERAS + 1)))
        yield found
    finally:
        end([process])


def killed(found: Recorder, name: str, works: Callable[[], bool]) -> float:
    """Kill a process; gives the seconds until another one works."""
    pid = found.pid(name)
    os.kill(pid, signal.SIGKILL)
    return soon(lambda: found.pid(name) != pid and works())


def last_us(found: Recorder, channel: int, folder: Path) -> int:
    """When the camera took the last picture of the first span."""
    span = found.spans(channel)[0]
    job = found.owner.export([channel], span.start_us, span.end_us, directory=folder)
    soon(lambda: found.owner.export_job(job.id).state.over)
    with av.open(str(folder / found.owner.export_job(job.id).files[0])) as container:
        times = [read_stamp(bytes(packet)) for packet in container.demux(video=0) if packet.size]
    return max(stamp.time_us for stamp in times if stamp is not None)


def media(found: Recorder, folder: Path) -> list[Figure]:
    time.sleep(RECORD_S)
    killed_us = time.time_ns() // 1000
    back_s = killed(found, "media", found.arriving)
    soon(lambda: all(len(found.spans(channel)) > 1 for channel in range(1, CAMERAS + 1)))
    lost_s = max(killed_us - last_us(found, channel, folder) for channel in range(1, CAMERAS + 1)) / 1e6
    return [
        Figure("kill -9 of media: packets of all cameras arrive again", back_s, "s", MEDIA_BUDGET_S),
        Figure("kill -9 of media: footage lost, the worst of the cameras", lost_s, "s", LOST_BUDGET_S),
    ]


def others(found: Recorder) -> list[Figure]:
    works: dict[str, Callable[[], bool]] = {
        name: (lambda name=name: found.answers(name)) for name in ("control", "decode", "reader", "hal")
    }
    figures: list[Figure] = []
    for name, true in {**works, "web": found.serves, "gui": found.wall}.items():
        soon(found.wall)
        what = "its pictures are back" if name == "gui" else "it answers again"
        figures.append(Figure(f"kill -9 of {name}: {what}", killed(found, name, true), "s", OTHER_BUDGET_S))
    return figures


def run() -> list[Figure]:
    """Measure; takes a minute, the first time two more to render the scenes."""
    os.environ["NIGHTJAR_ADMIN_PASSWORD"] = "correct horse battery"
    os.environ["NIGHTJAR_WEB_PORT"] = "0"
    with (
        tempfile.TemporaryDirectory(prefix="nightjar-bench-") as name,
        simulated(CAMERAS, *OPTIONS) as port,
        recorder(Path(name) / "data", port) as found,
    ):
        folder = Path(name) / "files"
        folder.mkdir()
        return media(found, folder) + others(found)
