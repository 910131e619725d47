"""What every sound card promises."""

from hal.machine import Machine
from hal.simulated.sound import SimulatedSound
from tests.hal.contracts.device import DeviceContract, SimulatedRig


class SoundContract(DeviceContract):
    """Its rig's `loud()` is the control's volume in percent, and whether it plays at all."""

    examples = {"set_volume": {"percent": 50}, "mute": {"muted": True}}  # noqa: RUF012

    def test_the_volume_is_set(self, rig):
        rig.device.open()
        assert rig.device.state.plays
        rig.device.set_volume(percent=40)
        assert rig.loud() == (40, True)
        assert rig.told[-1].volume_percent == 40

    def test_a_muted_card_is_silent_until_it_plays_again(self, rig):
        rig.device.open()
        rig.device.mute(muted=True)
        assert rig.loud()[1] is False
        assert rig.told[-1].muted
        rig.device.mute(muted=False)
        assert rig.loud()[1] is True


class Simulated(SimulatedRig):
    def __init__(self):
        super().__init__(SimulatedSound("OUT", Machine()))

    def loud(self):
        return self.device.state.volume_percent, not self.device.state.muted
