"""Events as the list of events shows them: what began and ended where, and what followed."""

from dataclasses import dataclass, field
from enum import StrEnum
from typing import Any


class ReactionState(StrEnum):
    """How far a linkage came with an event."""

    RUNNING = "running"
    DONE = "done"
    FAILED = "failed"
    """It gave up, after trying again."""
    SKIPPED = "skipped"
    """What it needs is not there; `words` say what."""


@dataclass(frozen=True)
class Reaction:
    """What one linkage did for one event."""

    linkage: str
    state: ReactionState
    at_us: int
    words: str = ""
    tries: int = 0


@dataclass(frozen=True)
class Happened:
    """One event. Times are UTC.

    `source` is the name of its settings page and `item` the document of that page; `part` is what of it: a disk's name.
    """

    id: int
    source: str
    title: str
    item: str
    part: str
    channel: int
    """0 where it belongs to no channel."""
    begin_us: int
    end_us: int | None
    """None while it goes on."""
    why: str
    """Why it ended, where it did not end by itself: `restart`, `stopped`, `disabled`, `source`."""
    words: str
    count: int
    """How many triggers were counted as this one event (D-RULE-06)."""
    armed: bool
    """Whether its rule was armed when it began; without, no linkage acted (D-RULE-04)."""
    picture_us: int | None
    """The time of the picture that was taken for it: `/channels/{channel}/pictures/{picture_us}`."""
    detail: dict[str, Any] = field(default_factory=dict[str, Any])
    reactions: tuple[Reaction, ...] = ()


@dataclass(frozen=True)
class ScreenMessage:
    """What the local screen shows when an event begins; `id` is the event's, and grows."""

    id: int
    channel: int
    """0 where it belongs to no channel."""
    at_us: int
    words: str


@dataclass(frozen=True)
class EventPage:
    """Some events, the newest first; `before` is given for those that follow, None: there are no more."""

    events: tuple[Happened, ...]
    before: int | None = None
