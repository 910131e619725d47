"""Simulated cameras on the host, as a recorder in a virtual machine sees them."""

import subprocess
import sys
from collections.abc import Iterator
from contextlib import contextmanager


@contextmanager
def cameras(*words: str) -> Iterator[int]:
    """Have some, as `recorder.simulate` is told; gives their port."""
    started = [sys.executable, "-m", "recorder.simulate", "--port", "0", "--loop", "10", *words]
    with subprocess.Popen(started, stdout=subprocess.PIPE, text=True) as process:
        assert process.stdout
        try:
            yield int(next(line for line in process.stdout if line.startswith("ready")).split()[1])
        finally:
            process.terminate()
