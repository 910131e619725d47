"""What this recorder remembers of its disks, and what it therefore doubts: foreign ones, copies, older states (S4)."""

import contextlib
import logging
import os
import threading
from pathlib import Path

import msgspec

from recorder.client.errors import UNREADABLE
from recorder.client.status import DiskDoubt
from recorder.client.words import _
from recorder.store.catalog import Catalog, Position
from recorder.store.errors import StoreError
from recorder.store.identity import Identity
from recorder.store.layout import BlockState
from recorder.store.rows import BootRow, PieceRow, RowKind

log = logging.getLogger("store")

FILE = "disks.json"


class Doubtful(StoreError):
    """Nothing is written to the disk until its owner says what it is."""

    status = 409
    words = _("{problem}")

    def __init__(self, doubt: DiskDoubt, problem: str) -> None:
        super().__init__(problem=problem)
        self.doubt = doubt


class _Seen(msgspec.Struct):
    sequence: int = 0
    frame: int = 0
    adopted: str = ""
    """The state of the disk that its owner said is ours, as `_state` writes it."""
    place: str = ""
    """Of several with this id, the one that its owner chose."""


class KnownDisks:
    """The disks that were ever written here, kept in a file of the recorder's state. Safe from any thread."""

    def __init__(self, path: Path) -> None:
        """No I/O here."""
        self._path = path
        self._lock = threading.Lock()
        self._seen: dict[str, _Seen] = {}
        self._read: tuple[int, int] | None = None
        self.decisions = 0
        """Counts what owners decided since the start."""

    def judge(self, identity: Identity, place: str, catalog: Catalog, recorder: int) -> None:
        """Raise `Doubtful` where a disk is another recorder's, or an older state of one that is known here."""
        with self._lock:
            self._load()
            seen = self._seen.get(identity.id)
        if seen is not None and seen.adopted == _state(catalog, place):
            return
        last = written_by(catalog)
        if last is not None and last != recorder:
            words = _("it was recorded by another recorder; adopt it to record on it here")
            raise Doubtful(DiskDoubt.FOREIGN, words)
        if seen is not None and tuple(catalog.position) < (seen.sequence, seen.frame):
            words = _(
                "it is an older state of a disk of this recorder, or a copy made earlier; adopt it to go on with it"
            )
            raise Doubtful(DiskDoubt.STALE, words)

    def chosen(self, disk: str) -> str:
        """Give where the disk is, of several with its id, that the owner chose; empty where there was no choice."""
        with self._lock:
            self._load()
            seen = self._seen.get(disk)
            return seen.place if seen is not None else ""

    def knows(self, disk: str) -> bool:
        """Whether it is known how far the catalog of a disk went."""
        with self._lock:
            self._load()
            return disk in self._seen

    def saw(self, disk: str, position: Position) -> None:
        """Remember how far the catalog of a disk went that we write."""
        with self._lock:
            self._load()
            seen = self._seen.setdefault(disk, _Seen())
            if tuple(position) != (seen.sequence, seen.frame):
                seen.sequence, seen.frame = position
                self._save()

    def adopt(self, disk: str, place: str, catalog: Catalog | None) -> None:
        """Take the owner's word that this is the disk to go on with."""
        with self._lock:
            self._load()
            seen = self._seen.setdefault(disk, _Seen())
            seen.place = place
            seen.adopted = _state(catalog, place) if catalog is not None else ""
            self.decisions += 1
            self._save()

    def sequence_of(self, disk: str) -> int:
        """Give the sequence of the newest checkpoint that was seen of a disk; 0 for an unknown one."""
        with self._lock:
            self._load()
            seen = self._seen.get(disk)
            return seen.sequence if seen is not None else 0

    def _load(self) -> None:
        """Read the file where it is another one than was read last."""
        try:
            found = self._path.stat()
            if self._read == (found.st_ino, found.st_mtime_ns):
                return
            self._seen = msgspec.json.decode(self._path.read_bytes(), type=dict[str, _Seen])
            self._read = (found.st_ino, found.st_mtime_ns)
        except FileNotFoundError:
            if self._read is not None:
                self._seen, self._read = {}, None
        except (OSError, *UNREADABLE) as error:
            log.warning("%s: %s; what was known of disks is forgotten", self._path, error)
            self._seen, self._read = {}, None

    def _save(self) -> None:
        fresh = self._path.with_suffix(".new")
        try:
            self._path.parent.mkdir(mode=0o700, parents=True, exist_ok=True)
            descriptor = os.open(fresh, os.O_WRONLY | os.O_CREAT | os.O_TRUNC | os.O_CLOEXEC, 0o600)
            with os.fdopen(descriptor, "wb") as file:
                file.write(msgspec.json.encode(self._seen))
                file.flush()
                os.fsync(file.fileno())
            fresh.replace(self._path)
            found = self._path.stat()
            self._read = (found.st_ino, found.st_mtime_ns)
        except OSError as error:
            # Recording does not depend on it.
            log.warning("%s: %s", self._path, error)
            with contextlib.suppress(OSError):
                fresh.unlink(missing_ok=True)


def _state(catalog: Catalog, place: str) -> str:
    return f"{place} {catalog.position.sequence} {catalog.position.frame} {written_by(catalog) or 0:016x}"


def written_by(catalog: Catalog) -> int | None:
    """Give the recorder that wrote to a disk last; None for one that holds nothing."""
    boots = [one for one in catalog.contents.of(RowKind.BOOT) if isinstance(one, BootRow)]
    if boots:
        return boots[-1].recorder
    if all(one.state == BlockState.FREE for one in catalog.contents.blocks.values()):
        return None
    # Of a catalog that was made from blocks: who began the newest span.
    pieces = [one for one in catalog.contents.of(RowKind.PIECE) if isinstance(one, PieceRow)]
    return max(pieces, key=lambda one: one.last_us).span.recorder if pieces else None
