"""The image boots by firmware and boot loader, runs every process, records, and is whole after a power cut."""

import json
import re
import subprocess
import sys

import pytest

from tests.guest.disk import Disk
from tests.guest.shell import Failed
from tests.image.machine import BUILT
from tests.image.test_units import RUNNING

DISK_BYTES = 2 << 30
LISTENS = {
    "udp 68": "the address that was asked for",
    "udp 123": "time for the cameras; the firewall lets nobody else ask",
    "tcp 443": "browsers",
}
"""What listens beyond this machine itself (docs/guide/install.md)."""
WAIT_S = 900.0


@pytest.fixture(scope="module")
def cameras():
    """Simulated cameras on the host, as the recorder's network sees them."""
    words = ("--port", "0", "--cameras", "4", "--main", "640x360", "--main-kbps", "400", "--main-fps", "5")
    small = ("--sub", "320x180", "--sub-fps", "5", "--sub-kbps", "100", "--loop", "10")
    started = [sys.executable, "-m", "recorder.simulate", *words, *small]
    process = subprocess.Popen(started, stdout=subprocess.PIPE, text=True)
    assert process.stdout
    ready = next(line for line in process.stdout if line.startswith("ready"))
    yield int(ready.split()[1])
    process.terminate()
    process.wait(30)


def test_systemd_is_content(recorder):
    """No unit failed, none waits for itself, and all of it is up."""
    state = recorder.shell.poll(
        "systemctl is-system-running --wait; systemctl --failed --no-legend --plain",
        until=lambda told: told.split("\n")[0] in {"running", "degraded"},
        timeout_s=WAIT_S,
    )
    assert state.strip() == "running", state + why(recorder)
    said = recorder.run(
        "journalctl -b --no-pager -o cat -p warning | grep -iE 'ordering cycle|deleted to break' || true"
    )
    assert said == ""


def why(recorder):
    return recorder.run("journalctl -b --no-pager -p err -n 60", check=False)


def test_the_root_is_proved_and_never_written(recorder):
    found = json.loads(recorder.run("findmnt --json -o SOURCE,FSTYPE,OPTIONS /"))["filesystems"][0]
    assert found["fstype"] == "erofs"
    assert "ro" in found["options"].split(",")
    table = recorder.run("dmsetup table system")
    assert re.match(r"0 \d+ verity 1 .* sha256 [0-9a-f]{64} [0-9a-f]{64} 1 restart_on_corruption", table), table
    assert "rauc.slot=A" in recorder.run("cat /proc/cmdline")


def test_the_last_partition_grew_to_the_end_of_the_disk(recorder):
    size = int(recorder.run("findmnt --noheadings --bytes -o SIZE /var"))
    assert size > 2 << 30


def test_each_process_runs_as_its_own_user_and_is_watched(recorder):
    users = {}
    for one in RUNNING:
        told = recorder.run(f"systemctl show -p MainPID,ActiveState,NRestarts,WatchdogUSec --value {one}").split()
        assert "active" in told, (one, told, recorder.run(f"journalctl -b --no-pager -u {one} -n 40", check=False))
        pid = recorder.run(f"systemctl show -p MainPID --value {one}").strip()
        users[one] = recorder.run(f"ps -o user:32= -p {pid}").strip()
        restarts = recorder.run(f"systemctl show -p NRestarts --value {one}").strip()
        assert restarts == "0", (one, recorder.run(f"journalctl -b --no-pager -u {one} -n 40", check=False))
    roots = {one for one, user in users.items() if user == "root"}
    assert roots == {"nightjar-hal-admin.service", "nightjar-pam.service"}
    others = [user for user in users.values() if user != "root"]
    assert len(set(others)) == len(others)


def test_what_hal_drives_is_its_groups(recorder):
    """A light of a keyboard stands for those of a case; a timer gives it files that it had not before."""
    lights = recorder.run("ls -d /sys/class/leds/*").split()
    recorder.run(f"echo timer >{lights[0]}/trigger && udevadm settle")
    given = ["/dev/rtc0", "/dev/ttyS1", *(f"{lights[0]}/{one}" for one in ("brightness", "trigger", "delay_on"))]
    assert recorder.run(f"stat -c %G {' '.join(given)}").split() == ["nightjar-hal"] * len(given)
    recorder.run(f"echo none >{lights[0]}/trigger")


def test_what_listens_is_what_is_documented(recorder):
    found = set()
    for line in recorder.run("ss -tulnH").splitlines():
        kind, _state, _in, _out, local, *_rest = line.split()
        address, _, port = local.rpartition(":")
        if not address.startswith(("127.", "[::1]")):
            found.add(f"{kind} {port}")
    assert found <= LISTENS.keys()
    assert "tcp 443" in found
    rules = recorder.run("nft list chain inet nightjar input")
    assert "policy drop" in rules


def test_cameras_are_recorded_to_a_disk_that_was_plugged_in(recorder, cameras):
    disk = recorder.disk("footage", DISK_BYTES)
    disk.plug()
    for number in range(1, 5):
        url = f"rtsp://10.0.2.2:{cameras}/cam{number}"
        streams = ("--url", f"{url}/main", "--sub-url", f"{url}/sub")
        recorder.nightjar("channel", "add", "--name", f"Camera {number}", *streams)
    recorder.shell.poll("nightjar bay list", until=lambda told: "NJ-footage" in told, timeout_s=WAIT_S)
    recorder.nightjar("bay", "prepare", "1", "--serial", "NJ-footage", "--name", "disk1", timeout_s=WAIT_S)
    recorder.shell.poll("nightjar spans --channel 1", until=lambda told: bool(told.strip()), timeout_s=WAIT_S)
    recorder.nightjar("screenshot", "/tmp/wall.png")
    BUILT.joinpath("wall.png").write_bytes(recorder.shell.read("/tmp/wall.png"))


def test_after_a_power_cut_it_records_again_and_the_footage_is_whole(recorder):
    before = recorder.nightjar("spans", "--channel", "1", "--json")
    path = recorder.place / "footage.disk"
    recorder.kill()
    recorder.start()
    disk = Disk(recorder, "footage", DISK_BYTES, path=path)
    disk.plug()

    def longer(told):
        return bool(told.strip()) and json.loads(told) != json.loads(before)

    try:
        recorder.shell.poll("nightjar spans --channel 1 --json", until=longer, timeout_s=WAIT_S)
    except Failed:
        print(why(recorder))
        raise
    told = recorder.nightjar("store", "check", "disk1")
    assert "damaged" not in told or "0 damaged" in told
