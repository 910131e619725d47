"""The physics of power over Ethernet: what a controller and the cameras on its lines do by themselves.

It knows volts, ohms and milliseconds (IEEE 802.3-2022 clause 33), no registers and no policy: whoever drives it lets
lines search, powers them, and reads them. Time passes when `advance` is called, event by event.
"""

from collections.abc import Callable
from dataclasses import dataclass
from enum import Enum, auto

VOLTS = 52.0
DETECTION_S = 0.5
"""tDET: a line is probed for so long (table 33-11)."""
CLASSIFICATION_S = 0.075
INRUSH_AMPS = 0.45
LONGEST_INRUSH_S = 0.075
"""tINRUSH: a line whose volts have not risen by then is given up."""
OVERLOAD_S = 0.06
"""tCUT: so long a line may take more than its class allows."""
DISCONNECT_S = 0.35
"""tMPDO: without the maintenance signature for so long, the camera is gone."""
HOLD_AMPS = 0.0075
"""IHold: what takes less is not there any more."""
OVERLOAD_SHARE = 1.12
"""ICUT stands this much above what the class may take."""
SHORT_AMPS = 1.2
BETWEEN_TRIES_S = 0.75
"""tED: after an error, before the next detection."""
GOOD_KOHM = (19.0, 26.5)
CLASS_WATTS = (15.4, 4.0, 7.0, 15.4, 30.0, 45.0, 60.0, 75.0, 90.0)


@dataclass(frozen=True)
class Load:
    """What hangs at the far end of a line: a camera, or something that takes no power from the cable."""

    camera: str
    power_class: int = 3
    watts: float = 6.0
    boot_s: float = 0.0
    """For so long after power-on it takes only half."""
    kohm: float = 25.0
    microfarads: float = 100.0


class Phase(Enum):
    """What the controller does with a line."""

    OFF = auto()
    DETECTING = auto()
    CLASSIFYING = auto()
    READY = auto()
    INRUSH = auto()
    ON = auto()
    PAUSE = auto()


class Trouble(Enum):
    """What a line's detection found, or what took its power."""

    NONE = auto()
    OPEN = auto()
    SHORT = auto()
    R_LOW = auto()
    R_HIGH = auto()
    C_HIGH = auto()
    OVERLOAD = auto()
    INRUSH = auto()
    DISCONNECT = auto()


@dataclass
class Line:
    """One line; `found` is what its last detection saw, `tripped` what last took its power."""

    phase: Phase = Phase.OFF
    since_s: float = 0.0
    load: Load | None = None
    power_class: int | None = None
    found: Trouble = Trouble.NONE
    tripped: Trouble = Trouble.NONE
    limit_watts: float | None = None
    on_s: float = 0.0
    over_s: float | None = None
    gone_s: float | None = None

    def watts(self, now_s: float) -> float:
        """What the load takes."""
        if self.phase is not Phase.ON or self.load is None:
            return 0.0
        booting = now_s - self.on_s < self.load.boot_s
        return self.load.watts / 2 if booting else self.load.watts

    def most_watts(self) -> float:
        """Above this the controller cuts the line."""
        by_class = CLASS_WATTS[self.power_class or 0]
        return min(by_class, self.limit_watts or by_class) * OVERLOAD_SHARE


class Pse:
    """A controller with its lines; with `grants_itself` it powers what it found without being asked."""

    def __init__(self, lines: int, monotonic_s: Callable[[], float], *, grants_itself: bool = False) -> None:
        self.lines = [Line() for _ in range(lines)]
        self._monotonic_s = monotonic_s
        self._now_s = monotonic_s()
        self._grants_itself = grants_itself
        self.most_watts = 0.0
        """The most that was ever taken at once."""

    @property
    def now_s(self) -> float:
        """The moment up to which things have happened."""
        return self._now_s

    @property
    def total_watts(self) -> float:
        """What all lines take together now."""
        return sum(line.watts(self._now_s) for line in self.lines)

    def plug(self, line: int, load: Load) -> None:
        """Put a load on a line, in place of what hung there."""
        self.advance()
        one = self.lines[line]
        if one.phase in {Phase.INRUSH, Phase.ON}:  # no hand is as fast as the disconnection
            self._trip(one, Trouble.DISCONNECT)
        elif one.phase in {Phase.CLASSIFYING, Phase.READY}:
            self._enter(one, Phase.DETECTING)
        one.load = load
        self.advance()

    def change(self, line: int, load: Load) -> None:
        """Let the load on a line take another power."""
        self.advance()
        self.lines[line].load = load
        self.advance()

    def unplug(self, line: int) -> None:
        """Take what hangs there away."""
        self.advance()
        self.lines[line].load = None
        self.advance()

    def search(self, line: int) -> None:
        """Let a line detect and classify, if it does not already."""
        self.advance()
        if self.lines[line].phase is Phase.OFF:
            self._enter(self.lines[line], Phase.DETECTING)
        self.advance()

    def power(self, line: int) -> None:
        """Power a line on which something good was found; others are left alone."""
        self.advance()
        if self.lines[line].phase is Phase.READY:
            self._enter(self.lines[line], Phase.INRUSH)
        self.advance()

    def cut(self, line: int) -> None:
        """Take a line's power, and search no more."""
        self.advance()
        one = self.lines[line]
        self._enter(one, Phase.OFF)
        one.power_class, one.found = None, Trouble.NONE

    def black_out(self) -> None:
        """Lose the mains: no line has power, and the controller has forgotten everything."""
        for number in range(len(self.lines)):
            self.cut(number)
            self.lines[number].limit_watts = None
            self.lines[number].tripped = Trouble.NONE

    def amps(self, line: int) -> float:
        """What flows on a line."""
        return self.lines[line].watts(self._now_s) / VOLTS

    def advance(self) -> None:
        """Let everything happen that happens until now, in its order."""
        target_s = self._monotonic_s()
        while True:
            self._note()
            due_s, line = min(((self._due_s(one), one) for one in self.lines), key=lambda pair: pair[0])
            if due_s > target_s:
                break
            self._now_s = max(self._now_s, due_s)
            self._happen(line)
        self._now_s = target_s
        self._note()

    def _note(self) -> None:
        self.most_watts = max(self.most_watts, self.total_watts)

    def _enter(self, line: Line, phase: Phase) -> None:
        line.phase, line.since_s = phase, self._now_s
        line.over_s = line.gone_s = None
        if phase is Phase.ON:
            line.on_s = self._now_s

    def _due_s(self, line: Line) -> float:
        """When something happens next on a line."""
        match line.phase:
            case Phase.DETECTING:
                return line.since_s + DETECTION_S
            case Phase.CLASSIFYING:
                return line.since_s + CLASSIFICATION_S
            case Phase.READY:
                # What it found may be unplugged before it is powered: it looks again and again.
                return self._now_s if self._grants_itself else line.since_s + DETECTION_S
            case Phase.INRUSH:
                return line.since_s + min(_rise_s(line.load), LONGEST_INRUSH_S)
            case Phase.PAUSE:
                return line.since_s + BETWEEN_TRIES_S
            case Phase.ON:
                return self._on_due_s(line)
            case Phase.OFF:
                return float("inf")

    def _on_due_s(self, line: Line) -> float:
        if line.watts(self._now_s) / VOLTS < HOLD_AMPS:
            if line.gone_s is None:
                line.gone_s = self._now_s
            return line.gone_s + DISCONNECT_S
        line.gone_s = None
        if line.watts(self._now_s) > line.most_watts():
            if line.over_s is None:
                line.over_s = self._now_s
            return line.over_s + (0.0 if line.watts(self._now_s) / VOLTS > SHORT_AMPS else OVERLOAD_S)
        line.over_s = None
        load = line.load
        booted_s = line.on_s + load.boot_s if load else 0.0
        return booted_s if booted_s > self._now_s else float("inf")

    def _happen(self, line: Line) -> None:
        match line.phase:
            case Phase.DETECTING:
                line.found = _found(line.load)
                if line.found is Trouble.NONE:
                    self._enter(line, Phase.CLASSIFYING)
                else:
                    line.power_class = None
                    self._enter(line, Phase.DETECTING)
            case Phase.CLASSIFYING:
                line.power_class = line.load.power_class if line.load else None
                self._enter(line, Phase.READY if line.load else Phase.DETECTING)
            case Phase.READY:
                if self._grants_itself:
                    self._enter(line, Phase.INRUSH)
                else:
                    line.found = _found(line.load)
                    self._enter(line, Phase.READY if line.found is Trouble.NONE else Phase.DETECTING)
            case Phase.INRUSH:
                if _rise_s(line.load) > LONGEST_INRUSH_S:
                    self._trip(line, Trouble.INRUSH)
                else:
                    self._enter(line, Phase.ON)
            case Phase.ON:
                self._on_happens(line)
            case Phase.PAUSE:
                self._enter(line, Phase.DETECTING)
            case Phase.OFF:
                pass

    def _on_happens(self, line: Line) -> None:
        if line.gone_s is not None:
            self._trip(line, Trouble.DISCONNECT)
        elif line.over_s is not None:
            short = line.watts(self._now_s) / VOLTS > SHORT_AMPS
            self._trip(line, Trouble.SHORT if short else Trouble.OVERLOAD)

    def _trip(self, line: Line, why: Trouble) -> None:
        line.tripped = why
        line.power_class = None
        line.found = Trouble.OPEN if line.load is None else Trouble.NONE
        self._enter(line, Phase.PAUSE)


def _rise_s(load: Load | None) -> float:
    """How long the inrush current takes to charge a load's input."""
    return load.microfarads * 1e-6 * VOLTS / INRUSH_AMPS if load else 0.0


def _found(load: Load | None) -> Trouble:
    """What detection sees at the far end."""
    if load is None:
        return Trouble.OPEN
    if load.kohm < 0.5:
        return Trouble.SHORT
    if load.kohm < GOOD_KOHM[0]:
        return Trouble.R_LOW
    return Trouble.R_HIGH if load.kohm > GOOD_KOHM[1] else Trouble.NONE
