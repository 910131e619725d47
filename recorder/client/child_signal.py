"""Signals to a child that the event loop waits for.

`Process.send_signal`, `terminate` and `kill` of Python before 3.13 look first whether the child has ended, and so take
the status that the event loop waits for: who awaits the child is told 255, whatever it was (python/cpython#87744).
"""

import asyncio
import contextlib
import os


def send(process: asyncio.subprocess.Process, number: int) -> None:
    """Send a signal to a child, unless it is known to have ended; one that just did is none the worse for it."""
    if process.returncode is None:
        with contextlib.suppress(ProcessLookupError):
            os.kill(process.pid, number)
