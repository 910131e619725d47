"""Simulated cameras in a process of their own; their clips are kept from one benchmark to the next."""

import contextlib
import subprocess
import sys
from collections.abc import Iterator
from pathlib import Path

from tests.bench.stage.process import end

CLIPS = Path(__file__).parents[3] / "build" / "clips"


@contextlib.contextmanager
def simulated(cameras: int, *options: str) -> Iterator[int]:
    """Run so many; gives the port when all their clips are made."""
    command = [sys.executable, "-m", "recorder.simulate", "--port", "0", "--cameras", str(cameras)]
    command += ["--prepare", "--cache", str(CLIPS), *options]
    process = subprocess.Popen(command, stdout=subprocess.PIPE)
    assert process.stdout is not None
    with process.stdout:
        try:
            word, port = process.stdout.readline().split()
            assert word == b"ready"
            yield int(port)
        finally:
            end([process])
