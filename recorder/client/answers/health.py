"""Whether all is well: one answer, in words for people and in figures for programs."""

from dataclasses import dataclass, field

from recorder.client.completeness import Day
from recorder.client.outage import Outage
from recorder.client.tone import Tone


@dataclass(frozen=True)
class HealthLine:
    """One thing that an owner asks about; `name` is its stable name."""

    name: str
    label: str
    words: str
    tone: Tone


@dataclass(frozen=True)
class MailTest:
    """How the last mail that was sent to be sure went."""

    at_us: int
    sent: bool
    words: str


@dataclass(frozen=True)
class Health:
    """All that the caller may know. `tone` is that of the worst line; `words` say it in a sentence."""

    time_us: int
    tone: Tone
    words: str
    lines: tuple[HealthLine, ...]
    due: tuple[int, ...] = ()
    """Channels that are to be recorded now whatever happens."""
    recording: tuple[int, ...] = ()
    missing: tuple[int, ...] = ()
    """Those of `due` that are not recorded."""
    oldest_us: dict[int, int] = field(default_factory=dict[int, int])
    """Where the footage of each channel begins."""
    clock_kept: bool | None = None
    """Whether something keeps the clock right; None: nobody can tell."""
    clock_error_us: int | None = None
    """How far it can be off at most, where it is kept."""
    outage: Outage | None = None
    """The last time without power."""
    test_mail: MailTest | None = None
    yesterday: tuple[Day, ...] = ()
    """How complete yesterday is, by channel; empty while nobody can tell."""
