import json

import pytest

from hal.drivers.switch_port.bridge import BridgePort
from hal.errors import Offline
from hal.machine import Ended, Machine
from tests.hal.contracts.device import Rig
from tests.hal.contracts.switch_port import SwitchPortContract
from tests.hal.network.lab import until
from tests.hal.programs import Programs


class Switch(Rig):
    """A real bridge of the kernel with two ports. What it cannot do, a fixed speed, ethtool is asked about on paper."""

    def __init__(self, lab, machine):
        self.lab = lab
        lab.recorder.run("ip", "link", "add", "br-cam", "type", "bridge")
        lab.recorder.run("ip", "link", "set", "br-cam", "up")
        self.ends = []
        self.macs = []
        for number in (1, 2):
            end = lab.place()
            self.macs.append(lab.cable(f"lan{number}", end, "eth0"))
            lab.recorder.run("ip", "link", "set", f"lan{number}", "master", "br-cam")
            end.run("ip", "addr", "add", f"10.1.1.{number}/24", "dev", "eth0")
            self.ends.append(end)
        lab.recorder.run("bridge", "link", "set", "dev", "lan2", "isolated", "on")
        self.ends[0].run("ip", "link", "set", "eth0", "down")
        self.line = "autoneg on"
        self.asked = []
        self.real = machine.run
        super().__init__(BridgePort("PORT1", Machine(sys=machine.sys, run=self.run), interface="lan1", number=1))

    def run(self, argv, timeout_s):
        self.asked.append(argv)
        if argv[0] == "ethtool":
            self.line = " ".join(argv[3:])
            return Ended(0, b"", "")
        return self.real(argv, timeout_s)

    def talk(self):
        return self.ends[0].run("busybox", "ping", "-c", "1", "-W", "1", "10.1.1.2", check=False).returncode == 0

    def plug(self):
        self.ends[0].run("ip", "link", "set", "eth0", "up")

        def seen():
            self.talk()
            fdb = json.loads(self.lab.recorder.run("bridge", "-j", "fdb", "show", "dev", "lan1").stdout)
            return any(entry["mac"] == self.macs[0] for entry in fdb)

        until(seen, "the MAC")
        return self.macs[0]

    def unplug(self):
        self.ends[0].run("ip", "link", "set", "eth0", "down")

    def reaches_others(self):
        # Who was asked for in vain a moment ago is asked for again only after a second.
        return any(self.talk() for _try in range(4))

    def speed(self):
        return 10 if self.line == "speed 10 duplex full autoneg off" else 1000

    def lose(self):
        self.lab.recorder.run("ip", "link", "del", "lan1")


@pytest.fixture
def rig(lab, machine):
    return Switch(lab, machine)


@pytest.mark.peer("namespaces")
class TestBridge(SwitchPortContract):
    def test_an_interface_in_no_bridge_is_told(self, rig):
        rig.lab.recorder.run("ip", "link", "set", "lan1", "nomaster")
        with pytest.raises(Offline, match="lan1 is in no bridge"):
            rig.device.open()

    def test_what_was_isolated_before_us_needs_no_right_of_ours(self, rig):
        rig.lab.recorder.run("bridge", "link", "set", "dev", "lan1", "isolated", "on")
        rig.device.open()
        assert rig.device.state.isolated
        assert not [argv for argv in rig.asked if "set" in argv]


def test_a_flood_of_macs_is_cut_and_multicast_is_nobody(tmp_path):
    flood = [{"mac": f"02:00:00:00:{n // 256:02x}:{n % 256:02x}", "flags": [], "state": ""} for n in range(999)]
    others = [
        {"mac": "01:00:5e:00:00:01", "flags": [], "state": ""},
        {"mac": "06:00:00:00:00:01", "state": "permanent"},
    ]
    answers = {
        "bridge link set dev lan1 isolated on": "",
        "bridge -j -d link show dev lan1": '[{"ifname": "lan1", "flags": ["UP", "LOWER_UP"], "isolated": true}]',
        "bridge -j fdb show dev lan1": json.dumps(others + flood),
    }
    port = BridgePort("PORT1", Machine(sys=tmp_path, run=Programs(answers)), interface="lan1", number=1)
    port.open()
    assert len(port.state.macs) == 32
    assert all(mac.startswith("02:") for mac in port.state.macs)
