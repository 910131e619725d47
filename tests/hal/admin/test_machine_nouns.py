"""Power, services, clock, network, firewall and slots: what is run and written, and what never gets that far."""

import os
import pwd
import subprocess
from pathlib import Path

import pytest

from hal.admin.clock import Clocks
from hal.admin.firewall import Firewalls, Opening
from hal.admin.guard import Guard
from hal.admin.job import Done, ProgramFailed
from hal.admin.job import run as running
from hal.admin.network import Networks
from hal.admin.power import Power
from hal.admin.service import Services
from hal.admin.slot import Slots
from hal.errors import BadRequest, Refused, Unsupported
from hal.kinds.verbs import checked, verbs_of
from hal.machine import Machine
from hal.network.plan import InterfacePlan, NetworkPlan
from tests.hal.blocks import Blocks
from tests.hal.network.lab import until

SYSTEM_PATH = "/usr/sbin:/usr/bin:/sbin:/bin"


class Programs:
    """Remembers command lines and what was given to them."""

    def __init__(self, done=None):
        self.asked = []
        self.given = []
        self.done = done or Done(0, b"", "")

    def __call__(self, argv, given=b"", patience_s=60.0):
        self.asked.append(" ".join(argv))
        self.given.append(given.decode())
        return self.done


@pytest.fixture
def run():
    return Programs()


def test_the_machine_is_started_again_and_a_service_runs_while_it_is_wanted(run):
    Power(run).reboot()
    Services(run).switch(name="rtsp", on=True)
    Services(run).switch(name="rtsp", on=False)
    assert run.asked == [
        "systemctl --no-block reboot",
        "systemctl --no-block start nightjar-rtsp.service",
        "systemctl --no-block stop nightjar-rtsp.service",
    ]


def test_what_a_program_complains_of_is_told():
    with pytest.raises(ProgramFailed, match="systemctl: Access denied"):
        Power(Programs(Done(1, b"", "Failed\nAccess denied"))).reboot()


def test_the_clock_is_set_and_its_battery_clock_after_it(run):
    told = []
    Clocks(Machine(), run, told.append).set(utc_s=1_800_000_000.5)
    assert told == [1_800_000_000.5]
    assert run.asked == ["hwclock --systohc --utc"]


@pytest.mark.parametrize(
    "host", ["", "a b", "pool.ntp.org\nallow all", "a.b\n", "-x", "300.1.1.1:7", "a..b", "2001:db8::zz", "x" * 254]
)
def test_what_is_no_server_is_never_written(run, tmp_path, host):
    with pytest.raises(BadRequest):
        Clocks(Machine(etc=tmp_path), run).follow(
            **checked(verbs_of(Clocks)["follow"], {"servers": [host], "every_min": 60})
        )
    assert run.asked == []
    assert not (tmp_path / "nightjar/time/owner.sources").exists()


def test_a_clock_is_corrected_only_when_a_server_answered(run, tmp_path):
    Clocks(Machine(etc=tmp_path), run).correct()
    assert run.asked == ["chronyc -n burst 1/4", "chronyc -n waitsync 20 0 0 1", "chronyc -n makestep"]

    def silent(argv, given=b"", patience_s=60.0):
        run(argv, given, patience_s)
        return Done("waitsync" in argv, b"", "")

    run.asked.clear()
    with pytest.raises(Refused, match="No time server answers"):
        Clocks(Machine(etc=tmp_path), silent).correct()
    assert "chronyc -n makestep" not in run.asked


@pytest.mark.peer("chronyd")
@pytest.mark.covers("D-SYS-13")
def test_chrony_asks_who_is_written_and_hears_of_another(tmp_path):
    """The settings are the target's, but for its folders and that the clock of this machine is left alone."""
    told = (Path(__file__).parents[3] / "rootfs/etc/chrony/chrony.conf").read_text()
    line = tmp_path / "chronyd.sock"
    told = told.replace("/etc/nightjar", str(tmp_path / "nightjar")).replace("/var/lib/chrony", str(tmp_path))
    told = told.replace("cmdport 0", f"cmdport 0\nport 0\nbindcmdaddress {line}\npidfile {tmp_path / 'pid'}")
    (tmp_path / "chrony.conf").write_text(told)
    tmp_path.chmod(0o700)

    def over_its_line(argv, given=b"", patience_s=60.0):
        return running([argv[0], "-h", str(line), *argv[1:]], given, patience_s)

    def asked():
        said = running(["chronyc", "-h", str(line), "-n", "-c", "sources"]).output.decode()
        return [one.split(",")[2] for one in said.splitlines()]

    clocks = Clocks(Machine(etc=tmp_path), over_its_line)
    words = ["chronyd", "-d", "-x", "-U", "-u", pwd.getpwuid(os.getuid()).pw_name, "-f", str(tmp_path / "chrony.conf")]
    with subprocess.Popen(words, stderr=subprocess.DEVNULL, env={"PATH": SYSTEM_PATH}) as server:
        try:
            until(line.exists, "chronyd")
            assert asked() == []
            clocks.follow(servers=("127.0.0.7",), every_min=60)
            until(lambda: asked() == ["127.0.0.7"], "the first server")
            clocks.follow(servers=("127.0.0.8", "::1"), every_min=1440)
            until(lambda: asked() == ["127.0.0.8", "::1"], "the others")
            clocks.follow(servers=(), every_min=1)
            until(lambda: asked() == [], "none")
        finally:
            server.terminate()


def test_a_network_plan_replaces_the_one_before_and_nothing_else(run, tmp_path):
    folder = tmp_path / "systemd/network"
    folder.mkdir(parents=True)
    (folder / "20-nightjar-old.network").write_text("old")
    (folder / "10-system.network").write_text("kept")
    plan = NetworkPlan((InterfacePlan("lan1", addresses=("192.168.1.20/24",), gateway="192.168.1.1"),))
    Networks(Machine(etc=tmp_path, sys=tmp_path / "sys"), run).attempt(plan=plan)
    assert sorted(one.name for one in folder.iterdir()) == ["10-system.network", "20-nightjar-lan1.network"]
    assert "Address=192.168.1.20/24" in (folder / "20-nightjar-lan1.network").read_text()
    assert run.asked == ["networkctl reload"]


def test_a_plan_that_cannot_be_changes_nothing(run, tmp_path):
    plan = NetworkPlan((InterfacePlan("lan1", addresses=("192.168.1.20/24\nGateway=6.6.6.6",)),))
    with pytest.raises(BadRequest):
        Networks(Machine(etc=tmp_path, sys=tmp_path / "sys"), run).attempt(plan=plan)
    assert list(tmp_path.iterdir()) == []
    assert run.asked == []


def test_the_firewall_opens_what_is_named_and_nothing_else_in_one_step(run):
    openings = (Opening(322), Opening(554, sources=("192.168.1.7/24", "fd00::/8")), Opening(3702, "udp"))
    Firewalls(run).apply(openings=openings)
    (text,) = run.given
    assert run.asked == ["nft -f -"]
    add = "add rule inet nightjar opened"
    assert text.splitlines() == [
        "flush chain inet nightjar opened",
        f"{add} tcp dport 322 accept",
        f"{add} ip saddr 192.168.1.0/24 tcp dport 554 accept",
        f"{add} ip6 saddr fd00::/8 tcp dport 554 accept",
        f"{add} udp dport 3702 accept",
    ]


ALL_OPEN = "fe80::%a\nadd rule inet nightjar opened accept\n#/64"


@pytest.mark.parametrize("source", ["", "everybody", "10.0.0.0/8 accept; drop", "10.0.0.0/33", "fe80::%a/64", ALL_OPEN])
def test_what_is_no_network_never_reaches_the_firewall(run, source):
    with pytest.raises(BadRequest, match="port 443"):
        Firewalls(run).apply(openings=(Opening(443, sources=(source,)),))
    assert run.asked == []


def test_a_disk_whose_controller_cannot_let_go_is_told(run, tmp_path):
    blocks = Blocks(tmp_path)
    (blocks.disk("sda") / "device/delete").unlink()
    with pytest.raises(Unsupported, match="switch the recorder off"):
        Slots(Guard(blocks.machine), run).release(disk="sda", serial="S3RIAL")


def test_the_lamp_beside_a_disk_is_lit_by_ledctl(run, tmp_path):
    blocks = Blocks(tmp_path)
    blocks.disk("sda")
    Slots(Guard(blocks.machine), run).light(disk="sda", lamp="failure")
    assert run.asked == [f"ledctl failure={blocks.root}/dev/sda"]
