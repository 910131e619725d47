import subprocess
import sys

import pytest

from hal.client import HalClient
from tests.recorder.api.served import Served


@pytest.fixture
def served(tmp_path):
    with Served(tmp_path / "data") as found:
        yield found


@pytest.fixture
def hal(served):
    """The hardware service of the simulated board, and a hand at it."""
    place = served.instance.socket("hal")
    command = [sys.executable, "-m", "hal", "--socket", str(place), "--board", "simulated"]
    with subprocess.Popen(command, stdout=subprocess.PIPE, text=True) as process:
        assert process.stdout.readline() == "ready\n"
        with HalClient(place, timeout_s=60) as client:
            yield client
        process.terminate()
