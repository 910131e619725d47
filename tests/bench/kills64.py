"""What a `kill -9` of media costs where 64 cameras are recorded: footage, and the time until all of them send again.

64 simulated cameras (main streams of 1 Mbit/s, a key frame every 2 s) are recorded to one disk by media alone, which is
started anew at once, as its supervisor does. Nobody watches, so that the cameras are read half a second apart. What was
lost is what the cameras had sent before the kill and no file holds, by the stamps in the pictures. Killed several
times: where in its second the writer is, is chance.
"""

import os
import signal
import subprocess
import sys
import tempfile
import time
from pathlib import Path

import msgspec

from recorder.client import wire
from recorder.client.clock import SystemClock
from recorder.client.instance import Instance
from recorder.client.status import MediaStatus
from recorder.client.stream import StreamKey, StreamName
from recorder.media.plan import ChannelPlan, Due, Plan, StreamPlan, save
from recorder.simulate.stamp import read_stamp
from recorder.store import StoreReader, initialise_disk
from tests.bench.figure import Figure
from tests.bench.kills import LOST_BUDGET_S, MEDIA_BUDGET_S, soon
from tests.bench.stage.cameras import simulated
from tests.bench.stage.process import end

CAMERAS = 64
KILLS = 6
OPTIONS = ("--main-kbps", "1000", "--loop", "10", "--main", "1280x720")
SETTLE_S = 9.0
"""Longer than a stream plays before it is read calmly."""
DAY_US = 86_400_000_000


class Media:
    """Media alone on a data directory, and whoever starts it anew."""

    def __init__(self, data: Path, port: int) -> None:
        data.mkdir(mode=0o700)
        self._data = data
        self._instance = Instance(data)
        initialise_disk(self._instance.disks / "disk1", size_bytes=4 << 30, block_bytes=16 << 20, name="disk1")
        now = time.time_ns() // 1000
        due = (Due(now - DAY_US, now + DAY_US),)
        channels = tuple(
            ChannelPlan(n, f"Camera {n}", (StreamPlan(StreamName.MAIN, f"rtsp://127.0.0.1:{port}/cam{n}/main"),), due)
            for n in range(1, CAMERAS + 1)
        )
        save(Plan(1, now, channels), self._instance.state / "plan.json")
        self.start()

    def start(self) -> None:
        command = [sys.executable, "-m", "recorder.media", "--data", str(self._data)]
        self.process = subprocess.Popen(command, stdout=subprocess.DEVNULL, stderr=subprocess.DEVNULL)

    def arriving(self) -> bool:
        """Whether packets of every camera arrive."""
        with wire.BlockingConnection(str(self._instance.socket("media"))) as media:
            told = msgspec.convert(media.request({"op": "watch"}), MediaStatus, str_keys=True)
        return len(told.streams) == CAMERAS and all(one.packets > 0 and one.recording for one in told.streams)

    def newest_us(self, before_us: int) -> list[int]:
        """When each camera took the last picture that files hold of before a time, by its stamp."""
        reader = StoreReader(self._instance.disks, self._instance.index, SystemClock())
        try:
            found: list[int] = []
            for number in range(1, CAMERAS + 1):
                samples = reader.read(StreamKey(number), before_us - 8_000_000, before_us)
                stamps = [stamp for _epoch, one in samples if (stamp := read_stamp(bytes(one.data))) is not None]
                found.append(max(one.time_us for one in stamps))
            return found
        finally:
            reader.close()


def run() -> list[Figure]:
    """Measure; takes three minutes, the first time some more to render the scenes."""
    lost: list[float] = []
    back: list[float] = []
    with (
        tempfile.TemporaryDirectory(prefix="nightjar-bench-") as name,
        simulated(CAMERAS, *OPTIONS) as port,
    ):
        media = Media(Path(name) / "data", port)
        try:
            soon(media.arriving)
            for _kill in range(KILLS):
                time.sleep(SETTLE_S + 0.37 * _kill)
                killed_us = time.time_ns() // 1000
                os.kill(media.process.pid, signal.SIGKILL)
                media.process.wait()
                media.start()
                back.append(soon(media.arriving))
                lost += [(killed_us - one) / 1e6 for one in media.newest_us(killed_us)]
        finally:
            end([media.process])
    lost.sort()
    half, most = lost[len(lost) // 2], lost[len(lost) * 95 // 100]
    about = f"{KILLS} kills; half of the cameras lost at most {half:.2f} s, 95 of 100 {most:.2f} s"
    return [
        Figure(
            "kill -9 of media with 64 cameras: packets of all arrive again, the slowest time",
            max(back),
            "s",
            MEDIA_BUDGET_S,
        ),
        Figure(
            "kill -9 of media with 64 cameras: footage lost, the worst of all", lost[-1], "s", LOST_BUDGET_S, note=about
        ),
    ]
