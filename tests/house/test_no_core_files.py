"""No service of the firmware leaves its memory on a disk when it crashes: keys and passwords are in it (attack 38)."""

import re
from pathlib import Path

import pytest

UNITS = Path(__file__).parents[2] / "rootfs" / "usr" / "lib" / "systemd" / "system"
WITHOUT_SECRETS = {"nightjar-firewall.service"}
"""nft with a file of rules, once a start: neither key nor password is ever in its memory."""
SERVICES = sorted({one.name for one in UNITS.glob("nightjar-*.service")} - WITHOUT_SECRETS)


def settings(units, service, name):
    """Give the values that systemd reads for a setting of a service, as systemd.unit(5) merges its drop-ins."""
    stem = service.removesuffix(".service")
    places = [f"{stem[: n + 1]}.service.d" for n, letter in enumerate(stem) if letter == "-"]
    drop_ins = {}
    # The more special folder comes last and takes the place of files of the same name.
    for place in ["service.d", *places, f"{service}.d"]:
        drop_ins |= {one.name: one for one in sorted((units / place).glob("*.conf"))}
    texts = [(units / service).read_text(), *(drop_ins[one].read_text() for one in sorted(drop_ins))]
    return [one for text in texts for one in re.findall(rf"^{name}=(.*)$", text, re.MULTILINE)]


@pytest.mark.parametrize("service", SERVICES)
def test_a_service_that_crashes_leaves_no_core_file(service):
    assert settings(UNITS, service, "LimitCORE")[-1:] == ["0"]


def test_a_service_without_the_limit_is_found(tmp_path):
    for name, text in {
        "nightjar-a.service": "[Service]\n",
        "nightjar-.service.d/10-sandbox.conf": "[Service]\nLimitCORE=0\n",
        "nightjar-b.service": "[Service]\n",
        "nightjar-b.service.d/10-sandbox.conf": "[Service]\n",
    }.items():
        (tmp_path / name).parent.mkdir(exist_ok=True)
        (tmp_path / name).write_text(text)
    assert settings(tmp_path, "nightjar-a.service", "LimitCORE") == ["0"]
    assert settings(tmp_path, "nightjar-b.service", "LimitCORE") == []
