"""Bytes of one recorded file for one client: read as far as its credit goes, off the event loop."""

import asyncio
import logging
from collections.abc import Callable, Iterator
from typing import TYPE_CHECKING

import msgspec

from recorder.client.errors import NightjarError
from recorder.client.stream import Sample, SampleFlag, StreamKey, StreamName
from recorder.client.tap import Ended, Failed, pack_sample_header
from recorder.reader.recordings import RecordedFile
from recorder.sockets.connection import Connection

if TYPE_CHECKING:
    from recorder.reader.service import Reader
    from recorder.store import StoreReader

log = logging.getLogger(__name__)

PIECE_BYTES = 256 << 10
BACKLOG_BYTES = 2 << 20


class ReadFile(msgspec.Struct):
    """What is asked for: bytes [offset, offset + bytes) of a file as it was listed."""

    id: int
    channel: int
    file: RecordedFile
    offset: int
    bytes: int
    stream: StreamName = StreamName.MAIN
    audio: bool = False
    grant: str = ""


class FileSubscription:
    """Sends bytes in sample frames while there is credit, then `Ended`."""

    def __init__(
        self,
        asked: ReadFile,
        connection: Connection,
        reader: "Reader",
        over: Callable[["FileSubscription"], None],
    ) -> None:
        self.asked = asked
        self.credit = 0
        self._connection, self._reader, self._over = connection, reader, over
        self._wake = asyncio.Event()
        self._task: asyncio.Task[None] | None = None
        self._store: StoreReader | None = None
        self._pieces: Iterator[memoryview] | None = None

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
        loop = asyncio.get_running_loop()
        number = self.asked.id
        reading: asyncio.Future[memoryview | None] | None = None
        try:
            while True:
                while self.credit <= 0 or self._connection.backlog > BACKLOG_BYTES:
                    self._wake.clear()
                    await self._wake.wait()
                reading = loop.run_in_executor(self._reader.pool, self._next)
                piece = await asyncio.shield(reading)
                reading = None
                if piece is None:
                    self._connection.send(Ended(number, "end"))
                    break
                self.credit -= len(piece)
                self._connection.put(pack_sample_header(number, 0, Sample(0, 0, 0, SampleFlag.NONE, piece)), piece)
        except NightjarError as error:
            self._connection.send(Failed(number, error.code, str(error)))
        except Exception:
            log.exception("Reading a file of channel %d failed", self.asked.channel)
            words = "Reading failed for a reason that nobody thought of; the log says more."
            self._connection.send(Failed(number, "Unexpected", words))
        finally:
            # A store is used by one thread at a time: it is closed behind the read that may still run.
            if reading is None:
                self._reader.pool.submit(self._close)
            else:
                reading.add_done_callback(lambda _done: self._reader.pool.submit(self._close))
            self._over(self)

    def _next(self) -> memoryview | None:
        """Read the next piece; in a thread of the pool."""
        if self._pieces is None:
            asked = self.asked
            self._store = self._reader.open_store()
            files = self._reader.recordings
            key = StreamKey(asked.channel, asked.stream)
            found = files.read(self._store, key, asked.file, asked.offset, asked.bytes, audio=asked.audio)
            self._pieces = _small(found)
        return next(self._pieces, None)

    def _close(self) -> None:
        if self._store is not None:
            self._store.close()
            self._store = self._pieces = None


def _small(pieces: Iterator[bytes]) -> Iterator[memoryview]:
    for one in pieces:
        view = memoryview(one)
        for at in range(0, len(view), PIECE_BYTES):
            yield view[at : at + PIECE_BYTES]
