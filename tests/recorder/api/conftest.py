import contextlib

import pytest

from hal.client import HalClient
from tests.hal import in_threads
from tests.recorder.api.served import Served, wait_for


@pytest.fixture
def served(tmp_path):
    with Served(tmp_path / "data") as found:
        yield found


@contextlib.contextmanager
def running_hal(instance, *options):
    """The hardware service of the simulated board, and a hand at it; `options` are those of its command line."""
    place = instance.socket("hal")
    with in_threads.hal(place, *options), HalClient(place, timeout_s=60) as client:
        yield client


@pytest.fixture
def hal(served):
    """The hardware service of the simulated board, and a hand at it; control has heard how everything is."""
    with running_hal(served.instance) as client:
        wait_for(lambda: served.control.hardware.follower.connected)
        yield client
