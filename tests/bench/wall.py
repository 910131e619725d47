"""The wall as a whole: 16 tiles of 704x576 at 15 fps on a full HD window under Xvfb, pulled, decoded and drawn.

Control, media, decode and gui run as they do for an owner; what media, decode and gui take of a core is counted while
the wall stands. The cameras (one simulator with scenes) and the X server have processes of their own and do not count,
nor does control. Recording is off: it has figures of its own (`recording`). What the cameras send and what is drawn is
counted. Then the main menu, which stands over the wall, is left alone: nothing may be drawn.

On a shared machine a processor second is worth twice as much at one moment as at another: neighbours only ever add to
what something costs. So the wall is measured in a row of windows, each a whole loop of the scenes, of which the
cheapest is the plain figure, and all are told. The budget was set on a machine up to twice as fast, too. Three things
are told beside it: what the mean would be at the speed of that machine, which decoding a clip before and after tells
(`stage.yardstick`), with the same budget; what a wall by GStreamer costs on the same cameras at the same time; and
what libavcodec alone needs for as many pictures. The peer
decodes with the deblocking filter, which its element (1.22) cannot leave out and ours does in small tiles; so the
ratio is also told as if it could. It puts no names on its pictures, knows no states, and has no recorder below it.
"""

import contextlib
import os
import statistics
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
from tests.bench.stage import yardstick
from tests.bench.stage.cameras import CLIPS, simulated
from tests.bench.stage.display import display
from tests.bench.stage.gst_wall import gst_wall
from tests.bench.stage.process import cpu_s, foreign_s, pss_bytes
from tests.bench.stage.running import running
from tests.gui.remote import RemoteScreen, tiles

TILES, FPS = 16, 15
SIZE = 1920, 1080
SETTLE_S, IDLE_S = 8.0, 10.0
LOOP_S = 20
WINDOWS, WINDOW_S = 6, float(LOOP_S)
COLUMNS = 4
BUDGET = 40.0
PEER_BUDGET = 1.0
COUNTED = ("recorder.media", "recorder.decode", "gui")
PASSWORD = "correct horse battery"
STREAM = f"--{{0}} 704x576 --{{0}}-fps {FPS} --{{0}}-kbps 512"
CAMERAS = f"{STREAM.format('main')} {STREAM.format('sub')} --loop {LOOP_S}".split()


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


def window(found: Wall) -> dict[str, float]:
    """What each process takes of a core (%) during one window."""
    before, began = found.cpu(), time.monotonic()
    time.sleep(WINDOW_S)
    took = time.monotonic() - began
    return {name: (after - before[name]) / took * 100 for name, after in found.cpu().items()}


def standing(found: Wall) -> tuple[float, list[Figure]]:
    """Measure while the wall stands; gives the mean of the windows, too."""
    time.sleep(SETTLE_S)
    others, counts, began = foreign_s(), found.counts(), time.monotonic()
    windows = [window(found) for _window in range(WINDOWS)]
    took = time.monotonic() - began
    others = (foreign_s() - others) / took * 100
    counts = {name: after - counts[name] for name, after in found.counts().items() if name != "op"}
    totals = [sum(one.values()) for one in windows]
    least = windows[totals.index(min(totals))]
    parts = ", ".join(f"{name.removeprefix('recorder.')} {percent:.1f}" for name, percent in least.items())
    told = f"{parts}; of {', '.join(f'{one:.1f}' for one in totals)}"
    sent = TILES * FPS * took
    memory = sum(pss_bytes(pid) for name, pid in found.pids.items() if name in COUNTED) / 1e6
    return statistics.fmean(totals), [
        Figure(f"wall: {TILES} tiles 704x576@{FPS}, media + decode + gui", min(totals), "% of a core", BUDGET, told),
        Figure("wall: pictures shown of those sent", 100 * counts["taken"] / sent, "%", 99.0, more_is_better=True),
        Figure("wall: pictures decoded and not shown", 100 * counts["missed"] / sent, "%", 1.0),
        Figure("wall: memory of the three (PSS)", memory, "MB"),
        Figure("wall: what strangers took of this machine meanwhile", others, "% of a core"),
    ]


def alone(*, lean: bool) -> float:
    """What decoding the cameras' pictures takes of a core (%) with nothing around it, `lean` as the wall does it."""
    cameras, *_rest = parse(CAMERAS)
    took = pictures = 0.0
    for camera in range(1, TILES // 2 + 1):
        clip = ClipReader(cameras.clip(camera, StreamName.MAIN).place(CLIPS))
        clip.refresh()
        assert clip.head is not None
        sets, width, height = clip.head.parameter_sets, clip.head.width, clip.head.height
        track = TrackParameters(0, TrackKind.VIDEO, Codec.H264, 90_000, sets, width, height)
        decoder = VideoDecoder(track, low_delay=True, hasty=lean)
        began = time.thread_time()
        pictures += sum(len(decoder.decode(sample, 0)) for sample in clip.samples)
        took += time.thread_time() - began
    return took / pictures * TILES * FPS * 100


def beside(found: Wall, urls: list[str]) -> tuple[float, float, Figure]:
    """What ours and the peer's take of a core (%) at once, on the same cameras and X server, and what they show.

    Both are told as if all pictures had been shown: what is left out on a busy machine must not pass for thrift.
    """
    with gst_wall(*SIZE, COLUMNS, FPS, urls) as peer:
        time.sleep(SETTLE_S)
        began, ours_s, theirs_s = time.monotonic(), sum(found.cpu().values()), cpu_s(peer.pid)
        taken, (decoded, shown) = found.counts()["taken"], peer.counts()
        time.sleep(WINDOW_S)
        took = time.monotonic() - began
        ours, theirs = sum(found.cpu().values()) - ours_s, cpu_s(peer.pid) - theirs_s
        taken, decoded, shown = found.counts()["taken"] - taken, peer.counts()[0] - decoded, peer.counts()[1] - shown
    sent = TILES * FPS * took
    note = f"GStreamer decoded {100 * decoded / sent:.1f} %, its window changed {shown / took:.1f} times a second"
    both = Figure("wall: pictures shown by ours while GStreamer ran", 100 * taken / sent, "%", note=note)
    return ours / took * 100 * sent / taken, theirs / took * 100 * sent / decoded, both


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


def at_the_speed_of_the_budget(percent: float, shown: float, before_ms: float, after_ms: float) -> Figure:
    """Give what a share of a core would be where the budget was set, had all pictures been `shown` (%)."""
    share = yardstick.BUDGET_MS / ((before_ms + after_ms) / 2) / (shown / 100)
    note = f"{yardstick.BUDGET_MS} ms a picture; here {before_ms:.2f} before and {after_ms:.2f} after"
    return Figure("wall: the same at the speed of the budget's machine", percent * share, "% of a core", BUDGET, note)


def run() -> list[Figure]:
    """Measure; takes about four minutes, the first time two more to render the scenes."""
    yardstick.make()
    before_ms = yardstick.picture_ms()
    with (
        tempfile.TemporaryDirectory(prefix="nightjar-bench-") as place,
        simulated(TILES, *CAMERAS) as port,
        wall(Path(place) / "data", f"rtsp://127.0.0.1:{port}/cam{{camera}}/main") as found,
    ):
        mean, (plain, *counts) = standing(found)
        ours, theirs, both = beside(found, [f"rtsp://127.0.0.1:{port}/cam{one}/main" for one in range(1, TILES + 1)])
        redraws = idle(found)
    # With nothing beside it, as where the budget was set: a busy second core makes all of it dearer.
    after_ms = yardstick.picture_ms()
    lean, full = alone(lean=True), alone(lean=False)
    note = f"{ours:.1f} to {theirs:.1f} %"
    without = f"{ours:.1f} to {theirs - full + lean:.1f} %"
    return [
        plain,
        at_the_speed_of_the_budget(mean, counts[0].value, before_ms, after_ms),
        *counts,
        Figure("wall: ours to GStreamer's, both at once", ours / theirs, "times", note=note),
        Figure(
            "wall: the same if it left out the filter too", ours / (theirs - full + lean), "times", PEER_BUDGET, without
        ),
        both,
        Figure("wall: libavcodec alone, as many pictures", lean, "% of a core", note=f"{full:.1f} with the filter"),
        Figure("wall: media + decode + gui to libavcodec alone", mean / lean, "times"),
        *redraws,
    ]
