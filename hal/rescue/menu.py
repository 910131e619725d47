"""The menu of the rescue system, and of the installer's stick."""

from collections.abc import Callable
from dataclasses import dataclass
from enum import IntEnum

from hal.errors import HalError, words_of
from hal.rescue.talk import Talk

ALONE_S = 300.0
"""Nobody is there: after so long the recorder tries again by itself, since one that runs records."""


class End(IntEnum):
    """How it ends; the first program of the boot does it."""

    RESTART = 0
    OFF = 10


@dataclass(frozen=True)
class Entry:
    """A line of the menu; what it does says whether all is done and the recorder may start."""

    words: str
    do: Callable[[], bool]


def menu(talk: Talk, title: str, words: str, entries: list[Entry], alone_s: float | None = None) -> End:
    """Show it until something was done that ends it."""
    while True:
        rows = [*(one.words for one in entries), "Start the recorder", "Switch off"]
        chosen = talk.choose(title, words, rows, alone_s)
        if chosen is None:
            if alone_s is not None:
                return End.RESTART
            continue
        alone_s = None  # somebody is there
        if chosen >= len(entries):
            return (End.RESTART, End.OFF)[chosen - len(entries)]
        try:
            if entries[chosen].do():
                return End.RESTART
        except (HalError, OSError) as error:
            talk.tell(title, words_of(error))
