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


class AlarmState(StrEnum):
    """How far people came with an alarm."""

    NEW = "new"
    PROGRESS = "progress"
    """Somebody has seen it and looks after it."""
    FALSE = "false"
    """There was nothing."""
    CLOSED = "closed"

    @property
    def waits(self) -> bool:
        """Whether somebody still has to do something."""
        return self in {AlarmState.NEW, AlarmState.PROGRESS}


@dataclass(frozen=True)
class Comment:
    """What somebody wrote to an event."""

    at_us: int
    who: str
    words: str


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
    state: AlarmState | None = None
    """How far people came with it; None where it is no alarm (V-ALST-02)."""
    pinned: bool = False
    group: int = 0
    """The first event of its rule and channel within the time set for groups: itself or an older one; 0: none."""
    handled_by: str = ""
    """Who gave it its state, and when."""
    handled_us: int | None = None
    comments: tuple[Comment, ...] = ()
    alike: int = 1
    """Of a list by groups: how many events of its group were sought, it included; it is the newest of them."""
    instructions: str = ""
    """What is to be done, as its rule says; told with one event alone."""


@dataclass(frozen=True)
class Mute:
    """A rule of which one hears nothing for a while; `item` is the document of its page."""

    source: str
    item: str
    until_us: int


@dataclass(frozen=True)
class Receiving:
    """What one user wants to be told as it happens (V-ALM-41); the list of events has all. None: of all."""

    sources: tuple[str, ...] | None = None
    channels: tuple[int, ...] | None = None
    """Events that belong to no channel are not asked."""
    off_until_us: int = 0
    """Until then nothing is told."""
    mutes: tuple[Mute, ...] = ()

    def wants(self, source: str, item: str, channel: int, now_us: int) -> bool:
        """Whether an event is to be told now."""
        if now_us < self.off_until_us or (self.sources is not None and source not in self.sources):
            return False
        if channel and self.channels is not None and channel not in self.channels:
            return False
        return not any((one.source, one.item) == (source, item) and now_us < one.until_us for one in self.mutes)


@dataclass(frozen=True)
class ScreenMessage:
    """What the local screen shows when an event begins; `id` is the event's, and grows."""

    id: int
    channel: int
    """0 where it belongs to no channel."""
    at_us: int
    words: str
    source: str = ""
    item: str = ""


@dataclass(frozen=True)
class ScreenTour:
    """The channels that the local screen shows on behalf of an event that goes on (D-LINK-08)."""

    id: int
    channels: tuple[int, ...]
    source: str = ""
    item: str = ""
    channel: int = 0
    """The event's own; 0 where it belongs to no channel."""


@dataclass(frozen=True)
class EventKind:
    """A kind of event: the name of its rule's page, and what people call it."""

    name: str
    title: str


@dataclass(frozen=True)
class EventPage:
    """Some events, the newest first; `before` is given for those that follow, None: there are no more."""

    events: tuple[Happened, ...]
    before: int | None = None
