"""What every camera net promises."""

import pytest

from hal.errors import Refused, UnknownDevice
from hal.machine import Machine
from hal.simulated.camera_net import BOOTS_S, SimulatedCameraNet
from hal.simulated.cameras import camera_mac
from hal.simulated.wires import Wire, wires_of
from tests.hal.contracts.device import DeviceContract, SimulatedRig

STRANGER = "02:00:00:00:00:99"


@pytest.mark.covers("D-NET-19", "D-NET-19.1")
class CameraNetContract(DeviceContract):
    """Its rig's `plug(camera, port)` plugs camera 1 or 2 into a port and gives its MAC, `unplug(camera)` pulls it.

    `address(camera)` lets the camera ask for an address once and gives what it got, or nothing. Our own is 10.1.1.1.
    """

    examples = {"seat": {"mac": STRANGER, "number": 3}, "forget": {"mac": STRANGER}}  # noqa: RUF012

    def test_a_camera_at_port_n_gets_seat_n_and_its_address(self, rig):
        rig.device.open()
        mac = rig.plug(1, port=2)
        assert rig.address(1) == "10.1.1.12"
        rig.device.poll()
        seat = rig.device.state.at(2)
        assert (seat.number, seat.mac, seat.address, seat.leased) == (2, mac, "10.1.1.12", True)

    def test_a_camera_that_comes_back_elsewhere_is_known_and_keeps_seat_and_address(self, rig):
        rig.device.open()
        mac = rig.plug(1, port=1)
        assert rig.address(1) == "10.1.1.11"
        rig.unplug(1)
        rig.device.poll()
        assert rig.device.state.seats[0].port == 0
        rig.plug(1, port=2)
        assert rig.address(1) == "10.1.1.11"
        rig.device.poll()
        assert (rig.device.state.at(2).mac, rig.device.state.at(2).number) == (mac, 1)

    def test_a_new_camera_at_a_port_whose_seat_is_taken_gets_another(self, rig):
        rig.device.open()
        rig.plug(1, port=1)
        assert rig.address(1) == "10.1.1.11"
        rig.unplug(1)
        rig.plug(2, port=1)
        assert rig.address(2) == "10.1.1.12"

    def test_a_replaced_camera_gets_the_seat_of_the_old_one(self, rig):
        rig.device.open()
        old = rig.plug(1, port=1)
        assert rig.address(1)
        rig.unplug(1)
        new = rig.plug(2, port=1)
        assert rig.address(2)
        with pytest.raises(Refused, match="forget that camera first"):
            rig.device.seat(mac=new, number=1)
        rig.device.forget(mac=old)
        rig.device.seat(mac=new, number=1)
        assert rig.address(2) == "10.1.1.11"

    def test_seats_outlast_us(self, rig):
        rig.device.open()
        mac = rig.plug(1, port=1)
        assert rig.address(1)
        rig.unplug(1)
        rig.device.close()
        rig.device.open()
        assert [(seat.mac, seat.number) for seat in rig.device.state.seats] == [(mac, 1)]

    def test_who_has_no_seat_cannot_be_forgotten(self, rig):
        rig.device.open()
        with pytest.raises(UnknownDevice, match=STRANGER):
            rig.device.forget(mac=STRANGER)


class Simulated(SimulatedRig):
    def __init__(self):
        self.now_s = 100.0
        machine = Machine(monotonic_s=lambda: self.now_s)
        self.wires = wires_of(machine)
        super().__init__(SimulatedCameraNet("CAMERAS", machine))

    def plug(self, camera, port):
        self.wires.put(Wire("PSE", port, f"camera {camera}", powered=True))
        return camera_mac(f"camera {camera}")

    def unplug(self, camera):
        for wire in self.wires.all():
            if wire.camera == f"camera {camera}":
                self.wires.remove("PSE", wire.port)

    def address(self, camera):
        self.device.poll()
        self.now_s += BOOTS_S
        self.device.poll()
        seats = {seat.mac: seat for seat in self.device.state.seats}
        return seats[camera_mac(f"camera {camera}")].address
