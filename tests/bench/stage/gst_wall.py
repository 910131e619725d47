"""GStreamer's wall in a process of its own, as the peer of ours."""

import contextlib
import subprocess
from collections.abc import Iterator
from pathlib import Path

from tests.bench.stage.process import end

SCRIPT = Path(__file__).parents[2] / "peers" / "gst_wall.py"


class GstWall:
    """A running wall; `counts` tells how many pictures it has decoded, and how many its window has shown."""

    def __init__(self, process: subprocess.Popen[bytes]) -> None:
        self.pid = process.pid
        assert process.stdin is not None
        assert process.stdout is not None
        self._ask, self._told = process.stdin, process.stdout

    def counts(self) -> tuple[int, int]:
        self._ask.write(b"\n")
        self._ask.flush()
        decoded, shown = map(int, self._told.readline().split())
        return decoded, shown


@contextlib.contextmanager
def gst_wall(width: int, height: int, columns: int, fps: int, urls: list[str]) -> Iterator[GstWall]:
    """Run one on $DISPLAY; gives it when it shows all cameras."""
    command = ["/usr/bin/python3", str(SCRIPT), *map(str, (width, height, columns, fps)), *urls]
    process = subprocess.Popen(command, stdin=subprocess.PIPE, stdout=subprocess.PIPE)
    assert process.stdin is not None
    assert process.stdout is not None
    with process.stdin, process.stdout:
        try:
            assert process.stdout.readline() == b"ready\n"
            yield GstWall(process)
        finally:
            end([process])
