"""What one client is sent from the disks, piece by piece: read as far as its credit goes, off the event loop."""

import asyncio
import logging
from abc import ABC, abstractmethod
from collections.abc import Callable, Iterator
from typing import TYPE_CHECKING, Any, Generic, TypeVar

from recorder.client.errors import NightjarError
from recorder.client.tap import Ended, Failed
from recorder.client.words import _
from recorder.sockets.connection import Connection

if TYPE_CHECKING:
    from recorder.reader.service import Reader
    from recorder.store import StoreReader

log = logging.getLogger(__name__)

BACKLOG_BYTES = 2 << 20
"""A client that has credit and does not read is not read for."""

Piece = TypeVar("Piece")


class Subscription(ABC, Generic[Piece]):
    """Sends while there is credit, which the last piece may exceed, or large ones would never pass; then `Ended`."""

    def __init__(
        self, number: int, what: str, connection: Connection, reader: "Reader", over: Callable[[int, object], None]
    ) -> None:
        """`what` is what the log calls it; `over` is told its number and the subscription when nothing more comes."""
        self.credit = 0
        self._number, self._what = number, what
        self._connection, self._reader, self._over = connection, reader, over
        self._wake = asyncio.Event()
        self._task: asyncio.Task[None] | None = None
        self._store: StoreReader | None = None
        self._found: Iterator[Any] | None = None
        """What the store gives; it and the store are used by one thread of the pool at a time."""

    @abstractmethod
    def _read(self, credit: int) -> Piece:
        """Read the next piece; in a thread of the pool."""

    @abstractmethod
    def _send(self, piece: Piece) -> bool:
        """Send it; say whether there may be more."""

    def start(self) -> None:
        """Begin to read; nothing is sent before there is credit."""
        self._task = asyncio.get_running_loop().create_task(self._run())

    def stop(self) -> None:
        """Send no more."""
        if self._task is not None:
            self._task.cancel()

    def add_credit(self, count: int) -> None:
        """The client takes so many more bytes."""
        self.credit += count
        self._wake.set()

    def drained(self) -> None:
        """The client has taken everything that waited."""
        self._wake.set()

    async def _run(self) -> None:
        loop, pool = asyncio.get_running_loop(), self._reader.pool
        reading: asyncio.Future[Piece] | None = None
        try:
            more = True
            while more:
                while self.credit <= 0 or self._connection.backlog > BACKLOG_BYTES:
                    self._wake.clear()
                    await self._wake.wait()
                reading = loop.run_in_executor(pool, self._read, self.credit)
                piece = await asyncio.shield(reading)
                reading = None
                more = self._send(piece)
            self._connection.send(Ended(self._number, "end"))
        except NightjarError as error:
            self._connection.send(Failed(self._number, error.code, str(error)))
        except Exception:
            log.exception("Reading %s failed", self._what)
            words = _("Reading failed for a reason that nobody thought of; the log says more.")
            self._connection.send(Failed(self._number, "Unexpected", words))
        finally:
            # The store is closed behind the read that may still run.
            if reading is None:
                pool.submit(self._close)
            else:
                reading.add_done_callback(lambda _done: pool.submit(self._close))
            self._over(self._number, self)

    def _close(self) -> None:
        if self._store is not None:
            self._store.close()
            self._store = self._found = None
