"""Where an update stands, as one JSON object on disk that is always whole (docs/design/update.md)."""

import logging
import os
from dataclasses import dataclass
from pathlib import Path

import msgspec

from hal.client.firmware import Refusal
from recorder.client.answers.update import Phase, Reason
from recorder.client.errors import UNREADABLE

FILE = "update.json"
LARGEST = 1 << 16
_BUSY = frozenset({Phase.FOUND, Phase.BACKUP, Phase.INSTALL, Phase.ARMED, Phase.REBOOT, Phase.TRIAL})
log = logging.getLogger(__name__)


@dataclass(frozen=True)
class Record:
    """All that is known of the update under way, or of the last one. Times are UTC in microseconds."""

    phase: Phase = Phase.IDLE
    refusal: Refusal = Refusal.NONE
    """Why a bundle was refused."""
    reason: Reason = Reason.NONE
    """Why it failed or was rolled back; in a trial: that it is to be rolled back."""
    detail: str = ""
    """What the reason is about: names of channels, what a program said."""
    source: str = ""
    """Where the bundle came from, in words."""
    by: str = ""
    """Who asked for it."""
    version: str = ""
    """What ran before."""
    to_version: str = ""
    description: str = ""
    built: str = ""
    bytes: int = 0
    signer: str = ""
    digest: str = ""
    permit: str = ""
    schema: int = 0
    board: str = ""
    least: str = ""
    slot: str = ""
    """Where the version from before is."""
    to_slot: str = ""
    boot: str = ""
    """In which run of the kernel it was installed."""
    boots: tuple[str, ...] = ()
    """In which the new one was tried."""
    channels: tuple[int, ...] = ()
    """Those that recorded before."""
    at_us: int = 0
    """When it is to be installed; 0: nobody said so."""
    down_us: int = 0
    """When the recorder went down for it."""
    ended_us: int = 0
    gap_s: int = 0
    """So long the channels were not recorded."""
    seen: bool = True
    """Whether somebody has seen how it ended."""

    @property
    def busy(self) -> bool:
        """Whether something is being done that nothing else may come between."""
        return self.phase in _BUSY


class Disk:
    """The writes that make a record durable; tests cut the power between them."""

    def write(self, path: Path, data: bytes) -> None:
        """Write a file and have it durable before this returns."""
        descriptor = os.open(path, os.O_WRONLY | os.O_CREAT | os.O_TRUNC | os.O_CLOEXEC, 0o600)
        with os.fdopen(descriptor, "wb") as file:
            file.write(data)
            file.flush()
            os.fsync(file.fileno())

    def rename(self, path: Path, to: Path) -> None:
        """Put one file in another's place."""
        path.replace(to)

    def sync(self, folder: Path) -> None:
        """Have a folder's names durable."""
        descriptor = os.open(folder, os.O_RDONLY | os.O_DIRECTORY)
        try:
            os.fsync(descriptor)
        finally:
            os.close(descriptor)


class RecordFile:
    """The file of one instance."""

    def __init__(self, path: Path, disk: Disk | None = None) -> None:
        self._path = path
        self._disk = disk or Disk()

    def load(self) -> Record:
        """Read it; where there is none, nothing is under way. A damaged one is told in the log, and counts as none."""
        try:
            with self._path.open("rb") as file:
                return msgspec.json.decode(file.read(LARGEST), type=Record)
        except FileNotFoundError:
            return Record()
        except (OSError, *UNREADABLE) as error:
            log.warning("%s is not used: %s", self._path.name, error)
            return Record(Phase.FAILED, reason=Reason.UNREADABLE, seen=False)

    def save(self, record: Record) -> None:
        """Replace it, whole or not at all; raises OSError."""
        fresh = self._path.with_name(f".{self._path.name}.new")
        self._disk.write(fresh, msgspec.json.encode(record))
        self._disk.rename(fresh, self._path)
        self._disk.sync(self._path.parent)
