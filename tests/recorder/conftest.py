"""Processes and cameras that several packages are tried with."""

import os

import pytest

from tests.recorder.running import Recorder


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
