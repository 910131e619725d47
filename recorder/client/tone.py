"""How words are meant: the screen and a browser have a colour for each tone, and other readers need none."""

from enum import StrEnum


class Tone(StrEnum):
    """What an owner should think of what is said."""

    PLAIN = "plain"
    QUIET = "quiet"
    """By the way."""
    FAINT = "faint"
    """Not in use."""
    GOOD = "good"
    WARNING = "warning"
    """Somebody should look at it."""
    BAD = "bad"
    ALARM = "alarm"
    """An alarm is on."""
    ON = "on"
    """Something was switched on."""

    @property
    def trouble(self) -> bool:
        """Whether somebody should look at it."""
        return self in {Tone.WARNING, Tone.BAD}
