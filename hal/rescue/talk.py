"""What the rescue system and the installer ask of whoever sits before them, and tell them."""

from collections.abc import Sequence
from typing import Protocol


class Talk(Protocol):
    """A monitor with a keyboard, a serial line, both at once; nobody at all where a file answers."""

    def choose(self, title: str, words: str, choices: Sequence[str], patience_s: float | None = None) -> int | None:
        """Let one be chosen; gives its number from 0, None for going back or where nobody chose within the time."""
        ...

    def ask(self, title: str, words: str) -> str:
        """Let a line be typed; empty where it was given up."""
        ...

    def tell(self, title: str, words: str) -> None:
        """Show something until it was read."""
        ...

    def progress(self, percent: float, words: str) -> None:
        """Say how far something is."""
        ...
