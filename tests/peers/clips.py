"""Real pictures for cameras to play: OpenCV's street scene, encoded anew as a camera would."""

import subprocess
from dataclasses import dataclass
from pathlib import Path

VTEST = Path("/usr/share/doc/opencv-doc")
ENCODERS = {
    "h264": ["-c:v", "libx264", "-preset", "ultrafast", "-tune", "zerolatency", "-g", "10", "-bf", "0"],
    "h265": [
        *["-c:v", "libx265", "-preset", "ultrafast", "-tune", "zerolatency", "-tag:v", "hvc1"],
        *["-x265-params", "keyint=10:min-keyint=10:bframes=0:log-level=error"],
    ],
}
# What gst-rtsp-server needs to send such a file as a camera sends it.
PAYLOADERS = {
    "h264": "h264parse ! rtph264pay name=pay0 pt=96 config-interval=-1",
    "h265": "h265parse ! rtph265pay name=pay0 pt=96 config-interval=-1",
}


@dataclass(frozen=True)
class Clip:
    """A file of so many frames at 10 a second, a key frame every second."""

    path: Path
    codec: str
    frames: int

    @property
    def launch(self) -> str:
        """The launch line that plays it once, in real time, from its first frame."""
        return f"( filesrc location={self.path} ! qtdemux ! {PAYLOADERS[self.codec]} )"


def vtest_clip(folder: Path, codec: str, frames: int) -> Clip:
    """Encode the first frames of `vtest.avi`."""
    source = next(VTEST.rglob("vtest.avi"))
    path = folder / f"vtest-{codec}-{frames}.mp4"
    command = ["ffmpeg", "-v", "error", "-y", "-i", str(source), "-frames:v", str(frames), "-an", *ENCODERS[codec]]
    subprocess.run([*command, str(path)], check=True)
    return Clip(path, codec, frames)
