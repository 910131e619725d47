"""What every network interface promises."""

import pytest

from hal.errors import BadRequest
from hal.machine import Machine
from hal.simulated.network_interface import SimulatedNetworkInterface
from tests.hal.contracts.device import DeviceContract, SimulatedRig


class NetworkInterfaceContract(DeviceContract):
    """Its rig's address is 192.168.1.108/24; `plug(plugged)` pulls the cable; `rival(address)` adds a stranger."""

    examples = {"test_conflict": {"address": "192.168.1.108"}}  # noqa: RUF012

    def test_a_pulled_cable_and_its_return_are_told(self, rig):
        rig.device.open()
        assert rig.device.state.link
        assert rig.device.state.addresses == ("192.168.1.108/24",)
        assert len(rig.device.state.mac) == 17
        rig.plug(plugged=False)
        rig.device.poll()
        assert not rig.told[-1].link
        rig.plug(plugged=True)
        rig.device.poll()
        assert rig.told[-1].link

    @pytest.mark.covers("D-NET-01")
    def test_who_has_an_address_is_found(self, rig):
        rig.device.open()
        assert rig.device.test_conflict(address="192.168.1.77") == ""
        mac = rig.rival("192.168.1.77")
        assert rig.device.test_conflict(address="192.168.1.77") == mac

    def test_a_stranger_with_our_address_is_told(self, rig):
        mac = rig.rival("192.168.1.108")
        rig.device.open()
        assert rig.device.state.conflict_mac == mac

    def test_what_is_no_address_is_refused(self, rig):
        rig.device.open()
        for address in ("", "router", "1.2.3", "::1", "10.0.0.1; reboot"):
            with pytest.raises(BadRequest, match="not an IPv4 address"):
                rig.device.test_conflict(address=address)


class Simulated(SimulatedRig):
    def __init__(self):
        super().__init__(SimulatedNetworkInterface("LAN1", Machine()))

    def plug(self, *, plugged):
        self.device.plug(plugged=plugged)

    def rival(self, address):
        self.device.rival(address=address)
        return "02:00:00:00:be:ef"
