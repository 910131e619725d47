"""Our processes, started for a benchmark."""

import contextlib
import subprocess
import sys
from collections.abc import Iterator
from pathlib import Path


@contextlib.contextmanager
def running(name: str, data: Path, *options: str) -> Iterator[int]:
    """Run one of our processes; gives its pid when it is ready."""
    command = [sys.executable, "-m", name, "--data", str(data), *options]
    with subprocess.Popen(command, stdout=subprocess.PIPE, text=True) as child:
        try:
            assert child.stdout is not None
            assert child.stdout.readline() == "ready\n"
            yield child.pid
        finally:
            child.terminate()
