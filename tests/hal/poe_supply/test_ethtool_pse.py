"""The kernel's own PoE by ethtool, against answers as ethtool prints them."""

import json

import pytest

from hal.drivers.poe_supply.ethtool_pse import EthtoolPse
from hal.errors import BadAnswer, Offline
from hal.kinds.poe_supply import PoeFault, PoeMode, PortState
from hal.machine import Ended
from hal.poe.port import Plan
from hal.simulated.pse import VOLTS, Load, Phase, Pse, Trouble
from tests.hal.contracts.poe_supply import BUDGET, PATIENCE_S, PoeRig, PoeSupplyContract, machine_of
from tests.hal.fakes.clock import Clock

# As `ethtool --json --show-pse` prints it, ports of a PD692x0.
DELIVERING = b"""[ {
        "ifname": "lan1",
        "c33-pse-admin-state": "enabled",
        "c33-pse-power-detection-status": "delivering power",
        "c33-pse-power-class": 4,
        "c33-pse-actual-power": 1700,
        "c33-pse-available-power-limit": 97500,
        "c33-pse-power-limit-ranges": [ ]
    } ]
"""
OPEN = b"""[ {
        "ifname": "lan1",
        "c33-pse-admin-state": "enabled",
        "c33-pse-power-detection-status": "disabled",
        "c33-pse-extended-state": "Group of mr_mps_valid states",
        "c33-pse-extended-substate": "Port is not connected"
    } ]
"""
SHORT = b"""[ {
        "ifname": "lan1",
        "c33-pse-admin-state": "enabled",
        "c33-pse-power-detection-status": "fault",
        "c33-pse-extended-state": "Group of short_detected states",
        "c33-pse-extended-substate": "Short condition was detected"
    } ]
"""
EXTENDED = {
    Trouble.OVERLOAD: ("Group of ovld_detected states", "Overload state"),
    Trouble.SHORT: ("Group of short_detected states", "Short condition was detected"),
}


class Ethtool:
    """The program, on top of the physics."""

    def __init__(self, pse):
        self.pse = pse
        self.asked = []
        self.instead = None
        self.gone = False

    def __call__(self, argv, _timeout_s):
        self.asked.append(" ".join(argv))
        assert argv[0] == "ethtool"
        if self.gone:
            return Ended(75, b"", "netlink error: No such device")
        if self.instead is not None:
            return Ended(0, self.instead, "")
        self.pse.advance()
        match argv[1:]:
            case ["--json", "--show-pse", interface]:
                return Ended(0, json.dumps([self.show(interface)]).encode(), "")
            case ["--set-pse", interface, "c33-pse-admin-control", how]:
                (self.pse.search if how == "enable" else self.pse.cut)(int(interface[3:]) - 1)
                return Ended(0, b"", "")
            case ["--set-pse", interface, "c33-pse-avail-pw-limit", limit]:
                self.pse.lines[int(interface[3:]) - 1].limit_watts = int(limit) / 1000
                return Ended(0, b"", "")
            case ["-s", _interface, *_how]:
                return Ended(0, b"", "")
        raise AssertionError(argv)

    def show(self, interface):
        number = int(interface[3:]) - 1
        line = self.pse.lines[number]
        said = {
            "ifname": interface,
            "c33-pse-admin-state": "disabled" if line.phase is Phase.OFF else "enabled",
            "c33-pse-power-detection-status": "delivering power" if line.phase is Phase.ON else "searching",
            "c33-pse-actual-power": round(self.pse.amps(number) * VOLTS * 1000),
            "c33-pse-available-power-limit": 30000,
        }
        if line.power_class is not None:
            said["c33-pse-power-class"] = line.power_class
        if line.tripped in EXTENDED:
            said["c33-pse-power-detection-status"] = "fault"
            said["c33-pse-extended-state"], said["c33-pse-extended-substate"] = EXTENDED[line.tripped]
        line.tripped = Trouble.NONE
        return said


class EthtoolRig(PoeRig):
    def __init__(self, keep):
        clock = Clock()
        self.pse = Pse(4, clock, grants_itself=True)
        self.ethtool = Ethtool(self.pse)
        self.machine = machine_of(clock, keep, run=self.ethtool)
        super().__init__(clock, self.made())

    def made(self):
        return EthtoolPse("PSE", self.machine, Plan(interfaces=("lan1", "lan2", "lan3", "lan4")), BUDGET)

    def again(self):
        self.device = self.made()
        self.device.watch(self.told.append)

    def lose(self):
        self.ethtool.gone = True


@pytest.fixture
def rig(tmp_path):
    return EthtoolRig(tmp_path)


class TestEthtoolPse(PoeSupplyContract):
    pass


@pytest.mark.parametrize(
    ("said", "state", "power_class", "watts", "faults"),
    [
        (DELIVERING, PortState.DELIVERING, 4, 1.7, set()),
        (OPEN, PortState.SEARCHING, None, 0.0, set()),
        (SHORT, PortState.FAULT, None, 0.0, {PoeFault.SHORT}),
    ],
)
def test_what_ethtool_was_recorded_to_say_is_told_of_a_port(rig, said, state, power_class, watts, faults):
    rig.device.open()
    rig.pass_s(PATIENCE_S)
    rig.ethtool.instead = said
    rig.device.poll()
    port = rig.port(1)
    assert (port.state, port.power_class, port.watts, set(port.faults)) == (state, power_class, watts, faults)


def test_the_commands_to_the_letter(rig):
    rig.device.open()
    rig.pass_s(PATIENCE_S)
    rig.ethtool.asked.clear()
    rig.device.disable(port=3)
    rig.device.set_limit(port=3, watts=12.5)
    assert [asked for asked in rig.ethtool.asked if "set-pse" in asked] == [
        "ethtool --set-pse lan3 c33-pse-admin-control disable",
        "ethtool --set-pse lan3 c33-pse-avail-pw-limit 12500",
    ]


def test_a_long_cable_is_reached_by_sending_slower(rig):
    rig.device.open()
    assert PoeMode.LONG_REACH in rig.device.state.modes
    rig.ethtool.asked.clear()
    rig.device.set_mode(port=2, mode=PoeMode.LONG_REACH)
    rig.device.set_mode(port=2, mode=PoeMode.AUTO)
    assert [asked for asked in rig.ethtool.asked if " -s " in asked] == [
        "ethtool -s lan2 speed 10 duplex full autoneg off",
        "ethtool -s lan2 autoneg on",
    ]
    rig.device.set_mode(port=2, mode=PoeMode.LONG_REACH)
    rig.ethtool.asked.clear()
    rig.again()
    rig.device.open()
    assert "ethtool -s lan2 speed 10 duplex full autoneg off" in rig.ethtool.asked


def test_an_overload_is_named(rig):
    rig.device.open()
    rig.pass_s(6)
    rig.pse.plug(0, Load("defect", 1, 9.0))
    rig.pass_s(3)
    assert rig.port(1).faults == {PoeFault.OVERLOAD}


@pytest.mark.parametrize("nonsense", [b"", b"{}", b"[]", b"[3]", b'[{"ifname":"lan1"}]', b"\xff", b"[{}, {}]"])
def test_nonsense_is_told_with_its_bytes(rig, nonsense):
    rig.device.open()
    rig.ethtool.instead = nonsense
    with pytest.raises(BadAnswer, match="ethtool says.*: " + nonsense[:4].hex(" ")):
        rig.device.poll()


def test_an_interface_that_is_gone_is_told_in_the_programs_words(rig):
    rig.device.open()
    rig.ethtool.gone = True
    with pytest.raises(Offline, match="lan1: netlink error: No such device"):
        rig.device.poll()
