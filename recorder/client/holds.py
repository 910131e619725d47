"""Locks and tags on recorded time."""

from dataclasses import dataclass
from enum import StrEnum

from recorder.client.stream import StreamName


class HoldKind(StrEnum):
    """Why a stretch is held."""

    LOCK = "lock"
    EVIDENCE = "evidence"
    EXPORT = "export"


@dataclass(frozen=True)
class Hold:
    """A stretch of a channel that is kept from being overwritten; `stream` None is every stream of it.

    It is over when it was released or has expired (`expires_us` None: never).
    """

    id: str
    channel: int
    stream: StreamName | None
    kind: HoldKind
    start_us: int
    end_us: int
    expires_us: int | None
    made_us: int
    owner: str
    reason: str
    released_us: int | None = None
    released_by: str = ""
    release_reason: str = ""

    def lives(self, now_us: int) -> bool:
        """Whether it keeps footage at this time."""
        return self.released_us is None and (self.expires_us is None or now_us < self.expires_us)


@dataclass(frozen=True)
class Tag:
    """A named mark on a channel's time; a moment has the same start and end."""

    id: str
    channel: int
    stream: StreamName | None
    start_us: int
    end_us: int
    made_us: int
    owner: str
    words: str
