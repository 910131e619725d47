"""Start a GStreamer camera on a free port and stop it again."""

import contextlib
import subprocess
from collections.abc import Iterator
from dataclasses import dataclass
from pathlib import Path

SCRIPT = Path(__file__).with_name("gst_camera.py")


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
