"""What every test may lean on: independent peers, and marks that say which promise is kept."""

import os
import shutil
import subprocess
from pathlib import Path

import pytest
from hypothesis import HealthCheck, settings

# On a loaded machine time says nothing about a test.
settings.register_profile("loaded", deadline=None, suppress_health_check=[HealthCheck.too_slow])
settings.load_profile("loaded")

PEERS = {
    "cc": lambda: shutil.which("cc") and Path("/usr/include/linux/gpio.h").exists(),
    "curl": lambda: shutil.which("curl"),
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
    "networkd": lambda: Path("/lib/systemd/systemd-networkd").exists(),
    "nut": lambda: all(Path("/lib/nut", program).exists() for program in ("upsd", "dummy-ups")),
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


def pytest_runtest_setup(item: pytest.Item) -> None:
    for mark in item.iter_markers("peer"):
        for name in mark.args:
            if PEERS[name]():
                continue
            if os.environ.get(PEERS_VARIABLE) == "required":
                pytest.fail(f"{name} is not installed, and {PEERS_VARIABLE}=required", pytrace=False)
            pytest.skip(f"{name} is not installed; .ci/run installs it")
