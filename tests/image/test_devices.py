"""What hal drives is its group's on the target, since hal is not root there."""

import os
import re
import subprocess
from pathlib import Path

import pytest

from tests.image.test_units import ROOTFS, settings

RULES = [
    line
    for path in sorted((ROOTFS / "usr/lib/udev/rules.d").glob("*.rules"))
    for line in path.read_text().splitlines()
    if not line.startswith("#")
]
GIVE = ROOTFS / "usr/lib/nightjar/for-hal"
MATCHED = {
    "char-gpiochip": 'SUBSYSTEM=="gpio"',
    "char-i2c": 'SUBSYSTEM=="i2c-dev"',
    "char-input": 'TAG+="nightjar-keys"',
    "char-rtc": 'SUBSYSTEM=="rtc"',
    "char-ttyS": "ttyS[0-9]*",
    "char-ttyAMA": "ttyAMA[0-9]*",
    "char-ttyUSB": "ttyUSB[0-9]*",
    "char-ttyACM": "ttyACM[0-9]*",
}
"""What its unit lets it open, and the rule that gives it that."""
OTHERWISE = {"char-alsa": "audio"}
"""The group that has it on every system."""


def test_whatever_hal_may_open_is_its_groups():
    allowed = {one.split()[0] for one in settings("nightjar-hal.service")["DeviceAllow"]}
    assert allowed == MATCHED.keys() | OTHERWISE.keys()
    for device, words in MATCHED.items():
        assert [one for one in RULES if words in one and 'GROUP="nightjar-hal"' in one], device
    told = (ROOTFS / "usr/lib/sysusers.d/nightjar.conf").read_text().splitlines()
    assert {f"m nightjar-hal {group}" for group in OTHERWISE.values()} <= set(told)


def test_no_device_is_anybodys():
    for mode in re.findall(r'MODE="0(\d+)"', "\n".join(RULES)):
        assert mode[-1] == "0", mode


@pytest.fixture
def give(tmp_path):
    """Run the script as udev does, on a device in a folder; gives what chgrp was asked."""
    programs = tmp_path / "bin"
    programs.mkdir()
    (programs / "chgrp").write_text(f'#!/bin/sh\nprintf "%s\\n" "$*" >>{tmp_path}/asked\n')
    (programs / "chgrp").chmod(0o755)

    def run(device, *patterns):
        (tmp_path / "asked").write_text("")
        path = f"{programs}:{os.environ['PATH']}"
        environment = {"PATH": path, "DEVPATH": f"/..{device}"}
        subprocess.run([str(GIVE), *patterns], env=environment, check=True, timeout=60)
        return (tmp_path / "asked").read_text().splitlines()

    return run


def test_a_device_with_a_hostile_name_gives_away_its_own_files_and_nothing_else(give, tmp_path):
    device = tmp_path / "leds/$(touch gone) ; x"
    device.mkdir(parents=True)
    for name in ("brightness", "trigger", "power"):
        (device / name).write_text("0")
        (device / name).chmod(0o644)
    (device / "delay_on").symlink_to(tmp_path / "secret")
    (tmp_path / "secret").write_text("")
    asked = give(device, "brightness", "trigger", "delay_on", "delay_off")
    assert asked == ["nightjar-hal ./brightness", "nightjar-hal ./trigger"]
    assert [(device / one).stat().st_mode & 0o777 for one in ("brightness", "power")] == [0o664, 0o644]
    assert not list(tmp_path.rglob("gone"))


def test_of_a_chip_the_fans_are_given_and_no_reading(give, tmp_path):
    device = tmp_path / "hwmon0"
    device.mkdir()
    for name in ("pwm1", "pwm1_enable", "pwm1_auto_point1_pwm", "pwm12", "temp1_input", "temp1_max"):
        (device / name).write_text("0")
    (rule,) = (one for one in RULES if 'SUBSYSTEM=="hwmon"' in one)
    patterns = re.search(r'RUN\+="\S+/for-hal ([^"]+)"', rule)[1].split()
    asked = give(device, *patterns)
    assert sorted(asked) == [f"nightjar-hal ./{one}" for one in ("pwm1", "pwm12", "pwm1_enable")]
    assert Path(re.search(r'RUN\+="(\S+)', rule)[1]) == Path("/") / GIVE.relative_to(ROOTFS)


def test_a_device_that_is_gone_again_is_no_failure(give, tmp_path):
    assert give(tmp_path / "gone", "brightness") == []
