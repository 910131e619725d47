"""Alarm inputs and outputs."""

from dataclasses import dataclass

from recorder.client.tone import Tone


@dataclass(frozen=True)
class AlarmInput:
    """One alarm input. While it is not `online`, `reason` says why and the rest is what was last seen."""

    name: str
    online: bool
    reason: str
    role: str
    """`alarm`, or `tamper`: the switch that tells an opened case."""
    active: bool
    """Its alarm is so, whichever way its contact rests."""
    normally_closed: bool
    stuck: bool
    """It is active for so long that a contact or cable may be broken."""
    title: str = ""
    """What its owner calls it; empty where that was left open."""
    words: str = ""
    tone: Tone = Tone.QUIET
    box: str = ""
    """The alarm box that it belongs to, where an owner added that; empty: the recorder's own, or the board's."""

    @property
    def label(self) -> str:
        """How people know it."""
        return self.title or self.name


@dataclass(frozen=True)
class TileButton:
    """The button of a camera's tile. `question` is asked before it is pressed; empty: nothing."""

    channel: int
    label: str
    question: str


@dataclass(frozen=True)
class Output:
    """One output. While it is not `online`, `reason` says why and the rest is what was last seen."""

    name: str
    online: bool
    reason: str
    role: str
    """`alarm_output`: a free contact; `switched_12v`: a terminal that gives 12 V while closed."""
    closed: bool
    """It is switched on, whichever way its contact rests."""
    timed: bool
    """It opens by itself."""
    normally_closed: bool
    title: str = ""
    """What its owner calls it; empty where that was left open."""
    mode: str = "auto"
    """Who switches it: `auto` alarms and people, `manual` nobody, it is always on, `off` nobody, it is never on."""
    pulse_s: float | None = None
    """Switched on, it goes off by itself after this time; None: it stays on."""
    words: str = ""
    tone: Tone = Tone.QUIET
    warning: str = ""
    """What to think of before it is switched on; empty where nobody is frightened or freed by it."""
    box: str = ""
    """As of an input."""

    @property
    def label(self) -> str:
        """How people know it."""
        return self.title or self.name
