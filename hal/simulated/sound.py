"""A card that plays to nobody, and remembers what it played."""

from hal.kinds.sound import SAMPLE_BYTES, Sound, SoundState
from hal.machine import Machine
from hal.simulated.breakable import Breakable

MOST_HEARD = 16
"""A recorder that plays all day must not remember all of it."""


class SimulatedSound(Breakable[SoundState], Sound):
    """A card with one control."""

    def __init__(self, name: str, machine: Machine) -> None:
        super().__init__(name)
        self._machine = machine
        self._until_s = 0.0
        self.heard: list[tuple[bytes, int, int, int]] = []
        """What was played: the clip, its rate in Hz, its channels, how often."""

    def open(self) -> None:
        """Find the card with its control as it was left."""
        self.require_whole()
        self.come_online(plays=True, hears=True)

    def close(self) -> None:
        """Go, and fall silent."""
        self.silence()

    def poll(self) -> None:
        """See whether a clip is over."""
        if self.state.playing and self._machine.monotonic_s() >= self._until_s:
            self.silence()

    def begin(self, clip: bytes, rate_hz: int, channels: int, times: int) -> None:
        """Play, for as long as it takes."""
        self.heard = [*self.heard, (clip, rate_hz, channels, times)][-MOST_HEARD:]
        self._until_s = self._machine.monotonic_s() + times * len(clip) / (SAMPLE_BYTES * channels * rate_hz)
        self.wanted_s = self._until_s
        self.change(playing=True)

    def silence(self) -> None:
        """Play no more."""
        self.wanted_s = None
        self.change(playing=False)

    def set_volume(self, *, percent: int) -> None:
        """Turn the control."""
        self.require_online()
        self.change(volume_percent=percent)

    def mute(self, *, muted: bool) -> None:
        """Flip the control."""
        self.require_online()
        self.change(muted=muted)


DRIVER = SimulatedSound
