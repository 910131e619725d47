"""What is sought in the log, and how one walks through it page by page."""

import re
from collections.abc import Collection
from dataclasses import dataclass, field
from typing import Self

from recorder.client.errors import Invalid
from recorder.client.log import Level, LogType
from recorder.client.words import _

AUDIT, EVENT = "audit", "event"
"""The two stores, in the order in which entries of one moment stand."""
END = "end"
"""Ends of events: a store only for who follows the log as it grows."""
_PLACE = re.compile(r"([0-9]{1,18})-(audit|event)-([0-9]{1,18})", re.ASCII)


@dataclass(frozen=True, order=True)
class Place:
    """Where an entry stands in the whole list."""

    at_us: int
    store: str
    number: int

    def __str__(self) -> str:
        return f"{self.at_us}-{self.store}-{self.number}"

    @classmethod
    def read(cls, text: str) -> Self:
        """Read what `str` wrote; raises `Invalid`."""
        found = _PLACE.fullmatch(text)
        if found is None:
            raise Invalid(problem=_("This is no place in the log."))
        return cls(int(found[1]), found[2], int(found[3]))

    def bound(self, store: str) -> tuple[int, int]:
        """Give time and number such that what is smaller in `store` stands before this place."""
        if store == self.store:
            return self.at_us, self.number
        return (self.at_us, 0) if store > self.store else (self.at_us + 1, 0)


@dataclass(frozen=True)
class Sought:
    """Entries of [start_us, end_us), of these types (none: all), at least so grave, with texts in them.

    What the caller must not know of is left out: rows of `hidden` channels, and events altogether without `events`.
    """

    start_us: int = 0
    end_us: int = 1 << 62
    types: Collection[LogType] = ()
    level: Level = Level.INFO
    who: str = ""
    address: str = ""
    text: str = ""
    hidden: frozenset[int] = field(default_factory=frozenset[int])
    of_channels: frozenset[str] = field(default_factory=frozenset[str])
    """The pages that channels have: their items are channels."""
    named: frozenset[str] = field(default_factory=frozenset[str])
    """Pages with the text in their title: people seek what they read."""
    events: bool = True
