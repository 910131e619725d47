"""GStreamer at both ends: a camera on a free port that is started and stopped again, and a viewer of a stream."""

import contextlib
import subprocess
from collections.abc import Iterator
from dataclasses import dataclass
from pathlib import Path

SCRIPT = Path(__file__).with_name("gst_camera.py")
PATIENCE_US = 55_000_000


@dataclass(frozen=True)
class GstCamera:
    """A running server of gst-rtsp-server."""

    port: int
    pid: int
    scheme: str = "rtsp"

    def url(self, mount: str) -> str:
        return f"{self.scheme}://127.0.0.1:{self.port}{mount}"


@contextlib.contextmanager
def gst_camera(mounts: dict[str, str], *options: str, port: int = 0) -> Iterator[GstCamera]:
    """Serve launch lines by mount point, e.g. `{"/a": "( videotestsrc ! x264enc ! rtph264pay name=pay0 )"}`."""
    lines = [f"{mount}={launch}" for mount, launch in mounts.items()]
    command = ["/usr/bin/python3", str(SCRIPT), str(port), *lines, *options]
    with subprocess.Popen(command, stdout=subprocess.PIPE, stderr=subprocess.DEVNULL, text=True) as process:
        try:
            assert process.stdout is not None
            word, listening = process.stdout.readline().split()
            assert word == "ready"
            yield GstCamera(int(listening), process.pid, "rtsps" if "--certificate" in options else "rtsp")
        finally:
            process.kill()


def gst_viewer(source: str, codec: str, pictures: int, copy: Path) -> list[str]:
    """The command that copies so many pictures of a stream (`h264`, `h265`) as they come, and ends.

    `source` are the properties of its rtspsrc. Whether it was served is for the copy to say, and not for its exit
    status, which is 1 in about one of ten runs whoever serves it: at its end rtspsrc pauses and closes at once, and a
    PAUSE that its own close cancelled is told as a lost connection (`writev_bytes` in gstrtspconnection.c of 1.22).
    """
    form = f"rtp{codec}depay ! {codec}parse ! video/x-{codec},stream-format=byte-stream,alignment=au"
    # A loaded machine may take longer than its 20 s to make the film of a camera.
    begin = f"gst-launch-1.0 -q rtspsrc {source} tcp-timeout={PATIENCE_US}"
    line = f"{begin} ! {form} ! identity eos-after={pictures} ! filesink"
    return [*line.split(), f"location={copy}"]
