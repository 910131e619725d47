import pytest
from argon2 import PasswordHasher

from recorder.accounts.password import Passwords
from recorder.client.clock import ManualClock
from recorder.client.instance import Instance
from recorder.control.control import Parts
from recorder.settings.machine import Machine
from recorder.settings.registry import built_in
from recorder.settings.settings import Author


@pytest.fixture
def instance(tmp_path):
    return Instance(tmp_path / "data")


@pytest.fixture
def clock():
    return ManualClock()


@pytest.fixture
def author():
    return Author("ada", "screen")


@pytest.fixture
def parts(clock):
    passwords = Passwords(PasswordHasher(time_cost=1, memory_cost=8, parallelism=1))
    return Parts(clock, built_in(), Machine(system_owned=True), passwords)
