"""A disk between the store and the real one: counts what is written, and is as slow as it is told to be."""

import threading
import time
from collections import deque
from collections.abc import Iterator
from contextlib import contextmanager

from recorder.store.files import BlockFile, SystemFiles


class _Line:
    """A lock that is given to whoever has waited longest: Python's own goes to a thread that comes back at once."""

    def __init__(self) -> None:
        self._lock = threading.Lock()
        self._waiting: deque[threading.Event] = deque()

    def __enter__(self) -> None:
        turn = threading.Event()
        with self._lock:
            self._waiting.append(turn)
            if self._waiting[0] is turn:
                turn.set()
        turn.wait()

    def __exit__(self, *_exc: object) -> None:
        with self._lock:
            self._waiting.popleft()
            if self._waiting:
                self._waiting[0].set()


class Drive:
    """One drive for all files opened through it: `operations_per_s` and `bytes_per_s` bound all that it does together.

    Operations wait in line, as before a head that moves, and are served as they came; a sync moves no bytes. Without
    bounds it only counts.
    """

    def __init__(self, operations_per_s: float = 0.0, bytes_per_s: float = 0.0) -> None:
        self.operations = self.written_bytes = self.read_bytes = 0
        self._each_s = 1 / operations_per_s if operations_per_s else 0.0
        self._byte_s = 1 / bytes_per_s if bytes_per_s else 0.0
        self._line = _Line()
        self._free_at_s = 0.0

    @contextmanager
    def operation(self, size: int) -> Iterator[None]:
        """Take the drive for as long as an operation on so many bytes takes at least."""
        with self._line:
            self.operations += 1
            began = max(self._free_at_s, time.monotonic())
            self._free_at_s = began + max(self._each_s, size * self._byte_s)
            yield
            # What waited in line has used the time before it already.
            left = self._free_at_s - time.monotonic()
            if left > 0:
                time.sleep(left)

    def open_to_write(self, name: str, directory: int) -> BlockFile:
        """Open a file of the system behind this drive."""
        return DriveFile(self, SystemFiles().open_to_write(name, directory))

    def open_to_read(self, name: str, directory: int) -> BlockFile:
        """Open a file of the system behind this drive."""
        return DriveFile(self, SystemFiles().open_to_read(name, directory))


class DriveFile:
    """A file on a `Drive`."""

    def __init__(self, drive: Drive, file: BlockFile) -> None:
        self.direct = file.direct
        self._drive, self._file = drive, file

    def read(self, size: int, offset: int) -> bytes:
        with self._drive.operation(size):
            self._drive.read_bytes += size
            return self._file.read(size, offset)

    def write(self, data: memoryview, offset: int) -> None:
        with self._drive.operation(len(data)):
            self._drive.written_bytes += len(data)
            self._file.write(data, offset)

    def sync(self) -> None:
        with self._drive.operation(0):
            self._file.sync()

    def close(self) -> None:
        self._file.close()
