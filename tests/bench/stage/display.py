"""An X server without a monitor."""

import contextlib
import os
import subprocess
from collections.abc import Iterator

from tests.bench.stage.process import end


@contextlib.contextmanager
def display(width: int, height: int) -> Iterator[str]:
    """Run one on a free number; gives the name of its display."""
    read, write = os.pipe()
    command = ["Xvfb", "-displayfd", str(write), "-screen", "0", f"{width}x{height}x24", "-nolisten", "tcp"]
    process = subprocess.Popen(command, pass_fds=[write], stderr=subprocess.DEVNULL)
    os.close(write)
    try:
        with os.fdopen(read) as told:
            yield f":{int(told.readline())}"
    finally:
        end([process])
