"""A card that plays to nobody."""

from hal.kinds.sound import Sound, SoundState
from hal.machine import Machine
from hal.simulated.breakable import Breakable


class SimulatedSound(Breakable[SoundState], Sound):
    """A card with one control."""

    def __init__(self, name: str, machine: Machine) -> None:
        super().__init__(name)
        del machine

    def open(self) -> None:
        """Find the card with its control as it was left."""
        self.require_whole()
        self.come_online(plays=True, hears=True)

    def close(self) -> None:
        """Go."""

    def set_volume(self, *, percent: int) -> None:
        """Turn the control."""
        self.require_online()
        self.change(volume_percent=percent)

    def mute(self, *, muted: bool) -> None:
        """Flip the control."""
        self.require_online()
        self.change(muted=muted)


DRIVER = SimulatedSound
