"""What every switch port promises."""

import pytest

from hal.machine import Machine
from hal.simulated.switch_port import SimulatedSwitchPort
from tests.hal.contracts.device import DeviceContract, SimulatedRig


class SwitchPortContract(DeviceContract):
    """Its rig's `plug()` plugs something in that talks and gives its MAC, `unplug()` pulls it.

    `reaches_others()` is whether a frame gets from this port to another one; `speed()` what the line runs at.
    """

    examples = {"isolate": {"isolated": True}, "reach_far": {"far": True}}  # noqa: RUF012

    @pytest.mark.covers("D-NET-19")
    def test_who_is_plugged_in_is_seen_and_who_goes_is_missed(self, rig):
        rig.device.open()
        mac = rig.plug()
        rig.device.poll()
        assert (rig.device.state.link, rig.device.state.macs) == (True, (mac,))
        rig.unplug()
        rig.device.poll()
        assert (rig.told[-1].link, rig.told[-1].macs) == (False, ())

    def test_a_port_reaches_no_other_unless_it_may(self, rig):
        rig.device.open()
        rig.plug()
        assert rig.device.state.isolated
        assert not rig.reaches_others()
        rig.device.isolate(isolated=False)
        assert not rig.told[-1].isolated
        assert rig.reaches_others()

    @pytest.mark.covers("D-CAM-10")
    def test_a_far_camera_gets_a_slow_line(self, rig):
        rig.device.open()
        rig.plug()
        rig.device.reach_far(far=True)
        assert rig.device.state.long_reach
        assert rig.speed() == 10
        rig.device.reach_far(far=False)
        assert not rig.device.state.long_reach
        assert rig.speed() > 10


class Simulated(SimulatedRig):
    def __init__(self):
        super().__init__(SimulatedSwitchPort("PORT1", Machine()))

    def plug(self):
        self.device.plug(mac="02:00:00:00:00:07")
        return "02:00:00:00:00:07"

    def unplug(self):
        self.device.plug()

    def reaches_others(self):
        return not self.device.state.isolated

    def speed(self):
        return self.device.state.speed_mbit_s
