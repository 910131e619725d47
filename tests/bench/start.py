"""From `nightjar run` to the first live picture, with cameras that are up and known from an earlier run.

Four simulated cameras run beside it (1080p main, 360p sub, digest login left out). The recorder is started as an owner
starts it, with a window under Xvfb, on a data directory where it has run before; the clock stops when the first tile of
the wall shows a picture. The median of the runs counts.
"""

import contextlib
import os
import statistics
import subprocess
import sys
import tempfile
import time
from collections.abc import Iterator
from pathlib import Path

from recorder.client.api import ApiClient
from recorder.client.instance import Instance
from recorder.store import initialise_disk
from tests.bench.figure import Figure
from tests.bench.stage.cameras import simulated
from tests.bench.stage.display import display
from tests.bench.stage.process import end
from tests.gui.remote import RemoteScreen, tiles

CAMERAS = 4
RUNS = 5
BUDGET_S = 5.0
OPTIONS = ("--main-kbps", "2000", "--loop", "10")
NIGHTJAR = Path(sys.executable).with_name("nightjar")
WITHIN_S = 60.0


@contextlib.contextmanager
def recorder(data: Path) -> Iterator[RemoteScreen]:
    """Run one, from before its first instruction."""
    process = subprocess.Popen([NIGHTJAR, "run", "--data", data], stdout=subprocess.DEVNULL, stderr=subprocess.DEVNULL)
    try:
        yield RemoteScreen(data, WITHIN_S)
    finally:
        end([process])


def prepare(data: Path, port: int) -> None:
    """The earlier run: cameras are added, and the wall shows them."""
    data.mkdir(mode=0o700)
    instance = Instance(data)
    initialise_disk(instance.disks / "disk1", size_bytes=512 << 20, block_bytes=16 << 20, name="disk1")
    with recorder(data) as screen:
        with ApiClient(instance.socket("control")) as owner:
            owner.wait_until_ready(WITHIN_S)
            for camera in range(1, CAMERAS + 1):
                place = f"rtsp://127.0.0.1:{port}/cam{camera}"
                owner.add_channel(name=f"Camera {camera}", url=f"{place}/main", sub_url=f"{place}/sub")
        screen.until(lambda tree: list(tiles(tree).values()) == ["picture"] * CAMERAS)


def once(data: Path) -> tuple[float, float]:
    """Seconds to the first tile with a picture, and to all of them."""
    (Instance(data).run / "gui.sock").unlink(missing_ok=True)
    began = time.monotonic()
    with recorder(data) as screen:
        screen.until(lambda tree: "picture" in tiles(tree).values())
        first = time.monotonic() - began
        screen.until(lambda tree: list(tiles(tree).values()) == ["picture"] * CAMERAS)
        return first, time.monotonic() - began


def run() -> list[Figure]:
    """Measure; takes a minute, the first time two more to render the scenes."""
    os.environ["NIGHTJAR_ADMIN_PASSWORD"] = "correct horse battery"
    os.environ["NIGHTJAR_WEB_PORT"] = "0"
    with (
        tempfile.TemporaryDirectory(prefix="nightjar-bench-") as place,
        display(1280, 720) as os.environ["DISPLAY"],
        simulated(CAMERAS, *OPTIONS) as port,
    ):
        data = Path(place) / "data"
        prepare(data, port)
        runs = [once(data) for _run in range(RUNS)]
    first, every = zip(*runs, strict=True)
    spread = f"of {RUNS} runs, {min(first):.1f} to {max(first):.1f} s"
    return [
        Figure(
            "start: `nightjar run` to the first live picture, median", statistics.median(first), "s", BUDGET_S, spread
        ),
        Figure(f"start: to all {CAMERAS} pictures, median", statistics.median(every), "s"),
    ]
