"""An encoded loop in a file that is played while it still grows.

The file is `MAGIC`, the length of the head (u32, big-endian), the head (JSON of `Head`), then for every frame u32
length, u8 key flag and the access unit as a sample (NAL units behind 4-byte lengths). It is complete when it holds as
many frames as its head says; only then does it get its name in the cache, before that it is `<key>.part`.
"""

import hashlib
import os
import struct
from dataclasses import dataclass
from pathlib import Path
from typing import BinaryIO

import msgspec

from recorder.client.stream import Codec

MAGIC = b"nightjar clip 1\n"
VERSION = 4
"""Counts up whenever scenes, encoder settings or this format change, so that old clips are made anew."""

BENCH = "bench"
"""The name of the synthetic clip whose every frame is as large as the bit rate says."""

_LENGTH = struct.Struct(">I")
_FRAME = struct.Struct(">IB")


@dataclass(frozen=True)
class ClipSpec:
    """All that decides what a clip looks like. `scene` is a name of `recorder.simulate.scenes` or `BENCH`."""

    scene: str
    codec: Codec
    width: int
    height: int
    frames_per_s: int
    bits_per_s: int
    gop_frames: int
    frames: int

    @property
    def key(self) -> str:
        """The name of the clip in the cache."""
        told = msgspec.json.encode((VERSION, self))
        return f"{self.scene}-{self.height}-{hashlib.sha256(told).hexdigest()[:16]}"

    def place(self, cache: Path) -> Path:
        """Give the path of the complete clip."""
        return cache / f"{self.key}.clip"

    def growing_place(self, cache: Path) -> Path:
        """Give the path of the clip while it is made."""
        return cache / f"{self.key}.part"


@dataclass(frozen=True)
class Head:
    """What stands before the frames."""

    codec: Codec
    width: int
    height: int
    frames: int
    gop_frames: int
    parameter_sets: tuple[bytes, ...]


class ClipWriter:
    """Writes a clip frame by frame; readers see whole GOPs as they come."""

    def __init__(self, file: BinaryIO, head: Head) -> None:
        self._file = file
        told = msgspec.json.encode(head)
        file.write(MAGIC + _LENGTH.pack(len(told)) + told)
        self.frames = 0

    def add(self, sample: bytes, *, key: bool) -> None:
        """Append one access unit."""
        self._file.write(_FRAME.pack(len(sample), key) + sample)
        self.frames += 1

    def flush(self) -> None:
        """Show readers what was added."""
        self._file.flush()


class ClipReader:
    """Reads a clip, complete or growing. `refresh` takes in what was added since."""

    def __init__(self, path: Path) -> None:
        self._file = path.open("rb", buffering=0)
        self._identity = os.fstat(self._file.fileno()).st_ino
        self._pending = bytearray()
        self.head: Head | None = None
        self.samples: list[bytes] = []

    @property
    def gops(self) -> int:
        """How many GOPs are there whole."""
        if self.head is None:
            return 0
        if self.complete:
            return len(self.samples) // self.head.gop_frames
        # The newest may still be growing; it counts once the next one has begun.
        return max(0, len(self.samples) - 1) // self.head.gop_frames

    @property
    def complete(self) -> bool:
        """Whether all frames are there."""
        return self.head is not None and len(self.samples) >= self.head.frames

    def reads(self, path: Path) -> bool:
        """Tell whether this is the file that now stands at a path."""
        try:
            return path.stat().st_ino == self._identity
        except OSError:
            return False

    def refresh(self) -> None:
        """Read on."""
        if self.complete:
            return
        self._pending += self._file.read()
        at = 0
        if self.head is None:
            at = len(MAGIC) + _LENGTH.size
            if len(self._pending) < at:
                return
            end = at + _LENGTH.unpack_from(self._pending, len(MAGIC))[0]
            if len(self._pending) < end:
                return
            self.head = msgspec.json.decode(self._pending[at:end], type=Head)
            at = end
        while len(self._pending) - at >= _FRAME.size:
            length, _key = _FRAME.unpack_from(self._pending, at)
            end = at + _FRAME.size + length
            if end > len(self._pending):
                break
            self.samples.append(bytes(memoryview(self._pending)[at + _FRAME.size : end]))
            at = end
        del self._pending[:at]
        if self.complete:
            self.close()

    def close(self) -> None:
        """Let go of the file; what was read stays."""
        self._file.close()
