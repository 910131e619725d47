"""What boots the image runs by `make image-test` only: it needs QEMU, and root to build what it boots.

Those of `BOOTS` share one machine.
"""

from pathlib import Path

import pytest

from tests.image.boots import BOOTS, NAMED
from tests.image.cameras import cameras as simulated
from tests.image.desk import Desk
from tests.image.footage import film
from tests.image.machine import recorder as switched_on

HERE = Path(__file__).parent
CAMERAS = 4


def pytest_addoption(parser):
    parser.addoption("--image", action="store_true", help="run the tests that boot the image")


def pytest_ignore_collect(collection_path, config):
    if collection_path.parent != HERE or collection_path.name not in (*BOOTS, *NAMED):
        return None
    named = any(Path(one.split("::")[0]).name == collection_path.name for one in config.args)
    wanted = collection_path.name in BOOTS or named
    return None if wanted and config.getoption("image", default=False) else True


def pytest_collection_modifyitems(items):
    places = {HERE / name: nth for nth, name in enumerate(BOOTS)}
    items.sort(key=lambda one: places.get(one.path, -1))


@pytest.fixture(scope="session")
def recorder():
    """Give a recorder that was switched on for the first time; all tests share it."""
    with switched_on() as one:
        yield one


@pytest.fixture(scope="session")
def desk(recorder):
    """Give its monitor, keyboard and mouse, as somebody finds them who comes to it."""
    return Desk(recorder)


@pytest.fixture(scope="session")
def owner(desk):
    """Set the administrator's password at the desk, so that the wall is to be seen."""
    desk.set_password()
    desk.to_the_wall()
    return desk


@pytest.fixture(scope="session")
def cameras():
    """Simulated cameras on the host, as the recorder's network sees them; gives their port."""
    words = ("--cameras", str(CAMERAS), "--main", "640x360", "--main-kbps", "400", "--main-fps", "5")
    small = ("--sub", "320x180", "--sub-fps", "5", "--sub-kbps", "100")
    with simulated(*words, *small, "--prepare") as port:
        yield port


@pytest.fixture(scope="session")
def footage(recorder, owner, cameras):
    """Plug a disk in, make it ready, add the cameras, and wait until all are recorded; gives the disk."""
    del owner
    return film(recorder, cameras, CAMERAS)
