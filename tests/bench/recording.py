"""Recording 16, 32 and 64 streams of 4 Mbit/s: CPU of media against ffmpeg and PyAV, memory a stream, RTP loss.

Media, one `ffmpeg -c copy` a camera, and one process with a PyAV thread a camera record the same simulated cameras in
the same minute, so that whatever else the machine does weighs on all. The cameras run in a process of their own.
"paced" sends one RTP packet a segment over 60 % of a picture's time, as encoders in cameras do; "burst" sends a
picture at once.
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

COUNTS = (16, 32, 64)
"""Of streams in bursts; paced ones are measured with the fewest, since pacing costs the cameras as much again."""
SETTLE_S = 12.0
PATIENCE_S = 120.0
WINDOW_S = 30.0
DAY_US = 86_400_000_000
BUDGETS = {"paced": 0.6, "burst": 0.45}
STREAM_MEMORY_MB = 3.0

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

    def wait_until_all_play(self) -> None:
        """With so many beginning at once on a busy machine, some begin twice."""
        end = time.monotonic() + PATIENCE_S
        while not all(one.state is StreamState.PLAYING and one.recording for one in self.status().streams):
            assert time.monotonic() < end, self.status().streams
            time.sleep(0.5)

    def status(self) -> MediaStatus:
        with wire.BlockingConnection(str(self._instance.socket("media"))) as media:
            return msgspec.convert(media.request({"op": "watch"}), MediaStatus, str_keys=True)


@contextlib.contextmanager
def cameras(cache: Path, count: int) -> Iterator[list[str]]:
    command = [sys.executable, "-c", CAMERAS, str(count), str(cache)]
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


def pyav(urls: list[str], folder: Path) -> subprocess.Popen[bytes]:
    folder.mkdir()
    command = [sys.executable, "-m", "tests.bench.stage.pyav", str(folder), *urls]
    return subprocess.Popen(command, stderr=subprocess.DEVNULL)


def wait_until_all_copy(folder: Path, count: int) -> None:
    end = time.monotonic() + PATIENCE_S
    while sum(one.stat().st_size > 0 for one in folder.iterdir()) < count:
        assert time.monotonic() < end, "PyAV does not record all cameras"
        time.sleep(0.5)


def empty_pss(place: Path) -> int:
    media = Media(place / "empty", [])
    time.sleep(3)
    try:
        return pss_bytes(media.process.pid)
    finally:
        end([media.process])


def measure(way: str, urls: list[str], place: Path, empty: int) -> list[Figure]:
    count = len(urls)
    name = f"{way}-{count}"
    media = Media(place / name, urls)
    processes: list[subprocess.Popen[bytes]] = []
    try:
        processes += [ffmpeg(url, place / f"{name}-ffmpeg-{number}") for number, url in enumerate(urls)]
        processes.append(pyav(urls, place / f"{name}-pyav"))
        groups = [[media.process], processes[:-1], processes[-1:]]
        media.wait_until_all_play()
        wait_until_all_copy(place / f"{name}-pyav", count)
        time.sleep(SETTLE_S)
        before = media.status()
        assert all(one.poll() is None for one in processes), "a peer ended"
        began, spent = time.monotonic(), [sum(cpu_s(one.pid) for one in group) for group in groups]
        time.sleep(WINDOW_S)
        minutes = (time.monotonic() - began) / 60 * count
        ours, theirs, threads = (
            (sum(cpu_s(one.pid) for one in group) - then) / minutes for group, then in zip(groups, spent, strict=True)
        )
        after = media.status()
        assert all(one.poll() is None for one in processes), "a peer ended"
        rings = sum(one.ring_bytes for one in after.streams)
        memory = (pss_bytes(media.process.pid) - empty - rings) / count / 1e6
        rate = sum(one.bits_per_s for one in after.streams) / count / 1e6
        lost = sum(one.lost_packets for one in after.streams) - sum(one.lost_packets for one in before.streams)
        cost = f"{ours:.3f} against {theirs:.3f} CPU-s a stream-minute at {rate:.2f} Mbit/s"
        peer = f"against {threads:.3f} CPU-s"
        return [
            Figure(f"recording {count} streams, {way}: CPU of media / ffmpeg", ours / theirs, "", BUDGETS[way], cost),
            Figure(f"recording {count} streams, {way}: CPU of media / PyAV", ours / threads, "", note=peer),
            Figure(f"recording {count} streams, {way}: memory without rings", memory, "MB", STREAM_MEMORY_MB),
            Figure(f"recording {count} streams, {way}: RTP packets lost", lost, "", 0),
        ]
    finally:
        end([media.process, *processes])
        for folder in place.glob(f"{name}*"):
            shutil.rmtree(folder)


def run() -> list[Figure]:
    figures: list[Figure] = []
    with tempfile.TemporaryDirectory(prefix="nightjar-bench-") as name:
        place = Path(name)
        empty = empty_pss(place)
        for count in COUNTS:
            with cameras(place / "clips", count) as urls:
                if count == COUNTS[0]:
                    figures += measure("paced", [f"{url}?pace=1" for url in urls], place, empty)
                figures += measure("burst", urls, place, empty)
    return figures
