"""Files of a disk: page-aligned writes past the page cache, and ordinary reads; tests put their own below the store."""

import errno
import mmap
import os
from typing import Protocol

from recorder.store.layout import PAGE, pages


class Readable(Protocol):
    """What can be read at any place. Raises `OSError`."""

    def read(self, size: int, offset: int) -> bytes:
        """Read up to `size` bytes; short at the end of the file."""
        ...


class BlockFile(Readable, Protocol):
    """An open file of fixed size. Every call raises `OSError`."""

    direct: bool
    """Whether writes go past the page cache, so that syncing one file of a disk makes all of them durable."""

    def read(self, size: int, offset: int) -> bytes:
        """Read up to `size` bytes; short at the end of the file. Only where opened for reading."""
        ...

    def write(self, data: memoryview, offset: int) -> None:
        """Write all of it. Address, size and offset are multiples of a page."""
        ...

    def sync(self) -> None:
        """Wait until everything written is on the disk (fdatasync(2))."""
        ...

    def close(self) -> None:
        """Close it."""
        ...


class Files(Protocol):
    """How files below an open directory are opened."""

    def open_to_write(self, name: str, directory: int) -> BlockFile:
        """Open an existing file for aligned writes."""
        ...

    def open_to_read(self, name: str, directory: int) -> BlockFile:
        """Open an existing file for reads of any size."""
        ...


class SystemFile:
    """A file of the operating system."""

    def __init__(self, descriptor: int, *, direct: bool) -> None:
        self._descriptor = descriptor
        self.direct = direct

    def read(self, size: int, offset: int) -> bytes:
        """Read by pread(2)."""
        return os.pread(self._descriptor, size, offset)

    def read_cached(self, size: int, offset: int) -> bytes | None:
        """Read what the page cache has, by preadv2(2) with RWF_NOWAIT; None where the disk would have to be asked."""
        found = bytearray(size)
        try:
            read = os.preadv(self._descriptor, [found], offset, os.RWF_NOWAIT)
        except OSError:
            # An error of the disk is for the read that asks it.
            return None
        return bytes(found) if read == size else None

    def written_from(self, offset: int) -> int | None:
        """Give where, there or behind, anything was ever written, by lseek(2); None: nowhere.

        What was only set aside reads as zeros. A file system that cannot say gives the offset itself.
        """
        try:
            return os.lseek(self._descriptor, offset, os.SEEK_DATA)
        except OSError as error:
            return None if error.errno == errno.ENXIO else offset

    def write(self, data: memoryview, offset: int) -> None:
        """Write by pwrite(2); goes on after a short write."""
        while data:
            written = os.pwrite(self._descriptor, data, offset)
            if written <= 0:
                raise OSError(errno.EIO, "nothing was written")
            data, offset = data[written:], offset + written

    def read_into(self, buffer: memoryview, offset: int) -> int:
        """Read by preadv(2) into memory that O_DIRECT accepts; gives how much."""
        return os.preadv(self._descriptor, [buffer], offset)

    def sync(self) -> None:
        """Sync by fdatasync(2): modification times alone cost no journal commit."""
        os.fdatasync(self._descriptor)

    def close(self) -> None:
        """Close the descriptor, once."""
        if self._descriptor >= 0:
            os.close(self._descriptor)
            self._descriptor = -1


class SystemFiles:
    """Files of the operating system: O_DIRECT where the file system has it, buffered where not."""

    def open_to_write(self, name: str, directory: int) -> SystemFile:
        """Open for O_DIRECT writes; falls back to buffered ones (`direct` tells)."""
        flags = os.O_RDWR | os.O_CLOEXEC | os.O_NOFOLLOW
        try:
            return SystemFile(os.open(name, flags | os.O_DIRECT, dir_fd=directory), direct=True)
        except OSError as error:
            if error.errno != errno.EINVAL:
                raise
        return SystemFile(os.open(name, flags, dir_fd=directory), direct=False)

    def open_to_read(self, name: str, directory: int) -> SystemFile:
        """Open for buffered reads without read-ahead: we know what we want next, the kernel does not."""
        descriptor = os.open(name, os.O_RDONLY | os.O_CLOEXEC | os.O_NOFOLLOW, dir_fd=directory)
        os.posix_fadvise(descriptor, 0, 0, os.POSIX_FADV_RANDOM)
        return SystemFile(descriptor, direct=False)


class AlignedBuffer:
    """Memory that O_DIRECT accepts; grows to what is needed and is reused."""

    def __init__(self, size: int = 1 << 20) -> None:
        self._map = mmap.mmap(-1, pages(size))
        self.view = memoryview(self._map)

    def of(self, size: int) -> memoryview:
        """Give the first `size` bytes, rounded up to pages; what was in them is anything."""
        size = pages(size)
        if size > len(self.view):
            self.release()
            self._map = mmap.mmap(-1, size)
            self.view = memoryview(self._map)
        return self.view[:size]

    def holding(self, data: bytes | bytearray) -> memoryview:
        """Give whole pages that begin with `data` and are zero behind it."""
        view = self.of(max(len(data), PAGE))
        view[: len(data)] = data
        view[len(data) :] = bytes(len(view) - len(data))
        return view

    def shrink(self, size: int) -> None:
        """Give memory back after something unusually large."""
        if len(self.view) > size:
            self.release()
            self._map = mmap.mmap(-1, pages(size))
            self.view = memoryview(self._map)

    def release(self) -> None:
        """Give the memory back; views that were given out keep it until they go."""
        self.view.release()
