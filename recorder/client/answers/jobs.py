"""Work that goes on after its request was answered: exports and buttons of pages."""

from dataclasses import dataclass, field
from enum import StrEnum
from typing import Any

from recorder.client.stream import StreamName


class JobState(StrEnum):
    """Where a job stands."""

    QUEUED = "queued"
    RUNNING = "running"
    DONE = "done"
    FAILED = "failed"
    CANCELLED = "cancelled"

    @property
    def over(self) -> bool:
        """Whether nothing more happens."""
        return self in {JobState.DONE, JobState.FAILED, JobState.CANCELLED}


@dataclass(frozen=True)
class ExportJob:
    """One export. `files` are the names written so far, inside `directory`; `words` say what is wrong.

    `by` is who wanted it; `silent` are the channels whose sound is left out, because he may not hear them.
    """

    id: str
    state: JobState
    channels: tuple[int, ...]
    stream: StreamName
    start_us: int
    end_us: int
    directory: str
    done_us: int = 0
    total_us: int = 0
    bytes: int = 0
    files: tuple[str, ...] = ()
    words: str = ""
    silent: tuple[int, ...] = ()
    by: str = ""


@dataclass(frozen=True)
class ActionJob:
    """A page's action under way or over."""

    id: str
    page: str
    action: str
    state: JobState
    done: int = 0
    total: int = 0
    words: str = ""
    result: dict[str, Any] = field(default_factory=dict[str, Any])
