import json

import pytest

from hal.drivers.network_interface.linux import LinuxInterface
from hal.errors import BadAnswer, Offline
from hal.machine import Machine
from tests.hal.contracts.device import Rig
from tests.hal.contracts.network_interface import NetworkInterfaceContract
from tests.hal.programs import Programs


class Wire(Rig):
    """A real interface of the kernel, with a stranger at the other end."""

    def __init__(self, lab, machine):
        self.lab = lab
        self.stranger = lab.place()
        self.mac = lab.cable("eth0", self.stranger, "far0")
        lab.recorder.run("ip", "addr", "add", "192.168.1.108/24", "dev", "eth0")
        super().__init__(LinuxInterface("LAN1", machine, interface="eth0"))

    def plug(self, *, plugged):
        self.stranger.run("ip", "link", "set", "far0", "up" if plugged else "down")

    def rival(self, address):
        self.stranger.run("ip", "addr", "add", f"{address}/24", "dev", "far0")
        return self.mac

    def lose(self):
        self.lab.recorder.run("ip", "link", "del", "eth0")


@pytest.fixture
def rig(lab, machine):
    return Wire(lab, machine)


@pytest.mark.peer("namespaces")
class TestLinux(NetworkInterfaceContract):
    @pytest.mark.covers("D-MNT-07")
    def test_traffic_is_told_in_bytes_a_second(self, rig):
        now_s = 100.0
        rig.device._machine = Machine(run=rig.device._machine.run, monotonic_s=lambda: now_s)
        rig.device.open()
        rig.stranger.run("ip", "addr", "add", "192.168.1.77/24", "dev", "far0")
        rig.lab.recorder.run("busybox", "ping", "-c", "4", "-i", "0.1", "-s", "1000", "192.168.1.77")
        now_s = 102.0
        rig.device.poll()
        assert 4 * 1000 / 2 <= rig.device.state.sent_bytes_s < 4 * 1200
        assert 4 * 1000 / 2 <= rig.device.state.received_bytes_s < 4 * 1200

    def test_the_gateway_is_told(self, rig):
        rig.lab.recorder.run("ip", "route", "add", "default", "via", "192.168.1.1")
        rig.device.open()
        assert rig.device.state.gateway == "192.168.1.1"


ADDRESS = "ip -j -d -s addr show dev bond0"
BOND = [
    {
        "ifname": "bond0",
        "flags": ["BROADCAST", "MULTICAST", "MASTER", "UP", "LOWER_UP"],
        "mtu": 1500,
        "address": "02:00:00:00:00:01",
        "linkinfo": {"info_kind": "bond", "info_data": {"mode": "active-backup", "active_slave": "eth1"}},
        "addr_info": [],
        "stats64": {"rx": {"bytes": 0, "errors": 2}, "tx": {"bytes": 0, "errors": 1}},
    }
]


def bond(words=None):
    """The words of iproute2 6.1 about a bond of two."""
    return Programs(
        {
            ADDRESS: json.dumps(BOND) if words is None else words,
            "ip -j link show master bond0": '[{"ifname": "eth0"}, {"ifname": "eth1"}]',
            "ip -j route show default dev bond0": "[]",
        }
    )


def test_a_bond_tells_its_members_and_which_carries(tmp_path):
    device = LinuxInterface("LAN", Machine(sys=tmp_path, run=bond()), interface="bond0")
    device.open()
    assert (device.state.members, device.state.active_member, device.state.errors) == (("eth0", "eth1"), "eth1", 3)


@pytest.mark.parametrize("words", ["", "{", "{}", "[3]", "[{}]", "null", '[{"addr_info": 3}]'])
def test_nonsense_is_told_with_its_bytes(tmp_path, words):
    with pytest.raises(BadAnswer, match="spoke otherwise"):
        LinuxInterface("LAN", Machine(sys=tmp_path, run=bond(words)), interface="bond0").open()


@pytest.mark.parametrize("name", ["eth0;reboot", "", "a" * 16, "../eth0"])
def test_a_name_that_is_none_is_never_asked_for(tmp_path, name):
    programs = Programs()
    with pytest.raises(Offline, match="not a name"):
        LinuxInterface("LAN", Machine(sys=tmp_path, run=programs), interface=name).open()
    assert programs.asked == []
