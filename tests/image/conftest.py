"""What boots the image runs by `make image-test` only: it needs QEMU, and root to build what it boots."""

from pathlib import Path

import pytest

from tests.image.machine import recorder as switched_on

HERE = Path(__file__).parent
BOOTS = {"test_boot.py"}


def pytest_addoption(parser):
    parser.addoption("--image", action="store_true", help="run the tests that boot the image")


def pytest_ignore_collect(collection_path, config):
    mine = collection_path.parent == HERE and collection_path.name in BOOTS
    return True if mine and not config.getoption("image", default=False) else None


@pytest.fixture(scope="session")
def recorder():
    """Give a recorder that was switched on for the first time; all tests share it."""
    with switched_on() as one:
        yield one
