"""The image boots by firmware and boot loader: everything runs as it should, nothing is open but what is told."""

import json
import re
import ssl
import urllib.request
from pathlib import Path

from tests.image.machine import PATIENCE_S
from tests.image.test_units import CONFINED, EXPOSED, RUNNING

PORTS = Path(__file__).parents[2] / "docs" / "reference" / "ports.md"
ROOTS = {"nightjar-hal-admin.service", "nightjar-pam.service"}


def test_systemd_is_content(recorder):
    """No unit failed, none waits for itself, and all of it is up."""
    state = recorder.shell.poll(
        "systemctl is-system-running; systemctl --failed --no-legend --plain",
        until=lambda told: told.split("\n")[0] in {"running", "degraded"},
        timeout_s=PATIENCE_S,
    )
    assert state.strip() == "running", state + recorder.why()
    log = recorder.run("journalctl -b --no-pager -o cat | grep -E 'Reached target|ordering cycle|deleted to break'")
    assert [line for line in log.splitlines() if not line.startswith("Reached target")] == []


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


def properties(recorder, *names):
    """The properties of all our processes' units, by unit."""
    told = recorder.run("systemctl", "show", "-p", ",".join(("Id", *names)), *RUNNING)
    each = [dict(line.split("=", 1) for line in part.splitlines()) for part in told.strip().split("\n\n")]
    return {one["Id"]: one for one in each}


def log_of(recorder, unit):
    return recorder.run(f"journalctl -b --no-pager -u {unit} -n 40", check=False)


def test_each_process_runs_as_its_own_user_and_is_watched(recorder):
    units = properties(recorder, "MainPID", "ActiveState", "NRestarts", "WatchdogUSec")
    assert units.keys() == set(RUNNING)
    pids = ",".join(unit["MainPID"] for unit in units.values())
    by_process = dict(line.split() for line in recorder.run(f"ps -o pid=,user:32= -p {pids}").splitlines())
    users = {}
    for name, unit in units.items():
        assert unit["ActiveState"] == "active", log_of(recorder, name)
        assert unit["NRestarts"] == "0", log_of(recorder, name)
        assert unit["WatchdogUSec"] == "30s"
        users[name] = by_process[unit["MainPID"]]
    assert {one for one, user in users.items() if user == "root"} == ROOTS
    others = [user for user in users.values() if user != "root"]
    assert len(set(others)) == len(others)


def test_what_hal_drives_is_its_groups(recorder):
    """A light of a keyboard stands for those of a case."""
    light = recorder.run("ls -d /sys/class/leds/*").split()[0]
    given = ["/dev/rtc0", "/dev/ttyS1", f"{light}/brightness", f"{light}/trigger"]
    assert recorder.run(f"stat -c %G {' '.join(given)}").split() == ["nightjar-hal"] * len(given)


def test_each_service_is_confined_as_it_runs_here(recorder):
    """By systemd's own judgement of the units as they are loaded, with all that the packages bring along."""
    told = recorder.run("systemd-analyze security --no-pager", timeout_s=PATIENCE_S)
    found = {
        name: float(figure) for name, figure in re.findall(r"^(nightjar-\S+\.service)\s+([\d.]+)", told, re.MULTILINE)
    }
    assert found.keys() >= set(RUNNING)
    processes = found.keys() - {"nightjar-firewall.service"}
    assert {name: found[name] for name in processes if found[name] > EXPOSED.get(name, CONFINED)} == {}


def documented():
    """The ports that docs/reference/ports.md names, with when they are open."""
    rows = re.findall(r"^\| (tcp|udp) (\d+) \| ([^|]+?) \|", PORTS.read_text(encoding="utf-8"), re.MULTILINE)
    return {f"{kind} {port}": when for kind, port, when in rows}


def test_what_listens_is_what_is_documented(recorder):
    found = set()
    for line in recorder.run("ss -tulnH").splitlines():
        kind, _state, _in, _out, local, *_rest = line.split()
        address, _, port = local.rpartition(":")
        if not address.split("%")[0].startswith(("127.", "[::1]")):
            found.add(f"{kind} {port}")
    told = documented()
    assert {one for one, when in told.items() if when == "always"} <= found
    # What an owner switches on, nobody has here.
    assert found <= {one for one, when in told.items() if "switched on" not in when}
    rules = recorder.run("nft list chain inet nightjar input")
    assert "policy drop" in rules


def test_a_browser_on_the_network_is_answered(recorder):
    """Through the network card, the firewall and TLS, from the host."""
    trusting = ssl.create_default_context()
    trusting.check_hostname, trusting.verify_mode = False, ssl.CERT_NONE
    asked = f"https://127.0.0.1:{recorder.web_port}/"
    with urllib.request.urlopen(asked, context=trusting, timeout=PATIENCE_S) as answer:
        assert b"Nightjar" in answer.read()


def test_the_machine_itself_is_watched_by_its_hardware(recorder):
    assert recorder.run("systemctl show -p RuntimeWatchdogUSec --value").strip() == "1min"
    place = recorder.run("grep -l i6300ESB /sys/class/watchdog/*/identity").strip().removesuffix("/identity")
    assert recorder.run(f"cat {place}/state").strip() == "active"
    assert recorder.run(f"cat {place}/timeout").strip() == "60"
    # Fed: it would have ended this start by now.
    recorder.shell.poll("cut -d. -f1 /proc/uptime", until=lambda told: int(told) > 70, timeout_s=PATIENCE_S)


def test_its_console_says_what_it_is_and_no_warning(recorder):
    told = recorder.console.decode(errors="replace")
    assert re.search(r"^Nightjar \d\S* nightjar ttyS0", told, re.MULTILINE), told[-2000:]
    assert "Debian" not in told
    assert "This is a development build" in told
    log = recorder.run("journalctl -b --no-pager -o cat -p warning")
    assert "/etc/default/locale" not in log
