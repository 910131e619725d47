"""What the RTSP server costs for 1, 4, 8 and 16 viewers of one stream, and of as many different ones.

Media pulls simulated cameras of 4 Mbit/s, nothing is recorded, and an RTSP user is let in; viewers are ffmpeg, which
copies a main stream by TCP into nothing and tells how many pictures came. gst-rtsp-server hands the same cameras on
beside it, each pulled once for all its viewers, to as many viewers at the same time: what it takes of a core for
pulling and serving is compared with what our media and RTSP server take for it together. Our server asks each viewer
for a password; the peer lets everybody in. Viewers have processes of their own and count for neither.
"""

import contextlib
import json
import os
import re
import subprocess
import tempfile
import threading
import time
from collections.abc import Callable, Iterator, Sequence
from pathlib import Path

from recorder.client.api import ApiClient
from recorder.client.instance import Instance
from tests.bench.figure import Figure
from tests.bench.stage.cameras import simulated
from tests.bench.stage.process import cpu_s, end
from tests.bench.stage.running import running
from tests.peers.gstreamer import GstCamera, gst_camera

VIEWERS = (1, 4, 8, 16)
CAMERAS = ("--bench", "--main-kbps", "4000", "--loop", "10")
FPS = 25
"""What `--bench` sends."""
PASSWORD = "correct-horse-battery"
SETTLE_S, MEASURED_S, WITHIN_S = 4.0, 20.0, 90.0
PEER_BUDGET = 1.0
BUDGET_PERCENT = 100 / 64
"""64 streams at once are allowed (`MOST_CLIENTS`), and one core is what they may take."""
LEAST_SENT = 97.0
"""In percent; what ffmpeg tells of itself is up to five pictures old."""
PULL = "( rtspsrc location={url} protocols=tcp latency=0 ! rtph264depay ! h264parse ! rtph264pay name=pay0 pt=96 )"


class Recorder:
    """A recorder that hands on what its channels send."""

    def __init__(self, data: Path, processes: contextlib.ExitStack) -> None:
        data.mkdir(mode=0o700)
        instance = Instance(data)
        os.environ |= {"NIGHTJAR_RTSP_PORT": "0", "NIGHTJAR_ADMIN_PASSWORD": PASSWORD}
        self._media = processes.enter_context(running("recorder.media", data))
        processes.enter_context(running("recorder.control", data))
        self._restream = processes.enter_context(running("recorder.restream", data))
        self._owner = processes.enter_context(ApiClient(instance.socket("control"), timeout_s=WITHIN_S))
        self._owner.set_page("stream-user", {"password": PASSWORD, "live": [1]}, item="nvr")
        self._owner.set_page("restreaming", {"enabled": True, "clients": max(VIEWERS)})
        self._channels = 0
        place = instance.run / "rtsp.json"
        _until(place.exists, "The RTSP server does not say its port")
        self._port = json.loads(place.read_text())["port"]

    def pull(self, cameras: Sequence[str]) -> None:
        """Have so many channels."""
        for url in cameras[self._channels :]:
            self._channels += 1
            self._owner.add_channel(name=f"Camera {self._channels}", url=url)
            self._owner.set_page("record-mode", {"mode": "off"}, channel=self._channels)
        self._owner.set_page("stream-user", {"live": list(range(1, self._channels + 1))}, item="nvr")

    def url(self, channel: int) -> str:
        """Where a channel is handed on."""
        return f"rtsp://nvr:{PASSWORD}@127.0.0.1:{self._port}/channel/{channel}/main"

    def seconds(self) -> tuple[float, float]:
        """Processor seconds of media and of the RTSP server so far."""
        return cpu_s(self._media), cpu_s(self._restream)


class Viewer:
    """An ffmpeg that copies a stream into nothing; `pictures` counts what it was sent."""

    def __init__(self, url: str) -> None:
        pull = ["ffmpeg", "-nostdin", "-v", "error", "-rtsp_transport", "tcp", "-i", url, "-c", "copy", "-f", "null"]
        told = ["-progress", "pipe:1", "-stats_period", "0.2", "-"]
        self.process = subprocess.Popen([*pull, *told], stdout=subprocess.PIPE)
        self.pictures = 0
        threading.Thread(target=self._read, daemon=True).start()

    def _read(self) -> None:
        """Read all that it tells; one whose words nobody reads would stand still."""
        assert self.process.stdout is not None
        for line in self.process.stdout:
            if found := re.match(rb"frame=\s*(\d+)", line):
                self.pictures = int(found[1])


def _until(look: Callable[[], object], otherwise: str) -> None:
    over = time.monotonic() + WITHIN_S
    while not look():
        assert time.monotonic() < over, otherwise
        time.sleep(0.1)


@contextlib.contextmanager
def _watching(urls: Sequence[str]) -> Iterator[list[Viewer]]:
    viewers: list[Viewer] = []
    try:
        viewers.extend(Viewer(url) for url in urls)
        _until(lambda: all(one.pictures for one in viewers), "A viewer is sent nothing")
        time.sleep(SETTLE_S)
        yield viewers
    finally:
        end([one.process for one in viewers])


def _measure(ours: Recorder, peer: GstCamera, channels: Sequence[int], what: str) -> list[Figure]:
    """Let each watch a channel of both."""
    urls = [*map(ours.url, channels), *(peer.url(f"/{one}") for one in channels)]
    with _watching(urls) as viewers:
        began, before, theirs = time.monotonic(), ours.seconds(), cpu_s(peer.pid)
        shown = [one.pictures for one in viewers]
        time.sleep(MEASURED_S)
        took = time.monotonic() - began
        media, server = (after - then for after, then in zip(ours.seconds(), before, strict=True))
        theirs = cpu_s(peer.pid) - theirs
        sent = [one.pictures - then for one, then in zip(viewers, shown, strict=True)]
    ours_sent, theirs_sent = sent[: len(channels)], sent[len(channels) :]
    # Of a picture that came: what is left out on a busy machine must not pass for thrift.
    ratio = (media + server) / sum(ours_sent) / (theirs / sum(theirs_sent))
    least, least_theirs = (100 * min(some) / (FPS * took) for some in (ours_sent, theirs_sent))
    each = 100 * server / took / len(channels)
    note = f"media {100 * media / took:.1f} %, server {100 * server / took:.1f} %, peer {100 * theirs / took:.1f} %"
    got = f"the peer's: {least_theirs:.0f} %"
    return [
        Figure(f"re-streaming: {what}, CPU to the peer", ratio, "", PEER_BUDGET, note),
        Figure(f"re-streaming: {what}, each", each, "% of a core", BUDGET_PERCENT),
        Figure(f"re-streaming: {what}, least sent to one", least, "%", LEAST_SENT, got, more_is_better=True),
    ]


def run() -> list[Figure]:
    """Measure; takes four minutes."""
    figures: list[Figure] = []
    most = max(VIEWERS)
    with contextlib.ExitStack() as stage:
        folder = stage.enter_context(tempfile.TemporaryDirectory(prefix="nightjar-bench-"))
        port = stage.enter_context(simulated(most, *CAMERAS))
        cameras = [f"rtsp://127.0.0.1:{port}/cam{number}/main" for number in range(1, most + 1)]
        mounts = {f"/{number}": PULL.format(url=url) for number, url in enumerate(cameras, 1)}
        peer = stage.enter_context(gst_camera(mounts, "--shared"))
        ours = Recorder(Path(folder) / "data", stage)
        ours.pull(cameras[:1])
        for count in VIEWERS:
            figures += _measure(ours, peer, [1] * count, f"{count} of one stream")
        for count in VIEWERS[1:]:
            ours.pull(cameras[:count])
            figures += _measure(ours, peer, range(1, count + 1), f"{count} of as many streams")
    return figures
