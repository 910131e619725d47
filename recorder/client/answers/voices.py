"""Voice files."""

from dataclasses import dataclass


@dataclass(frozen=True)
class VoiceTaken:
    """A sound that the recorder has taken, as it is kept."""

    name: str
    length_s: float
    rate_hz: int
    channels: int
