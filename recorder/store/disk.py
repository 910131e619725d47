"""One recording disk: its identity and what it can do now, reached only below the directory whose id was read (S10)."""

import errno
import fcntl
import os
from collections.abc import Mapping
from pathlib import Path
from types import MappingProxyType
from typing import NamedTuple, Self

from recorder.client.clock import Clock
from recorder.client.status import DiskState, DiskStatus
from recorder.client.stream import StreamKey
from recorder.client.words import _
from recorder.store.errors import Damaged, DiskFull, DiskReadOnly, NotADisk, StoreError, SyncFailed
from recorder.store.files import Files, SystemFiles
from recorder.store.identity import Identity

_GONE = {errno.ENODEV, errno.ENXIO, errno.ENOENT, errno.ESTALE, errno.ENOTCONN, errno.ENOMEDIUM}
_NO_ROOM = {errno.ENOSPC, errno.EDQUOT}


class Figures(NamedTuple):
    """What is on a disk and how fast it fills; `oldest` is where the footage of each stream begins (UTC, µs)."""

    used_bytes: int = 0
    oldest: Mapping[StreamKey, int] = MappingProxyType({})
    bytes_per_s: int = 0
    nearly_full: bool = False
    """The high-water mark of its pool is passed, and nothing on the disk may be set free."""


class Disk:
    """A recording disk that may be missing, and may come back.

    One thread attaches and detaches; `status` may be asked from any.
    """

    def __init__(self, path: Path, clock: Clock, files: Files | None = None) -> None:
        """No I/O here."""
        self.path = path
        self.files = files or SystemFiles()
        self.identity: Identity | None = None
        self.state = DiskState.MISSING
        self._clock = clock
        self._since_us = clock.now_us()
        self._reason = ""
        self._directory = -1
        self._place: tuple[int, int] | None = None
        self._distrusted: tuple[int, int] | None = None
        self.figures = Figures()
        """Replaced by the one thread that uses the disk, read by all."""

    @classmethod
    def open(cls, path: Path, clock: Clock) -> Self:
        """Look at the disk at `path`. Never raises: a disk that is not there is MISSING and is looked for again."""
        disk = cls(path, clock)
        try:
            disk.attach(exclusive=False)
        except StoreError:
            return disk
        disk.detach()
        disk.set_state(DiskState.WRITABLE, "")
        return disk

    @property
    def directory(self) -> int:
        """The open directory; every file of the disk is opened below it, so no other mount can slip in between."""
        return self._directory

    def attach(self, *, exclusive: bool = True) -> Identity:
        """Open the directory and read who it is; raises `StoreError`, and `state` says which.

        It may be another disk than the one that was here before: `identity` is that of what lies here now (S10).
        `exclusive` also keeps every other recorder from writing to it. Whether it can be written shows only when that
        is tried: who does says `set_state`.
        """
        self.detach()
        try:
            directory = os.open(self.path, os.O_RDONLY | os.O_DIRECTORY | os.O_CLOEXEC)
        except OSError as error:
            missing = NotADisk(path=self.path, problem=error.strerror or str(error))
            self.fail(missing)
            raise missing from error
        try:
            found = os.fstat(directory)
            place = (found.st_dev, found.st_ino)
            if place == self._distrusted:
                raise SyncFailed(disk=self.path.name, problem=self._reason)
            identity = Identity.read(directory, self.path)
            if exclusive:
                self._lock(directory)
                if os.fstatvfs(directory).f_flag & os.ST_RDONLY:
                    raise DiskReadOnly(disk=identity.name, problem=os.strerror(errno.EROFS))
        except StoreError as error:
            os.close(directory)
            self.fail(error)
            raise
        except OSError as error:
            os.close(directory)
            self.set_state(DiskState.FAILED, error.strerror or str(error))
            raise NotADisk(path=self.path, problem=error.strerror) from error
        self.identity, self._directory, self._place = identity, directory, place
        self._distrusted = None
        return identity

    def peek(self) -> str:
        """Give the id of what is at the path now, without attaching it; empty where there is no disk."""
        try:
            directory = os.open(self.path, os.O_RDONLY | os.O_DIRECTORY | os.O_CLOEXEC)
        except OSError:
            return ""
        try:
            return Identity.read(directory, self.path).id
        except NotADisk:
            return ""
        finally:
            os.close(directory)

    def _lock(self, directory: int) -> None:
        try:
            fcntl.flock(directory, fcntl.LOCK_EX | fcntl.LOCK_NB)
        except BlockingIOError as error:
            raise NotADisk(path=self.path, problem=_("another recorder writes to it")) from error

    def detach(self) -> None:
        """Close the directory."""
        if self._directory >= 0:
            os.close(self._directory)
            self._directory = -1

    def is_still_there(self) -> bool:
        """Whether the path still leads to the directory that was attached, with the same id."""
        try:
            found = self.path.stat()
            if (found.st_dev, found.st_ino) != self._place:
                return False
            return self.identity is not None and Identity.read(self._directory, self.path).id == self.identity.id
        except (OSError, NotADisk):
            return False

    def refuses_writes(self) -> bool:
        """Whether the file system of an attached disk is mounted for reading only."""
        try:
            return bool(os.fstatvfs(self._directory).f_flag & os.ST_RDONLY)
        except OSError:
            return True

    @property
    def reason(self) -> str:
        """Why it is in its state, in words; empty where all is well."""
        return self._reason

    def fault(self, error: OSError) -> StoreError:
        """Say what an error of the operating system means for the disk."""
        name = self.identity.name if self.identity else self.path.name
        problem = error.strerror or str(error)
        if error.errno == errno.EROFS:
            return DiskReadOnly(disk=name, problem=problem)
        if error.errno in _NO_ROOM:
            return DiskFull(disk=name)
        if error.errno in _GONE:
            return NotADisk(path=self.path, problem=problem)
        return StoreError(problem=problem)

    def fail(self, error: StoreError) -> None:
        """Take the state that an error means; after a failed sync this disk is not attached again in this place."""
        reason = str(error) if isinstance(error, Damaged) else str(error.details.get("problem") or error)
        match error:
            case DiskReadOnly():
                self.set_state(DiskState.READ_ONLY, reason)
            case DiskFull():
                self.set_state(DiskState.FULL, reason)
            case NotADisk():
                self._distrusted = None
                self.set_state(DiskState.MISSING, reason)
            case SyncFailed():
                self._distrusted = self._place
                self.set_state(DiskState.FAILED, reason)
            case _:
                self.set_state(DiskState.FAILED, reason)

    def set_state(self, state: DiskState, reason: str) -> None:
        """Enter a state; the time of its beginning stays while it lasts."""
        if state != self.state:
            self._since_us = self._clock.now_us()
        self.state, self._reason = state, reason

    def status(self, buffered_bytes: int = 0) -> DiskStatus:
        """How the disk is, for the screen."""
        identity = self.identity
        figures = self.figures
        return DiskStatus(
            name=identity.name if identity else self.path.name,
            id=identity.id if identity else "",
            state=self.state,
            since_us=self._since_us,
            reason=self._reason,
            total_bytes=identity.blocks * identity.block_bytes if identity else 0,
            used_bytes=figures.used_bytes,
            oldest_us=min(figures.oldest.values(), default=None),
            write_bytes_per_s=figures.bytes_per_s,
            buffered_bytes=buffered_bytes,
        )
