"""The client side of `decode.sock`: live views, playback sessions and stills as pictures in shared memory.

The layout of the memory and the messages are described in docs/design/processes.md ("decode.sock"). `DecodeClient` keeps a
thread of its own that reconnects for ever and asks again for everything that was wanted, so a screen keeps its pictures
while decode is restarted; `Surface` reads one view's newest picture without ever giving out a torn one.
"""

import fcntl
import itertools
import mmap
import os
import socket
import struct
import threading
from collections import deque
from collections.abc import Callable, Sequence
from concurrent.futures import Future
from dataclasses import dataclass
from enum import IntFlag, StrEnum
from pathlib import Path
from typing import Any

import msgspec

from recorder.client import wire
from recorder.client.errors import NightjarError, NotFound, Refused, Unavailable
from recorder.client.stream import StreamName
from recorder.client.words import _

MAGIC = 0x4E4A4656
HEADER_BYTES = 4096
HEADER = struct.Struct("<6I")
SEQUENCE = struct.Struct("<Q")
NEWEST = struct.Struct("<IIq")
SEQUENCE_AT = 64
NEWEST_AT = 72
BYTES_PER_PIXEL = 4
MOST_SLOTS = 8
LARGEST_SIDE = 8192
RECONNECT_S = 0.3
"""The pause between two tries to reach decode."""
KEPT_EVENTS = 1000


class PictureFlag(IntFlag):
    """What is to be known of a published picture."""

    NONE = 0
    PREVIEW = 1
    """The key picture of a seek that is still under way; the exact one follows."""
    EMPTY = 2
    """Black, because the channel has no footage at this time."""


class View(StrEnum):
    """What a view shows."""

    WAITING = "waiting"
    """No picture yet, or none at this time; `reason` says why."""
    SHOWING = "showing"
    KEYS_ONLY = "keys_only"
    """The processor cannot keep up: key frames only."""
    UNDECODABLE = "undecodable"
    """`reason` says why; tried again with each key frame."""


class PlayState(StrEnum):
    """What a playback session does."""

    SEEKING = "seeking"
    PLAYING = "playing"
    STANDING = "standing"
    WAITING = "waiting"
    """The reader does not answer; the position stands until it does."""
    ENDED = "ended"
    """No footage further on in this direction; stands at the last picture."""


@dataclass(frozen=True)
class ViewState:
    """How one view is (op `view_state`). `codec`, `width` and `height` are those of the stream, not of the view."""

    id: int
    state: View
    reason: str = ""
    codec: str = ""
    width: int = 0
    height: int = 0
    op: str = "view_state"


@dataclass(frozen=True)
class Position:
    """Where a playback session is (op `position`). `skipped_us` is the hole in the footage that was just jumped over."""

    session: int
    at_us: int
    speed: float
    state: PlayState
    skipped_us: int = 0
    op: str = "position"


@dataclass(frozen=True)
class PlayView:
    """One view of a playback session; `id` is from the same numbers as those of live views."""

    id: int
    channel: int
    stream: StreamName
    width: int
    height: int


@dataclass(frozen=True)
class Still:
    """One picture as a JPEG file; `at_us` is when it was taken (UTC)."""

    at_us: int
    jpeg: bytes


@dataclass(frozen=True)
class Picture:
    """What was copied out of a surface. `sequence` counts the pictures published so far."""

    sequence: int
    at_us: int
    flags: PictureFlag


class BadSurface(NightjarError):
    """decode passed memory that does not keep its own contract."""

    status = 502
    words = _("The decode service passed a damaged picture: {problem}.")


class Surface:
    """The shared memory of one view: the newest picture, BGRX, `width` x `height`, rows of `stride` bytes.

    Takes ownership of `descriptor`. Raises `BadSurface` when a number does not fit.
    """

    def __init__(
        self, descriptor: int, view: int, width: int, height: int, stride: int, slots: int, slot_bytes: int
    ) -> None:
        self.id = view
        self.width, self.height, self.stride = width, height, stride
        self.slots, self.slot_bytes = slots, slot_bytes
        try:
            self._check(descriptor)
            self._memory = mmap.mmap(descriptor, HEADER_BYTES + slots * slot_bytes, prot=mmap.PROT_READ)
        except (OSError, ValueError) as error:
            raise BadSurface(problem=str(error)) from error
        finally:
            os.close(descriptor)
        if HEADER.unpack_from(self._memory) != (MAGIC, slots, width, height, stride, slot_bytes):
            raise BadSurface(problem="header and message differ")

    def _check(self, descriptor: int) -> None:
        if not (0 < self.width <= LARGEST_SIDE and 0 < self.height <= LARGEST_SIDE and 0 < self.slots <= MOST_SLOTS):
            raise BadSurface(problem=f"{self.slots} of {self.width}x{self.height}")
        if self.stride < self.width * BYTES_PER_PIXEL or self.stride * self.height > self.slot_bytes:
            raise BadSurface(problem=f"stride {self.stride}, slot {self.slot_bytes}")
        if os.fstat(descriptor).st_size < HEADER_BYTES + self.slots * self.slot_bytes:
            raise BadSurface(problem="too small")
        # Unsealed memory could be cut short under our feet, and reading it would be a SIGBUS.
        if not fcntl.fcntl(descriptor, fcntl.F_GET_SEALS) & fcntl.F_SEAL_SHRINK:
            raise BadSurface(problem="not sealed")

    @property
    def picture_bytes(self) -> int:
        """Bytes that a copy of a picture needs: stride times height."""
        return self.stride * self.height

    @property
    def sequence(self) -> int:
        """How many pictures were published; 0 means none yet. Cheap: look here before copying."""
        return SEQUENCE.unpack_from(self._memory, SEQUENCE_AT)[0]

    def copy(self, into: bytearray | memoryview) -> Picture | None:
        """Copy the newest picture into a buffer of `picture_bytes`; None while there is none, or it stays torn.

        BGRX with rows of `stride` bytes; the buffer is what `pygame.image.frombuffer(..., "BGRA")` takes.
        """
        target = memoryview(into).cast("B")[: self.picture_bytes]
        for _try in range(4):
            before = self.sequence
            if not before:
                return None
            slot, flags, at_us = NEWEST.unpack_from(self._memory, NEWEST_AT)
            begin = HEADER_BYTES + (slot % self.slots) * self.slot_bytes
            target[:] = memoryview(self._memory)[begin : begin + self.picture_bytes]
            if self.sequence - before < self.slots - 1:
                return Picture(before, at_us, PictureFlag(flags & 3))
        return None

    def close(self) -> None:
        """Give the memory back."""
        self._memory.close()


class DecodeClient:
    """A connection to decode that heals itself. All methods are safe from any thread and return at once.

    View and session numbers are the caller's, unique within the client. After a reconnection everything that was wanted
    is asked for again, playback at the position last told.
    """

    def __init__(self, path: Path, wake: Callable[[], None] | None = None) -> None:
        """`path` is that of decode.sock; `wake` is called in the client's thread after events arrived."""
        raise NotImplementedError

    def start(self) -> None:
        """Begin to connect."""

    def close(self) -> None:
        """Hang up and give all memory back."""

    @property
    def connected(self) -> bool:
        """Whether decode answers now."""
        raise NotImplementedError

    def view(self, view: int, channel: int, stream: StreamName, width: int, height: int, grant: str = "") -> None:
        """Show a stream live; again with the same number it changes size or stream, the old picture stays meanwhile."""

    def close_view(self, view: int) -> None:
        """No more of a live view."""

    def play_open(self, session: int, views: Sequence[PlayView], at_us: int, grant: str = "") -> None:
        """Open playback, standing at a time; again with the same number it changes the views."""

    def play_seek(self, session: int, at_us: int) -> None:
        """Go to a time: the key picture at once, then the exact frame."""

    def play_speed(self, session: int, speed: float) -> None:
        """0 stands, 1 is real time, 0.25 to 16, negative goes back."""

    def play_step(self, session: int, frames: int) -> None:
        """So many frames on, or back when negative; stands afterwards."""

    def play_close(self, session: int) -> None:
        """End a session and its views."""

    def still(
        self, channel: int, stream: StreamName, at_us: int | None = None, width: int = 0, grant: str = ""
    ) -> "Future[Still]":
        """Ask for one picture, live when `at_us` is None, `width` 0 for its own; fails with a `NightjarError`."""
        raise NotImplementedError

    def surface(self, view: int) -> Surface | None:
        """The memory to show for a view: the newest that has a picture, so a re-sized view keeps its old one until then."""

    def state(self, view: int) -> ViewState | None:
        """What was last told of a view."""

    def position(self, session: int) -> Position | None:
        """What was last told of a session."""

    def events(self) -> list[ViewState | Position]:
        """What was told since the last call."""
        raise NotImplementedError
