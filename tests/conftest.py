"""What every test may lean on: independent peers, and marks that say which promise is kept."""

import gc
import os
import shutil
import subprocess
from contextlib import closing
from itertools import groupby
from pathlib import Path

import pytest
from hypothesis import HealthCheck, settings

# On a loaded machine time says nothing about a test.
settings.register_profile("loaded", deadline=None, suppress_health_check=[HealthCheck.too_slow])
settings.load_profile("loaded")

IMAGE_PROGRAMS = (
    *("mkfs.erofs", "veritysetup", "mke2fs", "mkfs.vfat", "mcopy", "sfdisk", "grub-mkimage", "grub-script-check"),
    *("rauc", "mksquashfs", "openssl", "busybox"),
)
PEERS = {
    "aplay": lambda: shutil.which("aplay"),
    "cc": lambda: shutil.which("cc") and Path("/usr/include/linux/gpio.h").exists(),
    "chronyd": lambda: shutil.which("chronyd", path=os.environ.get("PATH", "") + ":/usr/sbin"),
    "curl": lambda: shutil.which("curl"),
    "wqy font": lambda: any(Path("/usr/share/fonts").rglob("wqy-microhei*")),
    "ffmpeg": lambda: shutil.which("ffmpeg") and shutil.which("ffprobe"),
    "gstreamer": lambda: shutil.which("gst-launch-1.0"),
    "gst-rtsp-server": lambda: any(Path("/usr/lib").glob("*/girepository-1.0/GstRtspServer-1.0.typelib")),
    "mosquitto": lambda: (
        shutil.which("mosquitto", path=os.environ.get("PATH", "") + ":/usr/sbin") and shutil.which("mosquitto_sub")
    ),
    "namespaces": lambda: (
        all(map(shutil.which, ("ip", "bridge", "dnsmasq", "dhcp_release", "arping", "busybox")))
        and not subprocess.run(["unshare", "-Urn", "true"], capture_output=True, check=False).returncode
    ),
    "ping": lambda: shutil.which("ping"),
    "networkd": lambda: Path("/lib/systemd/systemd-networkd").exists(),
    "nut": lambda: all(Path("/lib/nut", program).exists() for program in ("upsd", "dummy-ups")),
    "libdrm": lambda: shutil.which("cc") and Path("/usr/include/libdrm/drm_mode.h").exists(),
    "image programs": lambda: all(
        shutil.which(one, path=os.environ.get("PATH", "") + ":/usr/sbin") for one in IMAGE_PROGRAMS
    ),
    "libmodbus": lambda: shutil.which("cc") and Path("/usr/include/modbus/modbus.h").exists(),
    "pam_wrapper": lambda: (
        any(Path("/usr/lib").glob("*/libpam_wrapper.so")) and any(Path("/usr/lib").glob("*/libnss_wrapper.so"))
    ),
    "rauc": lambda: all(map(shutil.which, ("rauc", "mksquashfs", "openssl", "faketime"))),
    "rclone": lambda: shutil.which("rclone"),
    "rsyslogd": lambda: (
        shutil.which("rsyslogd", path=os.environ.get("PATH", "") + ":/usr/sbin")
        and any(Path("/usr/lib").glob("*/rsyslog/lmnsd_gtls.so"))
    ),
    "snmpd": lambda: shutil.which("snmpd", path=os.environ.get("PATH", "") + ":/usr/sbin"),
    "grub-editenv": lambda: shutil.which("grub-editenv"),
    "dbus-daemon": lambda: shutil.which("dbus-daemon"),
    "systemd-analyze": lambda: shutil.which("systemd-analyze"),
    "snmptrapd": lambda: shutil.which("snmptrapd", path=os.environ.get("PATH", "") + ":/usr/sbin"),
    "vtest": lambda: any(Path("/usr/share/doc/opencv-doc").rglob("vtest.avi")),
    "chromium": lambda: shutil.which("chromium") and shutil.which("chromedriver"),
    "firefox": lambda: shutil.which("firefox-esr"),
    "xvfb": lambda: shutil.which("Xvfb"),
}
# Where this says "required", a missing peer fails its tests instead of skipping them.
PEERS_VARIABLE = "NIGHTJAR_PEERS"


@pytest.fixture(scope="session")
def anyio_backend():
    return "asyncio"


@pytest.fixture
def modbus(tmp_path):
    """An alarm box by Modbus TCP that is not ours."""
    from tests.peers.modbus_server import ModbusBox

    place = tmp_path / "modbus"
    place.mkdir()
    with closing(ModbusBox(place, "tcp")) as box:
        yield box


def pytest_runtest_setup(item: pytest.Item) -> None:
    for mark in item.iter_markers("peer"):
        for name in mark.args:
            if PEERS[name]():
                continue
            if os.environ.get(PEERS_VARIABLE) == "required":
                pytest.fail(f"{name} is not installed, and {PEERS_VARIABLE}=required", pytrace=False)
            pytest.skip(f"{name} is not installed; .ci/run installs it")


@pytest.hookimpl(wrapper=True)
def pytest_collection():
    """Keep the collector of garbage from what is imported and collected: none of it is any, and it stays to the end."""
    gc.disable()
    try:
        return (yield)
    finally:
        gc.freeze()
        gc.enable()


# Files that take long are begun in this first part of a run, so that nobody waits for one at the end.
EARLY = 0.8


def pytest_collection_modifyitems(config: pytest.Config, items: list[pytest.Item]) -> None:
    """Deal the files that take long out over the others. Workers take the next file of one queue (`loadfile`), so that
    what a file sets up is set up once; whole recorders that run at once wait for each other."""
    if not hasattr(config, "workerinput"):
        return
    files = [list(tests) for _path, tests in groupby(items, lambda one: one.path)]
    whole = [tests for tests in files if tests[0].path.parent.name == "end_to_end"]
    long = [tests for tests in files if tests[0].get_closest_marker("long") and tests not in whole]
    short = [tests for tests in files if tests not in whole and tests not in long]
    # Where each is wanted, as a share of the others.
    wanted = [(EARLY * nth / len(kind), tests) for kind in (whole, long) for nth, tests in enumerate(kind)]
    wanted.sort(key=lambda one: one[0], reverse=True)
    count, dealt = sum(map(len, short)), 0
    items.clear()
    for tests in short:
        while wanted and dealt >= wanted[-1][0] * count:
            items += wanted.pop()[1]
        items += tests
        dealt += len(tests)
    for _share, tests in reversed(wanted):
        items += tests
