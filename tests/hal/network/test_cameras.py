"""The net of cameras at a board's own ports is there from the first start, as its file says."""

import subprocess
import sys
from pathlib import Path

import pytest

from hal.machine import Machine
from hal.network import cameras
from hal.network.networkd import files
from hal.network.plan import CameraNetPlan, InterfacePlan, NetworkPlan

BOARDS = Path("board").absolute()
PORTS = tuple(f"lan{number}" for number in range(1, 9))


@pytest.fixture
def eight_ports(tmp_path):
    tree = tmp_path / "proc/device-tree"
    tree.mkdir(parents=True)
    (tree / "compatible").write_bytes(b"nightjar,nvr8-poe\0")
    return Machine(sys=tmp_path / "sys", proc=tmp_path / "proc", root=tmp_path)


@pytest.mark.peer("namespaces")
def test_a_board_with_ports_has_a_bridge_and_addresses_and_an_owners_plan_goes_before(eight_ports, tmp_path):
    found = cameras.camera_net(BOARDS, eight_ports)
    network, settings = tmp_path / "network", tmp_path / "dnsmasq.conf"
    cameras.set_up(found.options, network, settings)
    written = {one.name: one.read_text() for one in network.iterdir()}
    owner = files(NetworkPlan((InterfacePlan("eth0", dhcp=True),), cameras=CameraNetPlan(ports=PORTS)))
    assert written.items() <= owner.items(), "of the same name, or both would count"
    assert len(written) == len(PORTS) + 2
    told = settings.read_text().splitlines()
    assert {"interface=br-cameras", "dhcp-option=option:ntp-server,10.1.1.1", "port=0"} <= set(told)
    subprocess.run(["dnsmasq", "--test", f"--conf-file={settings}"], check=True, capture_output=True, timeout=60)


def test_a_machine_without_such_ports_is_left_alone(tmp_path):
    words = ("--boards", BOARDS, "--network", tmp_path / "network", "--settings", tmp_path / "dnsmasq.conf")
    done = subprocess.run(
        [sys.executable, "-m", "hal.network.cameras", *map(str, words)],
        check=True,
        capture_output=True,
        text=True,
        timeout=60,
    )
    assert "no ports for cameras" in done.stderr
    assert not list(tmp_path.iterdir())
