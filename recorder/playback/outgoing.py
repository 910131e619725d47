"""A file on its way out: written once, one block behind the other, and hashed by a thread of its own meanwhile.

Room is left in front for what is known last. The system is asked to carry what was written to the disk at once, so that
the end need not wait for all of it, and to keep nothing of it in memory: who records needs that more.
"""

import os
import queue
import threading
from collections.abc import Iterator
from hashlib import sha256
from pathlib import Path

from recorder.playback.manifest import PIECE_BYTES

_CARRY_BYTES = 8 << 20
_WAITING = 8
"""Blocks that wait to be hashed, each about a MiB."""
_MOVE_BYTES = 8 << 20


class Outgoing:
    """A new file; every call raises `OSError`. With `hashed` the pieces of a manifest are made of it."""

    def __init__(self, path: Path, room: int, *, hashed: bool) -> None:
        """Begin `room` bytes behind the beginning of the file."""
        flags = os.O_RDWR | os.O_CREAT | os.O_EXCL | os.O_NOFOLLOW | os.O_CLOEXEC
        self._file = os.open(path, flags, 0o644)
        self.room = self.bytes = self._carried = room
        self._pieces = _Pieces(room) if hashed else None

    def write(self, block: bytes | memoryview) -> None:
        """Append."""
        self._put(block, self.bytes)
        self.bytes += len(block)
        if self._pieces is not None:
            self._pieces.add(block)
        if self.bytes - self._carried >= _CARRY_BYTES:
            os.posix_fadvise(self._file, self._carried, self.bytes - self._carried, os.POSIX_FADV_DONTNEED)
            self._carried = self.bytes

    def write_front(self, front: bytes) -> None:
        """Write the beginning, which is as long as the room that was left for it."""
        self._put(front, 0)

    def make_room(self, room: int) -> None:
        """Move all that was written, because the front is longer than was thought."""
        more = room - self.room
        at = self.bytes
        while at > self.room:
            begin = max(self.room, at - _MOVE_BYTES)
            self._put(os.pread(self._file, at - begin, begin), begin + more)
            at = begin
        self.room, self.bytes = room, self.bytes + more
        if self._pieces is not None:
            self._pieces.stop()
            self._pieces = _Pieces(self.bytes)

    def sync(self) -> None:
        """Wait until all of it is on the disk."""
        os.fsync(self._file)

    def pieces(self) -> tuple[str, ...]:
        """Give the hashes of all pieces of a file that is whole; none where they were not wanted."""
        if self._pieces is None:
            return ()
        hashed = self._pieces.finish()
        # Those that the front reaches into.
        ahead = [sha256(one).hexdigest() for one in self._read(self._pieces.begin)]
        return (*ahead, *hashed)

    def close(self) -> None:
        """Let go of the file, whatever became of it; twice does no harm."""
        if self._pieces is not None:
            self._pieces.stop()
        opened, self._file = self._file, -1
        if opened >= 0:
            os.close(opened)

    def _put(self, block: bytes | memoryview, at: int) -> None:
        left = memoryview(block)
        while left:
            count = os.pwrite(self._file, left, at)
            left, at = left[count:], at + count

    def _read(self, end: int) -> Iterator[bytes]:
        for at in range(0, min(end, self.bytes), PIECE_BYTES):
            yield os.pread(self._file, min(PIECE_BYTES, self.bytes - at), at)


class _Pieces:
    """The hashes of pieces from `begin` on, the first that begins at or behind a place in the file."""

    def __init__(self, at: int) -> None:
        self.begin = -(-at // PIECE_BYTES) * PIECE_BYTES
        self._skip = self.begin - at
        self._found: list[str] = []
        self._waiting: queue.Queue[bytes | memoryview] = queue.Queue(_WAITING)
        self._stopped = threading.Event()
        self._thread = threading.Thread(target=self._run, name="hashes", daemon=True)
        self._thread.start()

    def add(self, block: bytes | memoryview) -> None:
        """Take what comes next in the file."""
        if block:
            self._waiting.put(block)

    def finish(self) -> list[str]:
        """Give all hashes: nothing more comes."""
        if self._thread.is_alive():
            self._waiting.put(b"")
            self._thread.join()
        return self._found

    def stop(self) -> None:
        """Hash no more."""
        self._stopped.set()
        self.finish()

    def _run(self) -> None:
        piece, left = sha256(), PIECE_BYTES
        while block := self._waiting.get():
            if self._stopped.is_set():
                continue
            rest = memoryview(block)[self._skip :]
            self._skip = max(0, self._skip - len(block))
            while rest:
                part, rest = rest[:left], rest[left:]
                piece.update(part)
                left -= len(part)
                if not left:
                    self._found.append(piece.hexdigest())
                    piece, left = sha256(), PIECE_BYTES
        if left < PIECE_BYTES:
            self._found.append(piece.hexdigest())
