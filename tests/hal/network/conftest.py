import pytest

from hal.machine import Machine, run_program
from tests.hal.network.lab import Lab


@pytest.fixture
def lab():
    lab = Lab()
    yield lab
    lab.close()


@pytest.fixture
def machine(lab, tmp_path):
    """The recorder's place in the lab. Its sysfs shows other interfaces than it has, so it has none."""
    return Machine(sys=tmp_path / "sys", run=lambda argv, timeout_s: run_program(lab.recorder.argv(*argv), timeout_s))
