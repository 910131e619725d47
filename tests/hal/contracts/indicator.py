"""What every indicator promises."""

import pytest

from hal.errors import Unsupported
from hal.kinds.indicator import Colour, Light, Meaning, Shown
from hal.machine import Machine
from hal.simulated.indicator import SimulatedIndicator
from tests.hal.contracts.device import DeviceContract, SimulatedRig

SHOWS = (
    Shown(Meaning.LOCATE, Light.FAST, Colour.AMBER),
    Shown(Meaning.FAULT, Light.STEADY, Colour.AMBER),
    Shown(Meaning.REBUILD, Light.BLINK, Colour.AMBER),
)


class IndicatorContract(DeviceContract):
    """Its rig's `shines()` is what an eye would see; the light shows what `SHOWS` says, and is dark at rest."""

    examples = {"show": {"meaning": Meaning.FAULT, "holds": True}}  # noqa: RUF012

    def test_the_most_urgent_of_what_is_so_is_shown(self, rig):
        rig.device.open()
        seen = []
        for meaning, holds in [("rebuild", True), ("fault", True), ("locate", True), ("fault", False), ("locate", 0)]:
            rig.device.show(meaning=Meaning(meaning), holds=bool(holds))
            seen.append(rig.shines())
            assert rig.told[-1].light is seen[-1]
        assert seen == [Light.BLINK, Light.STEADY, Light.FAST, Light.FAST, Light.BLINK]

    def test_a_light_says_what_it_can_show_and_refuses_the_rest(self, rig):
        rig.device.open()
        assert rig.device.state.meanings == ("locate", "fault", "rebuild")
        with pytest.raises(Unsupported, match="alarm"):
            rig.device.show(meaning=Meaning.ALARM, holds=True)
        assert rig.shines() is Light.OFF

    def test_what_was_told_is_shown_again_after_a_while_offline(self, rig):
        rig.device.open()
        rig.device.show(meaning=Meaning.FAULT, holds=True)
        rig.device.close()
        assert rig.shines() is Light.OFF
        rig.device.open()
        assert rig.shines() is Light.STEADY


class Simulated(SimulatedRig):
    def __init__(self):
        super().__init__(SimulatedIndicator("BAY1", Machine(), SHOWS))

    def shines(self):
        return self.device.shines[0]
