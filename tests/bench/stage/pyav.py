"""`python -m tests.bench.stage.pyav FOLDER URL…`: record cameras with a PyAV thread each, as the peer of media.

What is pulled goes into fragmented MP4 as it is; it never decodes.
"""

import contextlib
import sys
import threading
from pathlib import Path

import av

FRAGMENTS = {"movflags": "frag_keyframe+empty_moov+default_base_moof"}


def record(url: str, target: Path) -> None:
    """Record one camera until the process ends."""
    with (
        av.open(url, options={"rtsp_transport": "tcp"}, timeout=(10, 10)) as camera,
        av.open(str(target), "w", format="mp4", options=FRAGMENTS) as file,
    ):
        stream = file.add_stream_from_template(camera.streams.video[0])
        for packet in camera.demux(video=0):
            if packet.dts is not None:
                packet.stream = stream
                file.mux(packet)


def keep_recording(url: str, target: Path) -> None:
    """Begin again where a camera is lost, or could not be had while all begin at once."""
    while True:
        with contextlib.suppress(av.FFmpegError, OSError):
            record(url, target)


if __name__ == "__main__":
    for number, address in enumerate(sys.argv[2:]):
        place = Path(sys.argv[1]) / f"{number}.mp4"
        threading.Thread(target=keep_recording, args=(address, place), daemon=True).start()
    threading.Event().wait()
