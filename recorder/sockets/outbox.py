"""What waits to leave on one socket: sent once per turn of the loop, without joining, never blocking."""

import array
import asyncio
import os
import socket
from collections import deque
from collections.abc import Callable
from itertools import islice, takewhile
from typing import Self

# writev(2) takes no more pieces at once (IOV_MAX).
MOST_PIECES = 1024
Soon = Callable[[Callable[[], None]], object]
"""Calls back when a turn is over."""


class Carrier(bytes):
    """A piece that takes a file descriptor along (SCM_RIGHTS, unix(7)); it holds a duplicate until it has left."""

    descriptor: int

    @classmethod
    def of(cls, piece: bytes, descriptor: int) -> Self:
        """Load a piece."""
        made = cls(piece)
        made.descriptor = os.dup(descriptor)
        return made

    def drop(self) -> None:
        """Close the duplicate."""
        os.close(self.descriptor)


def _plain(piece: bytes | memoryview) -> bool:
    return type(piece) is not Carrier


class Outbox:
    """Pieces of frames on their way to a non-blocking socket.

    `put` only queues; everything queued in one turn of the event loop leaves in one system call. `bytes` is what the
    other side has not taken yet. `on_empty` is called whenever a backlog has gone, `on_broken` once when sending fails.
    `soon`, where given, says when a turn is over in place of the loop's `call_soon`.
    """

    def __init__(
        self,
        to: socket.socket,
        loop: asyncio.AbstractEventLoop,
        on_empty: Callable[[], None],
        on_broken: Callable[[OSError], None],
        soon: Soon | None = None,
    ) -> None:
        self.bytes = 0
        self._to = to
        self._loop = loop
        self._soon = soon or loop.call_soon
        self._on_empty = on_empty
        self._on_broken = on_broken
        self._pieces: deque[bytes | memoryview] = deque()
        self._carries = False
        """Some of them may take a descriptor along."""
        self._planned = False
        self._blocked = False
        self._closed = False

    def put(self, *pieces: bytes | memoryview) -> None:
        """Queue the pieces of whole frames."""
        if self._closed:
            for piece in pieces:
                if isinstance(piece, Carrier):
                    piece.drop()
            return
        for piece in pieces:
            self._pieces.append(piece)
            self.bytes += len(piece)
            if type(piece) is Carrier:
                self._carries = True
        if not self._planned and not self._blocked:
            self._planned = True
            self._soon(self._flush)

    def flush(self) -> None:
        """Send now what the socket takes."""
        if not self._blocked and not self._closed:
            self._flush()

    def close(self) -> None:
        """Forget what waits."""
        self._closed = True
        for piece in self._pieces:
            if isinstance(piece, Carrier):
                piece.drop()
        self._pieces.clear()
        self.bytes = 0
        if self._blocked:
            self._blocked = False
            self._loop.remove_writer(self._to)

    def _flush(self) -> None:
        self._planned = False
        pieces = self._pieces
        try:
            while pieces:
                first = pieces[0]
                if isinstance(first, Carrier):
                    self._carry(first)
                    continue
                plain = takewhile(_plain, pieces) if self._carries else pieces
                batch = list(islice(plain, MOST_PIECES))
                self._sent(self._to.sendmsg(batch), batch)
        except (BlockingIOError, InterruptedError):
            if not self._blocked:
                self._blocked = True
                self._loop.add_writer(self._to, self._writable)
        except OSError as error:
            if not self._closed:
                self.close()
                self._on_broken(error)

    def _carry(self, piece: Carrier) -> None:
        # The descriptor leaves with the first byte; what the socket did not take of the piece follows as plain bytes.
        rights = array.array("i", [piece.descriptor])
        count = self._to.sendmsg([piece], [(socket.SOL_SOCKET, socket.SCM_RIGHTS, rights)])
        self._sent(count, [piece])
        piece.drop()

    def _sent(self, count: int, batch: list[bytes | memoryview]) -> None:
        self.bytes -= count
        pieces = self._pieces
        if not self.bytes:
            # As nearly always.
            pieces.clear()
            self._carries = False
            return
        for piece in batch:
            if count < len(piece):
                if count:
                    pieces[0] = memoryview(piece)[count:]
                return
            count -= len(piece)
            pieces.popleft()

    def _writable(self) -> None:
        self._loop.remove_writer(self._to)
        self._blocked = False
        self._flush()
        if not self._pieces and not self._closed:
            self._on_empty()
