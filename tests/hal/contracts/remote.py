"""What every remote's receiver promises."""

from hal.kinds.key import KeyAction
from hal.kinds.remote import RemoteKey
from hal.machine import Machine
from hal.simulated.remote import SimulatedRemote
from tests.hal.contracts.device import DeviceContract, SimulatedRig


class RemoteContract(DeviceContract):
    """Its rig's `press(key)` and `release(key)` are a thumb on the remote, until the driver has seen it."""

    def test_a_press_and_a_release_are_told(self, rig):
        rig.device.open()
        for key in (RemoteKey.OK, RemoteKey.SEVEN):
            rig.press(key)
            rig.release(key)
        assert rig.heard() == [
            (RemoteKey.OK, KeyAction.PRESSED),
            (RemoteKey.OK, KeyAction.RELEASED),
            (RemoteKey.SEVEN, KeyAction.PRESSED),
            (RemoteKey.SEVEN, KeyAction.RELEASED),
        ]


class Simulated(SimulatedRig):
    def __init__(self):
        super().__init__(SimulatedRemote("REMOTE", Machine()))
        self._heard = []
        self.device.hear(self._heard.append)

    def press(self, key):
        self.device.press(key=key)

    def release(self, key):
        self.device.release(key=key)

    def heard(self):
        return [(event.key, event.action) for event in self._heard]
