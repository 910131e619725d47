"""The wall as a whole: 16 tiles of 704x576 at 15 fps on a full HD window under Xvfb, pulled, decoded and drawn.

Control, media, decode and gui run as they do for an owner; what media, decode and gui take of a core is counted while
the wall stands. The cameras (one simulator with scenes) and the X server have processes of their own and do not count,
nor does control. Recording is off: it has figures of its own (`recording`). What the cameras send and what is drawn is
counted. On a shared machine a processor second is worth twice as much at one moment as at another: as many of the same
pictures are therefore decoded by libavcodec alone, and the rest is to be read beside that. Then the main menu, which
stands over the wall, is left alone: nothing may be drawn.
"""

import contextlib
import os
import tempfile
import time
from collections.abc import Iterator
from pathlib import Path

from recorder.client.api import ApiClient
from recorder.client.instance import Instance
from recorder.client.stream import Codec, StreamName, TrackKind, TrackParameters
from recorder.decode.decoder import VideoDecoder
from recorder.simulate.__main__ import parse
from recorder.simulate.clip import ClipReader
from recorder.store import initialise_disk
from tests.bench.figure import Figure
from tests.bench.stage.cameras import CLIPS, simulated
from tests.bench.stage.display import display
from tests.bench.stage.process import cpu_s, foreign_s, pss_bytes
from tests.bench.stage.running import running
from tests.gui.remote import RemoteScreen, tiles

TILES, FPS = 16, 15
SIZE = 1920, 1080
SETTLE_S, WINDOW_S, IDLE_S = 8.0, 30.0, 10.0
BUDGET = 40.0
COUNTED = ("recorder.media", "recorder.decode", "gui")
PASSWORD = "correct horse battery"
STREAM = f"--{{0}} 704x576 --{{0}}-fps {FPS} --{{0}}-kbps 512"
CAMERAS = f"{STREAM.format('main')} {STREAM.format('sub')} --loop 20".split()


class Wall:
    """The processes of a recorder with its screen in a window."""

    def __init__(self, data: Path, pids: dict[str, int]) -> None:
        self.screen = RemoteScreen(data, 60)
        self.pids = pids

    def cpu(self) -> dict[str, float]:
        return {name: cpu_s(self.pids[name]) for name in COUNTED}

    def counts(self) -> dict[str, int]:
        return self.screen.ask({"op": "counts"})


@contextlib.contextmanager
def wall(data: Path, url: str) -> Iterator[Wall]:
    """Start everything, and give it when all tiles show a picture."""
    data.mkdir(mode=0o700)
    instance = Instance(data)
    initialise_disk(instance.disks / "disk1", size_bytes=256 << 20, block_bytes=16 << 20, name="disk1")
    os.environ["NIGHTJAR_ADMIN_PASSWORD"] = PASSWORD
    pids: dict[str, int] = {}
    with contextlib.ExitStack() as house:
        os.environ["DISPLAY"] = house.enter_context(display(*SIZE))
        for name in ("recorder.media", "recorder.reader", "recorder.control", "recorder.decode"):
            pids[name] = house.enter_context(running(name, data))
        with ApiClient(instance.socket("control")) as owner:
            for camera in range(1, TILES + 1):
                owner.add_channel(name=f"Camera {camera}", url=url.format(camera=camera))
                owner.set_page("record-mode", {"mode": "off"}, channel=camera)
        pids["gui"] = house.enter_context(running("gui", data, "--size", f"{SIZE[0]}x{SIZE[1]}"))
        found = Wall(data, pids)
        found.screen.until(lambda tree: list(tiles(tree).values()) == ["picture"] * TILES)
        yield found


def standing(found: Wall) -> list[Figure]:
    """Measure while the wall stands."""
    time.sleep(SETTLE_S)
    others, cpu, counts, began = foreign_s(), found.cpu(), found.counts(), time.monotonic()
    time.sleep(WINDOW_S)
    took = time.monotonic() - began
    others = (foreign_s() - others) / took * 100
    cpu = {name: (after - cpu[name]) / took * 100 for name, after in found.cpu().items()}
    counts = {name: after - counts[name] for name, after in found.counts().items() if name != "op"}
    parts = ", ".join(f"{name.removeprefix('recorder.')} {percent:.1f}" for name, percent in cpu.items())
    sent = TILES * FPS * took
    memory = sum(pss_bytes(pid) for name, pid in found.pids.items() if name in COUNTED) / 1e6
    return [
        Figure(
            f"wall: {TILES} tiles 704x576@{FPS}, media + decode + gui", sum(cpu.values()), "% of a core", BUDGET, parts
        ),
        Figure("wall: pictures shown of those sent", 100 * counts["taken"] / sent, "%", 99.0, more_is_better=True),
        Figure("wall: pictures decoded and not shown", 100 * counts["missed"] / sent, "%", 1.0),
        Figure("wall: memory of the three (PSS)", memory, "MB"),
        Figure("wall: what strangers took of this machine meanwhile", others, "% of a core"),
    ]


def alone() -> Figure:
    """What decoding the cameras' pictures costs without anything around it, filters left out as on the wall."""
    cameras, *_rest = parse(CAMERAS)
    took = pictures = 0.0
    for camera in range(1, TILES // 2 + 1):
        clip = ClipReader(cameras.clip(camera, StreamName.MAIN).place(CLIPS))
        clip.refresh()
        assert clip.head is not None
        sets, width, height = clip.head.parameter_sets, clip.head.width, clip.head.height
        track = TrackParameters(0, TrackKind.VIDEO, Codec.H264, 90_000, sets, width, height)
        decoder = VideoDecoder(track, low_delay=True, hasty=True)
        began = time.thread_time()
        pictures += sum(len(decoder.decode(sample, 0)) for sample in clip.samples)
        took += time.thread_time() - began
    return Figure("wall: libavcodec alone, as many pictures", took / pictures * TILES * FPS * 100, "% of a core")


def idle(found: Wall) -> list[Figure]:
    """Count what is drawn while a menu stands that does not change."""
    screen = found.screen
    screen.keys("menu")
    screen.page("wall-menu")
    screen.keys("up", "ok")
    screen.page("login")
    screen.type(PASSWORD)
    screen.keys("ok")
    screen.page("main-menu")
    screen.node("area-system")
    time.sleep(3)
    before, cpu = found.counts()["presented"], cpu_s(found.pids["gui"])
    time.sleep(IDLE_S)
    drawn = found.counts()["presented"] - before
    percent = (cpu_s(found.pids["gui"]) - cpu) / IDLE_S * 100
    return [
        Figure(f"wall: redraws of a menu left alone for {IDLE_S:g} s", drawn, "", 0),
        Figure("wall: gui below that menu", percent, "% of a core"),
    ]


def run() -> list[Figure]:
    """Measure; takes about two minutes, the first time two more to render the scenes."""
    with (
        tempfile.TemporaryDirectory(prefix="nightjar-bench-") as place,
        simulated(TILES, *CAMERAS) as port,
        wall(Path(place) / "data", f"rtsp://127.0.0.1:{port}/cam{{camera}}/main") as found,
    ):
        figures, floor = standing(found), alone()
        ratio = Figure("wall: media + decode + gui to libavcodec alone", figures[0].value / floor.value, "times")
        return [*figures, floor, ratio, *idle(found)]
