"""A file that is read from the front to the back in small steps, each of which would be a seek: a window over it."""

from recorder.store.files import Readable

WINDOW_BYTES = 256 << 10
"""What a drive reads while it seeks once more; holds several chunks of a small stream."""


class Window:
    """Reads for a walk, of a file that is not written meanwhile. Raises `OSError` just where the file itself would."""

    def __init__(self, file: Readable) -> None:
        self._file = file
        self._at = 0
        self._data = b""
        self._asked = -WINDOW_BYTES

    def read(self, size: int, offset: int) -> bytes:
        """Read as the file does; what is asked for near the read before it is read with what stands behind it."""
        begin = offset - self._at
        if begin >= 0 and begin + size <= len(self._data):
            return self._data[begin : begin + size]
        near = 0 <= offset - self._asked <= WINDOW_BYTES
        self._asked = offset
        if near and size < WINDOW_BYTES:
            try:
                self._at, self._data = offset, self._file.read(WINDOW_BYTES, offset)
            except OSError:
                # Some page of it is bad, and perhaps none that is wanted.
                self._at, self._data = 0, b""
                return self._file.read(size, offset)
            return self._data[:size]
        return self._file.read(size, offset)
