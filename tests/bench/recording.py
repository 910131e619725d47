"""Recording 16 streams of 4 Mbit/s: the CPU of media against one `ffmpeg -c copy` a camera, memory a stream, RTP loss.

Media and the ffmpeg processes record the same simulated cameras in the same minute, so that whatever else the machine
does weighs on both. The cameras run in a process of their own. "paced" sends one RTP packet a segment over 60 % of a
picture's time, as encoders in cameras do; "burst" sends a picture at once.
"""

import contextlib
import json
import shutil
import subprocess
import sys
import tempfile
import time
from collections.abc import Iterator
from pathlib import Path

import msgspec

from recorder.client import wire
from recorder.client.instance import Instance
from recorder.client.status import MediaStatus, StreamState
from recorder.client.stream import StreamName
from recorder.media.plan import ChannelPlan, Due, Plan, StreamPlan, save
from recorder.store import initialise_disk
from tests.bench.figure import Figure
from tests.bench.stage.process import cpu_s, end, pss_bytes

STREAMS = 16
SETTLE_S = 12.0
WINDOW_S = 30.0
DAY_US = 86_400_000_000
BUDGETS = {"paced": 0.6, "burst": 0.45}
STREAM_MEMORY_MB = 5.0

CAMERAS = """
import asyncio, json, sys
from pathlib import Path
from recorder.simulate.cameras import SimulatedCameras
from recorder.simulate.options import CameraOptions

async def main():
    options = CameraOptions(cameras=int(sys.argv[1]), bench=True, cache=Path(sys.argv[2]))
    async with SimulatedCameras(options) as cameras:
        await cameras.prepare()
        print(json.dumps([cameras.url(number, "main") for number in range(1, int(sys.argv[1]) + 1)]), flush=True)
        await asyncio.Event().wait()

asyncio.run(main())
"""


class Media:
    """The media process on a data directory of its own."""

    def __init__(self, data: Path, urls: list[str]) -> None:
        data.mkdir(mode=0o700)
        self._instance = Instance(data)
        initialise_disk(self._instance.disks / "disk1", size_bytes=1 << 30, block_bytes=16 << 20, name="disk1")
        now = time.time_ns() // 1000
        due = (Due(now - DAY_US, now + DAY_US),)
        channels = tuple(
            ChannelPlan(number, f"Camera {number}", (StreamPlan(StreamName.MAIN, url),), due)
            for number, url in enumerate(urls, 1)
        )
        save(Plan(1, now, channels), self._instance.state / "plan.json")
        command = [sys.executable, "-m", "recorder.media", "--data", str(data)]
        self.process = subprocess.Popen(command, stdout=subprocess.PIPE, stderr=subprocess.DEVNULL)
        assert self.process.stdout is not None
        assert self.process.stdout.readline() == b"ready\n"

    def status(self) -> MediaStatus:
        with wire.BlockingConnection(str(self._instance.socket("media"))) as media:
            return msgspec.convert(media.request({"op": "watch"}), MediaStatus, str_keys=True)


@contextlib.contextmanager
def cameras(cache: Path) -> Iterator[list[str]]:
    command = [sys.executable, "-c", CAMERAS, str(STREAMS), str(cache)]
    process = subprocess.Popen(command, stdout=subprocess.PIPE)
    try:
        assert process.stdout is not None
        yield json.loads(process.stdout.readline())
    finally:
        end([process])


def ffmpeg(url: str, folder: Path) -> subprocess.Popen[bytes]:
    folder.mkdir()
    fragments = "movflags=frag_keyframe+empty_moov+default_base_moof"
    pull = ["ffmpeg", "-nostdin", "-loglevel", "error", "-rtsp_transport", "tcp", "-i", url, "-c", "copy"]
    cut = ["-f", "segment", "-segment_time", "10", "-segment_wrap", "2", "-segment_format", "mp4"]
    write = ["-segment_format_options", fragments, str(folder / "%03d.mp4")]
    return subprocess.Popen([*pull, *cut, *write], stderr=subprocess.DEVNULL)


def empty_pss(place: Path) -> int:
    media = Media(place / "empty", [])
    time.sleep(3)
    try:
        return pss_bytes(media.process.pid)
    finally:
        end([media.process])


def measure(way: str, urls: list[str], place: Path, empty: int) -> list[Figure]:
    media = Media(place / way, urls)
    others: list[subprocess.Popen[bytes]] = []
    try:
        others += [ffmpeg(url, place / f"{way}-ffmpeg-{number}") for number, url in enumerate(urls)]
        time.sleep(SETTLE_S)
        before = media.status()
        assert all(one.state is StreamState.PLAYING and one.recording for one in before.streams), before.streams
        assert all(one.poll() is None for one in others), "an ffmpeg ended"
        began, ours, theirs = time.monotonic(), cpu_s(media.process.pid), sum(cpu_s(one.pid) for one in others)
        time.sleep(WINDOW_S)
        minutes = (time.monotonic() - began) / 60 * STREAMS
        ours = (cpu_s(media.process.pid) - ours) / minutes
        theirs = (sum(cpu_s(one.pid) for one in others) - theirs) / minutes
        after = media.status()
        assert all(one.poll() is None for one in others), "an ffmpeg ended"
        rings = sum(one.ring_bytes for one in after.streams)
        memory = (pss_bytes(media.process.pid) - empty - rings) / STREAMS / 1e6
        rate = sum(one.bits_per_s for one in after.streams) / STREAMS / 1e6
        cost = f"{ours:.3f} against {theirs:.3f} CPU-s a stream-minute at {rate:.2f} Mbit/s"
        return [
            Figure(
                f"recording {STREAMS} streams, {way}: CPU of media / ffmpeg", ours / theirs, "", BUDGETS[way], note=cost
            ),
            Figure(f"recording, {way}: memory a stream without its ring", memory, "MB", STREAM_MEMORY_MB),
            Figure(f"recording, {way}: RTP packets lost", sum(one.lost_packets for one in after.streams), "", 0),
        ]
    finally:
        end([media.process, *others])
        for folder in place.glob(f"{way}*"):
            shutil.rmtree(folder)


def run() -> list[Figure]:
    with tempfile.TemporaryDirectory(prefix="nightjar-bench-") as name:
        place = Path(name)
        empty = empty_pss(place)
        with cameras(place / "clips") as urls:
            figures = measure("paced", [f"{url}?pace=1" for url in urls], place, empty)
            return figures + measure("burst", urls, place, empty)
