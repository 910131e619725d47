"""The update suite (`make test-update`): bundles are installed into the slots of machines that boot the image."""

from pathlib import Path

import pytest

from buildroot_external.image.bundle import development_signer
from tests.guest.guest import HOST
from tests.image.cameras import cameras as simulated
from tests.image.machine import BUILT
from tests.image.update import bundles
from tests.image.update.bench import Bench
from tests.image.update.images import IMAGES
from tests.image.update.tried import Log

HERE = Path(__file__).parent
CUTS = "NIGHTJAR_CUTS"
CHANNELS = ("Gate", "Yard")
READY = "ready"


def pytest_ignore_collect(collection_path, config):
    mine = collection_path.parent == HERE and collection_path.name.startswith("test_")
    asked = config.getoption("image", default=False) and any("image/update" in one for one in config.args)
    return True if mine and not asked else None


@pytest.hookimpl(wrapper=True)
def pytest_runtest_makereport(item, call):
    report = yield
    if call.when == "call" or not report.passed:
        said = report.capstdout if call.when == "call" and report.passed else ""
        Log(BUILT / "update-suite.log").add(item.nodeid.rpartition("/")[2], report.outcome, call.duration, said)
    return report


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
def standing():
    """Give the one machine of all tests: frozen (`READY`) while it recorded two cameras from slot A.

    It is kept from one run to the next as long as the image, the machine's devices and the cameras' port are the same.
    """
    place = BUILT / "standing"
    place.mkdir(exist_ok=True)
    kept, bench = place / "kept", Bench(place)
    port = bench.kept_at(kept)
    words = ("--cameras", "2", "--main", "320x180", "--main-kbps", "100", "--main-fps", "5", "--port", str(port))
    with simulated(*words, "--sub", "160x90", "--sub-fps", "2", "--sub-kbps", "30") as there:
        try:
            if not port:
                begin(bench, there)
                bench.freeze(READY)
                bench.keep_at(kept, there)
            yield bench
        finally:
            bench.kill()


def begin(bench, port):
    """Have it record the cameras of a port of the host."""
    bench.make_new()
    bench.switch_on()
    bench.stands(lambda told: told["version"])
    for number, channel in enumerate(CHANNELS, 1):
        url = f"rtsp://{HOST}:{port}/cam{number}"
        streams = ("--url", f"{url}/main", "--sub-url", f"{url}/sub")
        status, said = bench.ask("channel", "add", "--name", channel, *streams)
        assert status == 0, said
    bench.until("bay", "list", wanted=lambda told: "NJ-footage" in told)
    status, said = bench.ask("bay", "prepare", "1", "--serial", "NJ-footage", "--name", "disk1")
    assert status == 0, said
    bench.recording(len(CHANNELS))
