"""What devices of all kinds promise."""

import pytest

from hal.errors import HalError
from hal.kinds.verbs import verbs_of


class Rig:
    """A device and its hardware."""

    def __init__(self, device):
        self.device = device
        self.told = []
        device.watch(self.told.append)

    def lose(self):
        """Take the hardware away: nothing answers any more."""
        raise NotImplementedError


class SimulatedRig(Rig):
    def lose(self):
        self.device.break_down(reason="the cable was cut")


class DeviceContract:
    """The promises of every kind; each kind's contract extends it."""

    def test_nothing_is_claimed_before_it_is_opened(self, rig):
        assert (rig.device.state.online, rig.device.state.reason) == (False, "not opened yet")
        assert (rig.device.state.kind, rig.device.state.name) == (rig.device.kind, rig.device.name)

    def test_an_opened_device_is_online_and_that_is_told(self, rig):
        rig.device.open()
        assert (rig.device.state.online, rig.device.state.reason) == (True, "")
        assert rig.told[-1] == rig.device.state
        rig.device.close()

    def test_a_device_that_is_gone_cannot_be_opened(self, rig):
        rig.lose()
        with pytest.raises((HalError, OSError)):
            rig.device.open()
        rig.device.close()

    def test_a_device_can_be_opened_again(self, rig):
        rig.device.open()
        rig.device.close()
        rig.device.open()
        assert rig.device.state.online
        rig.device.close()

    def test_what_can_be_asked_is_refused_in_words_while_not_open(self, rig):
        for verb in verbs_of(type(rig.device)).values():
            if not verb.gesture and verb.name in self.examples:
                with pytest.raises(HalError) as refused:
                    getattr(rig.device, verb.name)(**self.examples[verb.name])
                assert str(refused.value)

    examples: dict = {}  # noqa: RUF012 - arguments for each verb, by its name
