"""Files that are read in small steps, each of which would be a seek: a window over them, and parts that are kept."""

from recorder.store.files import Readable

WINDOW_BYTES = 256 << 10
"""Enough for a log, whose frames are a page each."""
WALK_BYTES = 2 << 20
"""For a walk from chunk to chunk: what a drive reads while it would seek once more (80 times and 200 MB a second)."""
_STEPS = 2
"""So many steps are taken first: who looks for one more chunk, and finds it, needs no more."""


class Window:
    """Reads for one walk: it shows each part of a file as it was when that was read, however it is written meanwhile.

    Raises `OSError` just where the file itself would.
    """

    def __init__(self, file: Readable, size: int = WINDOW_BYTES) -> None:
        """`size` is in bytes."""
        self._file, self._size = file, size
        self._at = 0
        self._data = b""
        self._asked = -size
        self._steps = 0

    def read(self, size: int, offset: int) -> bytes:
        """Read as the file does; what is asked for near the read before it is read with what stands behind it."""
        begin = offset - self._at
        if begin >= 0 and begin + size <= len(self._data):
            return self._data[begin : begin + size]
        near = 0 <= offset - self._asked <= self._size
        self._steps = self._steps + 1 if near else 0
        self._asked = offset
        if self._steps >= _STEPS and size < self._size:
            try:
                self._at, self._data = offset, self._file.read(self._size, offset)
            except OSError:
                # Some page of it is bad, and perhaps none that is wanted.
                self._at, self._data = 0, b""
                return self._file.read(size, offset)
            return self._data[:size]
        return self._file.read(size, offset)


class Kept:
    """One part of a file, read at once and kept; where that cannot be read, and for all else, the file itself."""

    def __init__(self, file: Readable, size: int, offset: int) -> None:
        self._file, self._at = file, offset
        try:
            self._data = file.read(size, offset)
        except OSError:
            self._data = b""

    def read(self, size: int, offset: int) -> bytes:
        """Read as the file does; raises `OSError`."""
        begin = offset - self._at
        if begin >= 0 and begin + size <= len(self._data):
            return self._data[begin : begin + size]
        return self._file.read(size, offset)


AHEAD_BYTES = 4 << 20
"""Read at once by who wants all that is there."""
MOST_KEPT_BYTES = 24 << 20
"""More than is written between two pages of a list, and what a pass adds to it; goes when the block is recovered."""


class Ahead:
    """A file from a place on, in large reads that are kept: for who walks it, and then looks at what he found."""

    def __init__(self, file: Readable, begin: int) -> None:
        """No I/O here."""
        self._file = file
        self._at = begin
        self._data = bytearray()
        self._over = False

    def read(self, size: int, offset: int) -> bytes:
        """Read as the file does; raises `OSError` just where the file itself would."""
        while self._at <= offset <= self._end + AHEAD_BYTES and offset + size > self._end and not self._over:
            self._grow()
        begin = offset - self._at
        if begin >= 0 and begin + size <= len(self._data):
            return bytes(memoryview(self._data)[begin : begin + size])
        return self._file.read(size, offset)

    @property
    def _end(self) -> int:
        return self._at + len(self._data)

    def _grow(self) -> None:
        try:
            more = self._file.read(AHEAD_BYTES, self._end)
        except OSError:
            # Some page of it is bad, and perhaps none that is wanted.
            more = b""
        self._over = len(more) < AHEAD_BYTES
        self._data += more
        if len(self._data) > MOST_KEPT_BYTES:
            self._at += AHEAD_BYTES
            del self._data[:AHEAD_BYTES]
