"""What is to be exported, and how far an export is."""

from dataclasses import dataclass, field
from enum import StrEnum
from pathlib import Path

import msgspec

from recorder.client.errors import UNREADABLE, Invalid
from recorder.client.stream import StreamName
from recorder.client.words import _

MOST_CHANNELS = 256


@dataclass(frozen=True)
class ExportJob:
    """A stretch [start_us, end_us) (UTC) of some channels, to a folder, or to one named `.mp4` file for one channel."""

    channels: tuple[int, ...]
    stream: StreamName
    start_us: int
    end_us: int
    path: str
    names: dict[int, str] = field(default_factory=dict[int, str])
    """Channel names, for the names of the files."""
    silent: tuple[int, ...] = ()
    """Channels whose sound is left out: who wanted it may not hear them."""
    exported_by: str = ""
    """Who wanted it, for the manifest."""

    def __post_init__(self) -> None:
        if not 0 < len(self.channels) <= MOST_CHANNELS or len(set(self.channels)) != len(self.channels):
            raise Invalid(problem=_("Choose the channels to export."))
        if not 0 <= self.start_us < self.end_us:
            raise Invalid(problem=_("The end of an export must be after its start."))


class State(StrEnum):
    """Where an export stands."""

    RUNNING = "running"
    DONE = "done"
    FAILED = "failed"
    CANCELLED = "cancelled"


@dataclass(frozen=True)
class Progress:
    """How far an export is: recorded time written and wanted, bytes on the disk, finished files, words for people.

    The words of one that failed say why; those of one that is done, what was recorded and is not in the files; of one
    that waits for a disk (`stalled`), for which.
    """

    state: State
    done_us: int
    total_us: int
    bytes: int = 0
    files: tuple[str, ...] = ()
    words: str = ""
    stalled: bool = False


def read_job(path: Path) -> ExportJob:
    """Read a job's file; raises `Invalid`."""
    try:
        return msgspec.json.decode(path.read_bytes(), type=ExportJob, strict=False)
    except (OSError, *UNREADABLE) as error:
        raise Invalid(problem=_("The export job cannot be read: {problem}.").format(problem=error)) from error
