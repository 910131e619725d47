"""A file of a disk whose reads wait for that disk in its lane, and not where they are wanted."""

import errno
import os
import threading
from functools import partial

from recorder.store.disk_lane import Lane
from recorder.store.files import BlockFile, SystemFile

SMALL_BYTES = 64 << 10
"""Reads up to this size are looked for in the page cache first: handing one over takes longer than that does."""


class LaneFile:
    """Reads as the file does, but raises `DiskSilent` where its disk does not answer. Closes behind the last read."""

    def __init__(self, file: BlockFile, lane: Lane, disk: str) -> None:
        self._file, self._lane, self._disk = file, lane, disk
        self._lock = threading.Lock()
        self._reading = 0
        self._closed = False

    def read(self, size: int, offset: int) -> bytes:
        """Read up to `size` bytes; raises `OSError` and `DiskSilent`."""
        if size <= SMALL_BYTES and isinstance(self._file, SystemFile):
            known = self._file.read_cached(size, offset)
            if known is not None:
                return known
        return self._lane.do(self._disk, partial(self._read, size, offset))

    def close(self) -> None:
        """Close it as soon as nothing reads: another file may get its number at once."""
        with self._lock:
            self._closed = True
            idle = not self._reading
        if idle:
            self._file.close()

    def _read(self, size: int, offset: int) -> bytes:
        with self._lock:
            if self._closed:
                raise OSError(errno.EBADF, os.strerror(errno.EBADF))
            self._reading += 1
        try:
            return self._file.read(size, offset)
        finally:
            with self._lock:
                self._reading -= 1
                last = self._closed and not self._reading
            if last:
                self._file.close()
