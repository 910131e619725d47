"""How complete hours and days are."""

from dataclasses import dataclass, field
from enum import StrEnum


class Wholeness(StrEnum):
    """How complete an hour or a day is."""

    COMPLETE = "complete"
    INCOMPLETE = "incomplete"
    OVERWRITTEN = "overwritten"
    """What was recorded made room since."""
    NOT_DUE = "not_due"


@dataclass(frozen=True)
class Hour:
    """How much of an hour was due, and what became of it (µs). `due_us` is the sum of the others.

    Hours count from the beginning of the local day; what is still ahead is not due yet.
    """

    start_us: int
    end_us: int
    due_us: int = 0
    recorded_us: int = 0
    overwritten_us: int = 0
    missing_us: dict[str, int] = field(default_factory=dict[str, int])
    """By reason, as in gaps."""

    @property
    def state(self) -> Wholeness:
        """How complete it is: one missing second makes it incomplete."""
        if not self.due_us:
            return Wholeness.NOT_DUE
        if any(self.missing_us.values()):
            return Wholeness.INCOMPLETE
        return Wholeness.OVERWRITTEN if self.overwritten_us else Wholeness.COMPLETE


@dataclass(frozen=True)
class Day(Hour):
    """A local day of a channel; its hours, 23 to 25 of them, where they were asked for."""

    channel: int = 0
    date: str = ""
    """As 2026-11-26."""
    hours: tuple[Hour, ...] = ()
