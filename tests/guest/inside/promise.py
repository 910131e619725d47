"""What the store said to be durable, written to the very drive it speaks of, so that both stand in one order.

A promise is written behind the file system, past every cache, after the sync it speaks of returned: whatever is on the
drive's log before it was written before the promise was made.
"""

import json
import mmap
import os
from dataclasses import dataclass, field
from typing import Any

PAGE = 4096
ROOM = 1 << 20
"""Bytes at the end of the drive that are left for promises."""


@dataclass(frozen=True)
class Promise:
    """One promise. Times are UTC in microseconds; streams are named `1/main`."""

    now_us: int
    """By the cameras, which may lag behind the machine's clock."""
    started_us: int
    durable: dict[str, int] = field(default_factory=dict)
    """Each stream is safe up to here."""
    oldest: dict[str, int] = field(default_factory=dict)
    """Where each stream began then; before it blocks were used again."""

    def pack(self) -> bytes:
        text = b"PROMISE " + json.dumps(self.__dict__, separators=(",", ":")).encode() + b"\n"
        return text.ljust((len(text) + PAGE - 1) & -PAGE)

    @classmethod
    def parse(cls, data: bytes) -> "Promise | None":
        if not data.startswith(b"PROMISE "):
            return None
        fields: dict[str, Any] = json.loads(data[8:].partition(b"\n")[0])
        return cls(**fields)


class Promises:
    """Writes promises to the end of a drive."""

    def __init__(self, device: str) -> None:
        self._file = os.open(device, os.O_RDWR | os.O_DIRECT)
        self._size = os.lseek(self._file, 0, os.SEEK_END)
        self._at = begin(self._size)
        self._buffer = mmap.mmap(-1, 64 << 10)

    def write(self, promise: Promise) -> None:
        """Write one."""
        data = promise.pack()
        if self._at + len(data) > self._size:
            self._at = begin(self._size)
        self._buffer[: len(data)] = data
        with memoryview(self._buffer) as view:
            os.pwrite(self._file, view[: len(data)], self._at)
        self._at += len(data)


def begin(size: int) -> int:
    """Give where promises begin on a drive of so many bytes; the file system ends there."""
    return (size - ROOM) & -PAGE
