"""The update suite (`make test-update`): bundles are installed into the slots of machines that boot the image."""

import subprocess
import tempfile
from pathlib import Path

import pytest

from buildroot_external.image.bundle import development_signer
from tests.guest.guest import HOST
from tests.image.cameras import cameras as simulated
from tests.image.machine import BUILT
from tests.image.update import bundles
from tests.image.update.bench import Bench
from tests.image.update.images import IMAGES

HERE = Path(__file__).parent
CUTS = "NIGHTJAR_CUTS"
CHANNELS = ("Gate", "Yard")


def pytest_ignore_collect(collection_path, config):
    mine = collection_path.parent == HERE and collection_path.name.startswith("test_")
    asked = config.getoption("image", default=False) and any("image/update" in one for one in config.args)
    return True if mine and not asked else None


@pytest.fixture(scope="session")
def workshop():
    """Where bundles are made; kept from one run to the next as long as the image is the same."""
    place = BUILT / "bundles"
    newest = BUILT / "system.img"
    place.mkdir(exist_ok=True)
    for one in place.glob("*.raucb"):
        if one.stat().st_mtime < newest.stat().st_mtime:
            one.unlink()
    return place


@pytest.fixture(scope="session")
def image(workshop):
    """Give a bundle by its name in `IMAGES`."""
    return lambda name: bundles.whole(IMAGES[name](), workshop / f"{name}.raucb")


@pytest.fixture(scope="session")
def foreign(workshop):
    """Somebody else's keys."""
    return development_signer(workshop / "foreign").certificate.parent


@pytest.fixture(scope="session")
def cameras():
    """Two simulated cameras on the host, as the recorder's network sees them; gives their port."""
    words = ("--cameras", "2", "--main", "320x180", "--main-kbps", "100", "--main-fps", "5")
    with simulated(*words, "--sub", "160x90", "--sub-fps", "2", "--sub-kbps", "30") as port:
        yield port


@pytest.fixture(scope="session")
def place():
    """A folder for disks, on the disk of the image."""
    with tempfile.TemporaryDirectory(dir=BUILT, prefix="update.") as name:
        yield Path(name)


@pytest.fixture(scope="session")
def records(place, cameras):
    """The disks of a recorder that records two cameras from slot A; it was switched off in order."""
    base = place / "records"
    (place / "first").mkdir()
    with Bench.standing(place / "first", None) as bench:
        bench.switch_on()
        bench.stands(lambda told: told["version"])
        for number, name in enumerate(CHANNELS, 1):
            url = f"rtsp://{HOST}:{cameras}/cam{number}"
            status, said = bench.ask(
                "channel", "add", "--name", name, "--url", f"{url}/main", "--sub-url", f"{url}/sub"
            )
            assert status == 0, said
        bench.shell.poll("nightjar bay list", until=lambda told: "NJ-footage" in told, timeout_s=1200)
        status, said = bench.ask("bay", "prepare", "1", "--serial", "NJ-footage", "--name", "disk1")
        assert status == 0, said
        bench.recording(len(CHANNELS))
        bench.run("systemctl poweroff", check=False)
        bench.await_restart()
        bench.keep(base)
    return base


@pytest.fixture
def machine(place):
    """Give machines on disks that are laid over others; all are switched off at the end."""
    made = []

    def make(base):
        folder = Path(tempfile.mkdtemp(dir=place))
        bench = Bench(folder, base)
        made.append(bench)
        return bench

    yield make
    for one in made:
        one.kill()
        subprocess.run(["rm", "-r", one.place], check=True)
