"""One boot for all tests of a process. They run by `make guest` only: QEMU runs it, and root builds what it boots."""

from pathlib import Path

import pytest

from tests.guest import cuts
from tests.guest.appliance import Appliance
from tests.guest.bays import Bays
from tests.guest.guest import Guest

HERE = Path(__file__).parent
LONGEST = (
    "sticks",
    "power_cuts",
    "network",
    "media",
    "listed_blocks",
    "bay_disks",
    "disk_faults",
    "hanging_disks",
    "bad_sectors",
    "quiet_disks",
    "arrays",
    "lines",
    "lights",
    "machine",
)
"""What takes minutes is begun first, so that no machine waits for the other at the end."""


def pytest_addoption(parser):
    parser.addoption("--guest", action="store_true", help="run the tests that need the guest")


def pytest_ignore_collect(collection_path, config):
    # What lies deeper needs no guest.
    mine = collection_path.parent == HERE and collection_path.name.startswith("test_")
    return True if mine and not config.getoption("guest", default=False) else None


def pytest_collection_modifyitems(items):
    places = {HERE / f"test_{name}.py": nth for nth, name in enumerate(LONGEST)}
    items.sort(key=lambda one: places.get(one.path, len(LONGEST)))


@pytest.fixture(scope="session")
def guest():
    with Guest.boot() as one:
        yield one


@pytest.fixture(scope="session")
def shoot(guest, tmp_path_factory):
    """Film a scene once for all tests."""
    place = tmp_path_factory.mktemp("films")
    taken = {}

    def film(scene):
        if scene.name not in taken:
            taken[scene.name] = cuts.shoot(guest, scene, place)
        return taken[scene.name]

    return film


@pytest.fixture
def bays(guest, drives):
    """Give the bays of an instance; its mounts go before the drives."""
    del drives
    made = Bays(guest)
    yield made
    made.clear()


@pytest.fixture
def drives(guest):
    """Make drives that are thrown away after the test."""
    made = []

    def make(name, size_bytes, **options):
        made.append(guest.disk(name, size_bytes, **options))
        return made[-1]

    yield make
    for one in made:
        one.discard()


@pytest.fixture(scope="module")
def machine(guest):
    """Give the guest as an appliance, with udev, for the tests of one file."""
    one = Appliance(guest)
    one.begin()
    yield one
    one.end()


@pytest.fixture
def appliance(machine):
    """Give the appliance without daemons; those that a test starts end with it."""
    yield machine
    machine.clear()
