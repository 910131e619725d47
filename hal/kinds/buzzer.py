"""Buzzers: what is heard when something is so (D-LINK buzzer, V-HW-06, V-HW-12)."""

from abc import abstractmethod
from collections.abc import Callable, Mapping
from dataclasses import dataclass
from enum import StrEnum

from hal.kinds.device import Device, DeviceState
from hal.kinds.verbs import verb


class Sound(StrEnum):
    """What can be heard, the most urgent last."""

    KEY = "key"
    """A key was understood."""
    DONE = "done"
    REFUSED = "refused"
    """A wrong password, or an update that is not taken."""
    WARNING = "warning"
    """One supply of two, a disk that ages: until silenced."""
    FAULT = "fault"
    """A fan, a disk: until silenced."""
    ALARM = "alarm"
    """Until silenced."""


@dataclass(frozen=True)
class Tone:
    """So many hertz (0 is silence) for so many seconds."""

    hz: int
    length_s: float


@dataclass(frozen=True)
class Pattern:
    """Tones one after another; one that goes on begins again until silenced."""

    tones: tuple[Tone, ...]
    goes_on: bool = False


PATTERNS: Mapping[Sound, Pattern] = {
    Sound.KEY: Pattern((Tone(2700, 0.03),)),
    Sound.DONE: Pattern((Tone(1800, 0.09), Tone(0, 0.05), Tone(2700, 0.14))),
    Sound.REFUSED: Pattern((Tone(900, 0.35),)),
    Sound.WARNING: Pattern((Tone(2000, 0.12), Tone(0, 4.88)), goes_on=True),
    Sound.FAULT: Pattern((Tone(2000, 0.12), Tone(0, 0.12), Tone(2000, 0.12), Tone(0, 1.64)), goes_on=True),
    # Heard through a wall, and never so that somebody pulls the plug of the recorder to have peace.
    Sound.ALARM: Pattern((Tone(2700, 0.2), Tone(0, 9.8)), goes_on=True),
}
_URGENCY = list(Sound)


@dataclass(frozen=True)
class BuzzerState(DeviceState):
    """One buzzer: what was asked for and goes on, and the tone of this moment (Hz; 0 is silence)."""

    sounds: frozenset[Sound] = frozenset()
    tone_hz: int = 0
    kind: str = "buzzer"


class Buzzer(Device[BuzzerState]):
    """Plays patterns. Of several that go on the most urgent is heard; what is short is heard at once, in between."""

    kind = "buzzer"
    state_type = BuzzerState

    def __init__(self, name: str, monotonic_s: Callable[[], float]) -> None:
        super().__init__(name)
        self._monotonic_s = monotonic_s
        self._playing: Sound | None = None
        self._at = 0
        self._until_s = 0.0

    @verb()
    def play(self, *, sound: Sound) -> None:
        """Let it be heard; one that goes on is heard until `silence`."""
        self.require_online()
        if PATTERNS[sound].goes_on:
            self.change(sounds=self.state.sounds | {sound})
            if self._playing is None or PATTERNS[self._playing].goes_on:
                self._begin(self._most_urgent())
        else:
            self._begin(sound)

    @verb()
    def silence(self, *, sound: Sound | None = None) -> None:
        """End one sound, or all of them."""
        self.require_online()
        self.change(sounds=self.state.sounds - {sound} if sound else frozenset[Sound]())
        if sound is None or self._playing is sound:
            self._begin(self._most_urgent())

    def poll(self) -> None:
        """Go on to the next tone when its time has come."""
        if self._playing is None or self._monotonic_s() < self._until_s:
            self._plan()
            return
        pattern = PATTERNS[self._playing]
        self._at += 1
        if self._at < len(pattern.tones):
            self._sound(pattern.tones[self._at])
        else:
            self._begin(self._playing if self._playing in self.state.sounds else self._most_urgent())

    def hush(self) -> None:
        """Fall silent and forget what went on; for the drivers, in `open` and `close`."""
        self.change(sounds=frozenset[Sound]())
        self._begin(None)

    def _most_urgent(self) -> Sound | None:
        return max(self.state.sounds, key=_URGENCY.index, default=None)

    def _begin(self, sound: Sound | None) -> None:
        if sound is not None and sound is self._playing and self._at < len(PATTERNS[sound].tones):
            return  # it is heard already
        self._playing, self._at = sound, 0
        self._sound(PATTERNS[sound].tones[0] if sound is not None else Tone(0, 0))

    def _sound(self, tone: Tone) -> None:
        self._until_s = self._monotonic_s() + tone.length_s
        self._plan()
        self.tone(tone.hz)
        self.change(tone_hz=tone.hz)

    def _plan(self) -> None:
        self.wanted_s = None if self._playing is None else self._until_s

    @abstractmethod
    def tone(self, hz: int) -> None:
        """Sound so high; 0 is silence."""
