"""How safe the recorder is, a card for each thing that an owner asks about (D-SEC-01)."""

from dataclasses import dataclass

from recorder.client.tone import Tone


@dataclass(frozen=True)
class SecurityCard:
    """One thing. Its action leads to where it is mended."""

    name: str
    label: str
    words: str
    tone: Tone
    deed: str
    """What the action is called."""
    opens: str
    """`account`, `cameras`, `log`, `online`, or the name of a settings page."""
    item: str = ""
    """The document of that page, where it is about one."""
    accepted: bool = False
    """It would be a warning, and its owner wants none."""


@dataclass(frozen=True)
class Security:
    """All cards; `words` say in a sentence whether somebody should look."""

    time_us: int
    tone: Tone
    words: str
    cards: tuple[SecurityCard, ...]
