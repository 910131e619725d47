"""systemd itself reads our units: they are right, and their services are confined."""

import configparser
import os
import re
import subprocess
from pathlib import Path

import pytest

from hal.board import read_board_file
from recorder.supervisor.house import FIRST, THEN

ROOTFS = Path(__file__).parents[2] / "rootfs"
UNITS = ROOTFS / "usr" / "lib" / "systemd" / "system"
SERVICES = sorted(one.name for one in UNITS.glob("nightjar-*.service"))
CONFINED = 3.0
"""Of 10; what systemd-analyze(1) calls OK begins at 3."""
ONCE = {"nightjar-firewall.service", "nightjar-camera-net.service", "nightjar-remote.service"}
"""Not processes of the recorder: what is done once a start."""
UNWATCHED = ONCE | {"nightjar-cameras.service"}
"""dnsmasq says to no watchdog that it is alive."""
ON_DEMAND = {"rtsp"}
"""Started by hal-admin while an owner wants them (recorder.control.doors)."""
BESIDE = {"camera-net", "cameras", "remote"}
"""What a laptop has no use for: it has no ports of its own for cameras, and no receiver of a board's."""
RUNNING = tuple(one for one in SERVICES if one not in UNWATCHED | {f"nightjar-{one}.service" for one in ON_DEMAND})
"""The processes of a recorder whose owner switched nothing on."""
EXPOSED = {"nightjar-hal-admin.service": 5.5}
"""Mounts disks for everybody and configures the network: docs/design/image.md says why."""
pytestmark = pytest.mark.peer("systemd-analyze")


def analyze(*words, **environment):
    done = subprocess.run(
        ["systemd-analyze", *words],
        check=False,
        capture_output=True,
        text=True,
        timeout=300,
        env=os.environ | {"SYSTEMD_LOG_LEVEL": "warning", "LC_ALL": "C.UTF-8"} | environment,
    )
    return done.returncode, done.stdout + done.stderr


def test_every_process_of_the_house_is_a_service_that_the_target_starts():
    ours = {one.removeprefix("nightjar-").removesuffix(".service") for one in SERVICES}
    # The front panel is a picture of one, for a laptop; PAM's helper is there with root alone.
    house = {*FIRST, *THEN, "pam"} - {"panel"}
    assert house | ON_DEMAND | BESIDE == ours - {"firewall"}
    started = {one.name for one in (UNITS / "nightjar.target.wants").iterdir()}
    assert started == {f"nightjar-{one}.service" for one in house | BESIDE}


def test_systemd_finds_nothing_wrong_with_the_units(tmp_path):
    # It wants the programs of units to be there: here they are not, so each is the one that always is.
    for one in UNITS.rglob("*"):
        place = tmp_path / one.relative_to(UNITS)
        place.parent.mkdir(parents=True, exist_ok=True)
        if one.is_symlink():
            place.symlink_to(one.readlink())
        elif one.is_file():
            place.write_text(re.sub(r"^Exec(\w+)=\S+", r"Exec\1=/bin/true", one.read_text(), flags=re.MULTILINE))
    ours = [*SERVICES, "nightjar.target", "var-lib-nightjar-run.mount", "var-lib-nightjar-config.mount"]
    status, said = analyze("verify", "--man=no", "--recursive-errors=no", *ours, SYSTEMD_UNIT_PATH=f"{tmp_path}:")
    assert (status, said) == (0, "")


@pytest.mark.parametrize("service", [one for one in SERVICES if one not in EXPOSED and "firewall" not in one])
def test_a_service_is_confined(service):
    assert exposure(service) <= CONFINED


@pytest.mark.parametrize(("service", "most"), EXPOSED.items())
def test_what_needs_more_is_no_more_exposed_than_is_told(service, most):
    assert CONFINED < exposure(service) <= most


def exposure(service):
    _status, said = analyze("security", "--offline=true", f"--root={ROOTFS}", "--no-pager", service)
    found = re.search(r"Overall exposure level for \S+: ([\d.]+)", said)
    assert found, said
    return float(found[1])


def settings(service):
    """All lines of a unit with those that are laid over it, later ones behind."""
    found: dict[str, list[str]] = {}
    own, common = UNITS / f"{service}.d", UNITS / "nightjar-.service.d"
    laid = {one.name: one for folder in (common, own) if folder.is_dir() for one in folder.iterdir()}
    for path in (UNITS / service, *(laid[name] for name in sorted(laid))):
        for line in path.read_text().splitlines():
            name, equals, value = line.partition("=")
            if equals and not line.startswith("#"):
                found.setdefault(name, []).append(value)
    return found


@pytest.mark.parametrize("service", [one for one in SERVICES if one not in UNWATCHED])
def test_every_process_is_watched_bounded_and_started_again(service):
    told = settings(service)
    assert told["Type"][-1] == "notify"
    assert int(told["WatchdogSec"][-1]) <= 60
    assert told["Restart"][-1] == "always"
    assert told["StartLimitIntervalSec"][-1] == "0"
    assert re.fullmatch(r"\d+M", told["MemoryMax"][-1])


@pytest.mark.parametrize("service", [one for one in SERVICES if one not in UNWATCHED])
def test_a_start_beside_all_others_on_a_slow_machine_is_not_broken_off(service):
    """One that is ended begins anew, beside others that do: seen in an emulated machine, where none ever came up."""
    assert int(settings(service)["TimeoutStartSec"][-1]) >= 600


def test_each_has_a_user_of_its_own_and_every_user_a_fixed_number():
    users = [settings(one)["User"][-1] for one in SERVICES if "User" in settings(one)]
    assert len(users) == len(set(users))
    told = (ROOTFS / "usr/lib/sysusers.d/nightjar.conf").read_text()
    numbers = dict(re.findall(r"^u (\S+) (\d+):\d+ ", told, re.MULTILINE))
    assert set(users) <= numbers.keys()
    assert len(set(numbers.values())) == len(numbers)


def test_hal_alone_may_test_addresses_by_echo_requests():
    """systemd's own file lets everybody; the last one by name holds (sysctl.d(5))."""
    told = (ROOTFS / "usr/lib/sysusers.d/nightjar.conf").read_text()
    (number,) = re.findall(r"^g nightjar-hal (\d+)$", told, re.MULTILINE)
    kernel = (ROOTFS / "usr/lib/sysctl.d/50-nightjar.conf").read_text().splitlines()
    assert f"net.ipv4.ping_group_range = {number} {number}" in kernel
    hal = settings("nightjar-hal.service")
    assert {"AF_INET", "AF_INET6"} <= set(hal["RestrictAddressFamilies"][-1].split())
    assert "Group" not in hal


def test_those_without_a_user_need_root_and_are_those_we_know():
    without = {one for one in SERVICES if "User" not in settings(one)}
    assert without == ONCE | {"nightjar-hal-admin.service", "nightjar-pam.service"}
    assert settings("nightjar-camera-net.service")["CapabilityBoundingSet"] == [""], (
        "it owns files, and may nothing else"
    )


def test_what_runs_once_is_given_the_time_that_a_busy_start_takes():
    """It would be killed halfway, and what waits for it would not start: who records takes the machine first."""
    for service in ONCE - {"nightjar-firewall.service"}:
        assert settings(service)["TimeoutStartSec"][-1] == "infinity", service


def test_dnsmasq_is_bounded_and_started_again_though_nobody_watches_it():
    told = settings("nightjar-cameras.service")
    assert told["Restart"] == ["always"]
    assert told["User"] == ["nightjar-cameras"]
    assert re.fullmatch(r"\d+M", told["MemoryMax"][-1])


def test_the_web_server_and_control_share_its_certificate_with_nobody():
    folders = (ROOTFS / "usr/lib/tmpfiles.d/nightjar.conf").read_text().split("\n")
    assert ["d", "/config/web", "3770", "root", "nightjar-certificate"] in [one.split() for one in folders]
    users = (ROOTFS / "usr/lib/sysusers.d/nightjar.conf").read_text().split("\n")
    members = {one.split()[1] for one in users if one.startswith("m ") and one.endswith(" nightjar-certificate")}
    assert members == {"nightjar-web", "nightjar-control"}
    assert any("STATE_DIRECTORY=/config/web" in one for one in settings("nightjar-web.service")["Environment"])
    control = settings("nightjar-control.service")
    assert any("NIGHTJAR_CERTIFICATE=/config/web" in one for one in control["Environment"])
    assert "/config/web" in control["ReadWritePaths"][-1].split()


def test_hal_says_which_camera_sits_where_and_dnsmasq_hears_it():
    folders = (ROOTFS / "usr/lib/tmpfiles.d/nightjar.conf").read_text().split("\n")
    assert ["d", "/config/cameras", "2750", "nightjar-hal", "nightjar-cameras"] in [one.split() for one in folders]
    assert "m nightjar-hal nightjar-cameras" in (ROOTFS / "usr/lib/sysusers.d/nightjar.conf").read_text().split("\n")
    _described, entries = read_board_file(ROOTFS.parent / "board/nvr8-poe/board.toml")
    (net,) = (one.options for one in entries if one.kind == "camera_net")
    assert net["hosts"] == "/config/cameras"
    assert net["hosts"] in settings("nightjar-hal.service")["ReadWritePaths"][-1].split()
    assert net["leases"] == f"/var/lib/{settings('nightjar-cameras.service')['StateDirectory'][-1]}/leases"


def test_only_the_web_server_and_what_calls_cameras_and_devices_has_a_network():
    apart = {one for one in SERVICES if settings(one).get("PrivateNetwork") == ["yes"]}
    assert apart == {f"nightjar-{one}.service" for one in ("camera-net", "decode", "detect", "gui", "reader", "remote")}


def test_the_time_service_is_told_all_that_the_units_of_both_images_differ_in():
    told = (UNITS / "chrony.service.d/50-nightjar.conf").read_text().splitlines()
    start = [line for line in told if line.startswith("ExecStart=")]
    assert start[0] == "ExecStart=", "what the package says is not run, too"
    words = start[1].split()
    assert {"-n", "-s"} <= set(words)
    assert words[words.index("-f") + 1] == "/etc/chrony/chrony.conf"
    assert {"Type=simple", "PIDFile=", "Restart=always"} <= set(told)


def test_no_console_has_a_login_in_what_is_shipped():
    masked = {one.name for one in (ROOTFS / "etc/systemd/system").iterdir() if one.readlink() == Path("/dev/null")}
    assert {"getty@.service", "serial-getty@.service", "console-getty.service"} <= masked


def test_no_keys_of_a_keyboard_or_of_a_stick_that_says_it_is_one_end_the_recording():
    """The kernel and systemd hear them until the screen has grabbed the keyboard, and the screen is locked."""
    kernel = (ROOTFS / "usr/lib/sysctl.d/50-nightjar.conf").read_text().splitlines()
    assert "kernel.sysrq = 0" in kernel
    assert (ROOTFS / "etc/systemd/system/ctrl-alt-del.target").readlink() == Path("/dev/null")
    manager = (ROOTFS / "usr/lib/systemd/system.conf.d/50-nightjar.conf").read_text().splitlines()
    assert "CtrlAltDelBurstAction=none" in manager
    login = (ROOTFS / "usr/lib/systemd/logind.conf.d/50-nightjar.conf").read_text().splitlines()
    assert "NAutoVTs=0" in login
    # All that logind.conf(5) does by itself when a key or a switch says so; it hears every keyboard.
    keys = {f"Handle{one}Key{how}" for one in ("Power", "Reboot", "Suspend", "Hibernate") for how in ("", "LongPress")}
    keys |= {f"HandleLidSwitch{one}" for one in ("", "ExternalPower", "Docked")}
    assert {f"{one}=ignore" for one in keys} <= set(login)
    sleep = (ROOTFS / "usr/lib/systemd/sleep.conf.d/50-nightjar.conf").read_text().splitlines()
    ways = ("Suspend", "Hibernation", "SuspendThenHibernate", "HybridSleep")
    assert {f"Allow{one}=no" for one in ways} <= set(sleep)


def test_what_is_open_at_the_start_is_what_is_documented():
    told = (ROOTFS / "usr/lib/nightjar/firewall.nft").read_text()
    assert "policy drop" in told
    opened = [line.strip() for line in told.splitlines() if "dport" in line]
    assert opened == [
        "udp dport 68 accept",
        "ip6 saddr fe80::/10 udp sport 547 udp dport 546 accept # asked of a group: no answer to the kernel",
        'iifname "br-cameras" udp dport { 67, 123 } accept',
        "tcp dport 443 accept",
    ]
    assert "chain opened {\n\t}" in told, "what is switched on is added by hal-admin alone"


def test_the_log_is_bounded():
    told = configparser.ConfigParser()
    told.optionxform = str
    told.read(ROOTFS / "usr/lib/systemd/journald.conf.d/50-nightjar.conf")
    assert told["Journal"]["SystemMaxUse"] == "200M"
    assert told["Journal"]["ForwardToConsole"] == "no"


def test_a_damaged_data_partition_is_repaired_and_an_error_takes_no_events_away():
    """Nobody is there to be asked, and the boot loader's three tries would not mend it."""
    words = (ROOTFS.parent / "board/common/words").read_text().split()
    assert "fsck.repair=yes" in words
    mounted = [line.split() for line in (ROOTFS / "etc/fstab").read_text().splitlines() if not line.startswith("#")]
    (data,) = [one for one in mounted if one[1] == "/var"]
    assert "errors=continue" in data[3].split(",")
    assert data[5] == "2", "it is checked"


def test_a_long_check_of_file_systems_leaves_a_new_firmware_its_time():
    """Counted from the start, a check of a quarter of an hour was the end of a firmware that nobody had seen."""
    timer = (UNITS / "trial-guard.timer").read_text().splitlines()
    assert "OnActiveSec=15min" in timer
    assert not [one for one in timer if one.startswith("OnBootSec")]


def test_a_start_that_cannot_go_on_begins_anew_by_itself_and_is_a_try():
    told = (UNITS / "emergency.service.d/50-nightjar.conf").read_text()
    lines = [line for line in told.splitlines() if line.startswith("Exec")]
    assert lines[:2] == ["ExecStartPre=", "ExecStart="], "the package's shell waits for ever"
    assert lines[2].endswith("systemctl --force reboot'")


def test_the_sockets_folder_is_seen_at_two_places_and_what_is_mounted_in_it_at_one():
    """A stick would be mounted below /var too, and be taken for a disk that the system lives on."""
    assert "Options=bind,private\n" in (UNITS / "var-lib-nightjar-run.mount").read_text()
