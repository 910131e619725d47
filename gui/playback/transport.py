"""What the keys of a player mean: one state machine between the buttons and a playback session (D-PLAY-09).

The machine holds what the owner wants; what decode tells (`Position`) says how far it has got. It does nothing itself:
each key gives the order that is to be sent, so that a test needs no process and no screen.
"""

from dataclasses import dataclass, field
from enum import StrEnum

from recorder.client.views import PlayState, Position

_TIMES, _MINUS = "\u00d7", "\u2212"
SPEEDS = (0.25, 0.5, 1.0, 2.0, 4.0, 8.0, 16.0)


PRESSES = frozenset(
    (
        "play",
        "play_or_pause",
        "pause",
        "stop",
        "reverse",
        "normal",
        "faster",
        "slower",
        "fast",
        "slow",
        "step",
        "step_back",
        "reverse_or_pause",
    )
)
"""The names of the buttons of a player."""


class Mode(StrEnum):
    """What the transport bar shows."""

    STOPPED = "stopped"
    """Nothing opened: the picture is closed, the cursor waits where it was."""
    PAUSED = "paused"
    PLAYING = "playing"
    SEEKING = "seeking"
    """On the way to a time; plays on from there if it was playing."""
    WAITING = "waiting"
    """The reader or decode does not answer; goes on by itself."""
    ENDED = "ended"
    """No footage further on in this direction."""


@dataclass(frozen=True)
class Open:
    """Order: open the session at a time, then go at a speed."""

    at_us: int
    speed: float


@dataclass(frozen=True)
class Seek:
    """Order: go to a time."""

    at_us: int


@dataclass(frozen=True)
class Speed:
    """Order: 0 stands, negative goes back."""

    speed: float


@dataclass(frozen=True)
class Step:
    """Order: frames on, or back."""

    frames: int


@dataclass(frozen=True)
class Close:
    """Order: end the session."""


Order = Open | Seek | Speed | Step | Close


@dataclass
class Transport:
    """The player. `at_us` is the moment shown or wanted (UTC, µs), None before a day was chosen."""

    at_us: int | None = None
    pace: float = 1.0
    """The chosen pace, always positive."""
    backwards: bool = False
    mode: Mode = Mode.STOPPED
    _wants: bool = field(default=False, repr=False)
    """Whether it is to run once a seek or a wait is over."""

    @property
    def speed(self) -> float:
        """The speed that is wanted now: 0 stands, negative goes back."""
        if not self._wants:
            return 0.0
        return -self.pace if self.backwards else self.pace

    @property
    def is_open(self) -> bool:
        """Whether a session is open."""
        return self.mode is not Mode.STOPPED

    @property
    def running(self) -> bool:
        """Whether the button in the middle shows "pause"."""
        return self._wants

    def press(self, name: str) -> list[Order]:
        """Do what one of `PRESSES` says."""
        match name:
            case "step":
                return self.step(1)
            case "step_back":
                return self.step(-1)
            case _:
                return getattr(self, name)() if name in PRESSES else []

    def play_or_pause(self) -> list[Order]:
        """The key in the middle: opens, stands, goes on. At the end of the footage it stays there."""
        if self.at_us is None:
            return []
        if not self.is_open:
            return self._open(running=True)
        if self._wants and self.mode is not Mode.ENDED:
            return self._stand()
        self._wants = True
        self.mode = Mode.PLAYING
        return [Speed(self.speed)]

    def play(self) -> list[Order]:
        """The key Play: out of slow motion and playing backwards it leads to real time (D-RULE-45), else as above."""
        return self.normal() if self.backwards or self.pace < 1.0 else self.play_or_pause()

    def pause(self) -> list[Order]:
        """Stand, if it runs."""
        return self._stand() if self.is_open and self._wants else []

    def stop(self) -> list[Order]:
        """Close the picture; the pace goes back to normal, the cursor stays."""
        if not self.is_open:
            return []
        self.mode, self._wants, self.backwards, self.pace = Mode.STOPPED, False, False, 1.0
        return [Close()]

    def reverse(self) -> list[Order]:
        """Turn round, and run."""
        if self.at_us is None:
            return []
        self.backwards = not self.backwards
        return self._run()

    def faster(self) -> list[Order]:
        """One pace up."""
        return self._change_pace(1)

    def slower(self) -> list[Order]:
        """One pace down."""
        return self._change_pace(-1)

    def reverse_or_pause(self) -> list[Order]:
        """Turn back, and stand where that is what it does already (D-IR-08)."""
        if self.backwards and self._wants and self.mode is not Mode.ENDED:
            return self._stand()
        if not self.backwards:
            return self.reverse()
        return self._run() if self.at_us is not None else []

    def fast(self) -> list[Order]:
        """The next of the fast paces, and after the last the normal one (D-IR-03)."""
        return self._take_pace(next((one for one in SPEEDS if one > max(self.pace, 1.0)), 1.0))

    def slow(self) -> list[Order]:
        """The next of the slow paces, and after the last the normal one (D-IR-04)."""
        return self._take_pace(next((one for one in reversed(SPEEDS) if one < min(self.pace, 1.0)), 1.0))

    def _take_pace(self, pace: float) -> list[Order]:
        self.pace = pace
        return [Speed(self.speed)] if self.is_open and self._wants else []

    def normal(self) -> list[Order]:
        """Forward in real time."""
        if self.at_us is None:
            return []
        self.pace, self.backwards = 1.0, False
        return self._run()

    def step(self, frames: int) -> list[Order]:
        """Stand, and go frames on or back."""
        if self.at_us is None:
            return []
        orders: list[Order] = []
        if not self.is_open:
            orders += self._open(running=False)
        elif self._wants and self.mode is not Mode.ENDED:
            orders += self._stand()
        self._wants = False
        self.mode = Mode.SEEKING
        return [*orders, Step(frames)]

    def seek(self, at_us: int) -> list[Order]:
        """Go to a time and do there what was done before; while stopped, only the cursor goes."""
        self.at_us = at_us
        if not self.is_open:
            return []
        self.mode = Mode.SEEKING
        return [Seek(at_us)]

    def show(self, at_us: int) -> list[Order]:
        """Open at a time, standing, or go there."""
        self.at_us = at_us
        return self.seek(at_us) if self.is_open else self._open(running=False)

    def told(self, position: Position) -> bool:
        """Take what decode tells; say whether the mode changed."""
        if not self.is_open:
            return False
        before = self.mode
        match position.state:
            case PlayState.SEEKING:
                self.mode = Mode.SEEKING
                return self.mode is not before
            case PlayState.PLAYING:
                # Told before our order to stand arrived there: the order counts.
                self.mode = Mode.PLAYING if self._wants else Mode.PAUSED
            case PlayState.STANDING:
                self.mode = Mode.PLAYING if self._wants else Mode.PAUSED
            case PlayState.WAITING:
                self.mode = Mode.WAITING
            case PlayState.ENDED:
                self.mode = Mode.ENDED
        self.at_us = position.at_us
        return self.mode is not before

    def lost(self) -> bool:
        """Take that decode does not answer; the client asks again for all that was wanted when it is back."""
        before = self.mode
        if self.is_open:
            self.mode = Mode.WAITING
        return self.mode is not before

    def _open(self, *, running: bool) -> list[Order]:
        if self.at_us is None:
            return []
        self._wants = running
        self.mode = Mode.SEEKING
        return [Open(self.at_us, self.speed)]

    def _stand(self) -> list[Order]:
        self._wants = False
        if self.mode is not Mode.WAITING:
            self.mode = Mode.PAUSED
        return [Speed(0.0)]

    def _run(self) -> list[Order]:
        if not self.is_open:
            return self._open(running=True)
        self._wants = True
        if self.mode is not Mode.WAITING:
            self.mode = Mode.PLAYING
        return [Speed(self.speed)]

    def _change_pace(self, by: int) -> list[Order]:
        at = SPEEDS.index(self.pace) + by
        if not 0 <= at < len(SPEEDS):
            return []
        self.pace = SPEEDS[at]
        return [Speed(self.speed)] if self.is_open and self._wants else []


def pace_words(pace: float, *, backwards: bool = False) -> str:
    """Give the speed as it is shown: a quarter and a half as fractions, a true minus sign, a times sign behind."""
    shown = {0.25: "¼", 0.5: "½"}.get(pace, f"{pace:g}")
    return f"{_MINUS if backwards else ''}{shown}{_TIMES}"
