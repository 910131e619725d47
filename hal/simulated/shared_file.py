"""A file that several processes share as real ones share a kernel: changed under a lock, and whole or not at all."""

import fcntl
import os
from collections.abc import Generator
from contextlib import contextmanager
from pathlib import Path
from typing import Generic, TypeVar

import msgspec

Contents = TypeVar("Contents", bound=msgspec.Struct)


class SharedFile(Generic[Contents]):
    """What it holds is `empty()` before anybody wrote it; without a path it lives in memory."""

    def __init__(self, path: Path | None, empty: type[Contents]) -> None:
        """No I/O here."""
        self._path = path
        self._empty = empty
        self._memory = empty()
        self._read: tuple[Contents, tuple[int, int]] | None = None

    def look(self) -> Contents:
        """Give it as it is; not to be changed."""
        if self._path is None:
            return self._memory
        try:
            found = self._path.stat()
        except FileNotFoundError:
            return self._empty()
        stamp = (found.st_ino, found.st_mtime_ns)
        if self._read is None or self._read[1] != stamp:
            self._read = (self._decoded(), stamp)
        return self._read[0]

    @contextmanager
    def edit(self) -> Generator[Contents]:
        """Change it; nothing is changed if the block raises."""
        if self._path is None:
            yield self._memory
            return
        self._path.parent.mkdir(mode=0o700, parents=True, exist_ok=True)
        lock = os.open(self._path.with_suffix(".lock"), os.O_RDWR | os.O_CREAT | os.O_CLOEXEC, 0o600)
        try:
            fcntl.flock(lock, fcntl.LOCK_EX)
            contents = self._decoded()
            yield contents
            fresh = self._path.with_suffix(".new")
            fresh.write_bytes(msgspec.json.encode(contents))
            fresh.replace(self._path)
        finally:
            os.close(lock)

    def _decoded(self) -> Contents:
        assert self._path is not None
        try:
            return msgspec.json.decode(self._path.read_bytes(), type=self._empty)
        except FileNotFoundError:
            return self._empty()
