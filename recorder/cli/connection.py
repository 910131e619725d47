"""How a command reaches the instance that it names."""

import argparse
import os
from pathlib import Path

from recorder.client.api import ApiClient
from recorder.client.errors import NightjarError
from recorder.client.instance import Instance
from recorder.client.words import _


class NotRunning(NightjarError):
    """No recorder runs in this data directory."""

    status = 503
    words = _("No recorder runs in {data}. Start it with `nightjar run --data {data}`, or name another with --data.")


def socket(asked: argparse.Namespace, process: str) -> Path:
    """Give the socket of a process of the running instance; raises `NotRunning`."""
    if not (asked.data / "run").exists():
        raise NotRunning(data=asked.data)
    path = Instance(asked.data).socket(process)
    if not path.exists() or _was_killed(asked.data / "run" / "lock"):
        raise NotRunning(data=asked.data)
    return path


def _was_killed(lock: Path) -> bool:
    """Whether the recorder that left these sockets is no more: its number stands in the lock, and no process has it."""
    try:
        os.kill(int(lock.read_bytes()), 0)
    except ProcessLookupError:
        return True
    except (OSError, ValueError, OverflowError):
        # No recorder of a laptop, or one of somebody else.
        return False
    return False


def owner(asked: argparse.Namespace) -> ApiClient:
    """Connect as the owner of the instance; raises `NotRunning`."""
    return ApiClient(socket(asked, "control"), timeout_s=60)
