"""Processes and cameras that several packages are tried with."""

import os
import shutil
import tempfile
from pathlib import Path

import pytest

from tests.recorder.running import Recorder

MEMORY = Path("/dev/shm")
ROOM = 2 << 30
"""The largest disk that is made ready in memory has 600 MB, and there are several workers."""
IN_MEMORY = frozenset(("accounts", "api", "settings", "web"))


@pytest.fixture
def tmp_path(tmp_path, request):
    """Where it is in one of the folders `IN_MEMORY`, a folder in memory, as far as there is room.

    Control has what it keeps written to the disk a hundred times from its start to its end, and nobody there cuts the
    power.
    """
    if request.path.parent.name not in IN_MEMORY or not MEMORY.is_dir() or shutil.disk_usage(MEMORY).free < ROOM:
        yield tmp_path
        return
    with tempfile.TemporaryDirectory(prefix="nightjar-", dir=MEMORY, ignore_cleanup_errors=True) as place:
        yield Path(place)


@pytest.fixture
async def recorder(tmp_path):
    """A data directory with nothing running yet."""
    running = Recorder(tmp_path / "data")
    yield running
    await running.stop()


@pytest.fixture(scope="session")
def clips(tmp_path_factory):
    """Where simulated cameras keep their clips, shared by all workers of a run."""
    base = tmp_path_factory.getbasetemp()
    place = (base.parent if "PYTEST_XDIST_WORKER" in os.environ else base) / "clips"
    place.mkdir(exist_ok=True)
    return place
