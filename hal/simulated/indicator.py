"""A light that shines in memory."""

from hal.kinds.indicator import Colour, Indicator, IndicatorState, Light, Shown
from hal.machine import Machine
from hal.simulated.breakable import Breakable


class SimulatedIndicator(Breakable[IndicatorState], Indicator):
    """A light whose `shines` is what an eye before it would see."""

    def __init__(
        self,
        name: str,
        machine: Machine,
        shows: tuple[Shown, ...],
        rest: Light = Light.OFF,
        group: str = "front",
    ) -> None:
        super().__init__(name, shows, rest, group)
        del machine
        self.shines = (Light.OFF, Colour.WHITE)

    def open(self) -> None:
        """Shine."""
        self.require_whole()
        self.light_up()

    def close(self) -> None:
        """Go back to rest."""
        self.rest()

    def shine(self, light: Light, colour: Colour) -> None:
        """Shine like this."""
        self.shines = (light, colour)


DRIVER = SimulatedIndicator
