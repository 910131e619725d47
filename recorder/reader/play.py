"""One subscription to recorded time: reads ahead as far as the client's credit goes, off the event loop."""

import asyncio
import logging
from collections.abc import Callable, Iterator
from concurrent.futures import Executor
from dataclasses import dataclass, field

from recorder.client.errors import NightjarError
from recorder.client.stream import Epoch, Sample
from recorder.client.tap import Ended, EpochMessage, Failed, Subscribe, pack_sample_header
from recorder.sockets.connection import Connection
from recorder.store import StoreReader

log = logging.getLogger(__name__)

# What one visit to the disk brings at most: other subscriptions have their turn between two of them.
BATCH_BYTES = 512 << 10
BATCH_SAMPLES = 512
# A client that has credit and does not read is not read for.
BACKLOG_BYTES = 2 << 20


@dataclass
class _Batch:
    samples: list[tuple[Epoch, Sample]] = field(default_factory=list[tuple[Epoch, Sample]])
    bytes: int = 0
    over: bool = False


class RecordedSubscription:
    """Sends recorded samples while there is credit; the last one may exceed it, or large pictures would never pass."""

    def __init__(
        self,
        asked: Subscribe,
        connection: Connection,
        pool: Executor,
        open_store: Callable[[], StoreReader],
        over: Callable[["RecordedSubscription"], None],
    ) -> None:
        self.asked = asked
        self.credit = 0
        self._connection = connection
        self._pool = pool
        self._open_store = open_store
        self._over = over
        self._wake = asyncio.Event()
        self._epoch: Epoch | None = None
        self._store: StoreReader | None = None
        self._samples: Iterator[tuple[Epoch, Sample]] | None = None
        self._task: asyncio.Task[None] | None = None

    def start(self) -> None:
        """Begin to read; nothing is sent before there is credit."""
        self._task = asyncio.get_running_loop().create_task(self._run())

    def stop(self) -> None:
        """Send no more."""
        if self._task is not None:
            self._task.cancel()

    def add_credit(self, count: int) -> None:
        """The client takes so many more bytes of samples."""
        self.credit += count
        self._wake.set()

    def drained(self) -> None:
        """The client has taken everything that waited."""
        self._wake.set()

    async def _run(self) -> None:
        reading: asyncio.Future[_Batch] | None = None
        loop = asyncio.get_running_loop()
        try:
            while True:
                await self._room()
                reading = loop.run_in_executor(self._pool, self._read, min(self.credit, BATCH_BYTES))
                batch = await asyncio.shield(reading)
                reading = None
                self._send(batch)
                if batch.over:
                    self._connection.send(Ended(self.asked.id, "end"))
                    break
        except NightjarError as error:
            self._connection.send(Failed(self.asked.id, error.code, str(error)))
        except Exception:
            log.exception("Reading %s failed", self.asked.key)
            words = "Reading failed for a reason that nobody thought of; the log says more."
            self._connection.send(Failed(self.asked.id, "Unexpected", words))
        finally:
            # A store is used by one thread at a time: it is closed behind the read that may still run.
            if reading is None:
                self._pool.submit(self._close)
            else:
                reading.add_done_callback(lambda _done: self._pool.submit(self._close))
            self._over(self)

    async def _room(self) -> None:
        while self.credit <= 0 or self._connection.backlog > BACKLOG_BYTES:
            self._wake.clear()
            await self._wake.wait()

    def _read(self, budget: int) -> _Batch:
        """Read up to the budget and one sample more; in a thread of the pool."""
        if self._samples is None:
            self._store = self._open_store()
            asked = self.asked
            assert asked.from_us is not None
            self._samples = self._store.read(asked.key, asked.from_us, asked.until_us, asked.mode)
        batch = _Batch()
        known: Epoch | None = None
        wanted: frozenset[int] = frozenset()
        for epoch, sample in self._samples:
            if epoch is not known:
                known, wanted = epoch, self.asked.tracks(epoch)
            if sample.track not in wanted:
                continue
            batch.samples.append((epoch, sample))
            batch.bytes += len(sample.data)
            if batch.bytes >= budget or len(batch.samples) >= BATCH_SAMPLES:
                return batch
        batch.over = True
        return batch

    def _send(self, batch: _Batch) -> None:
        self.credit -= batch.bytes
        connection, number = self._connection, self.asked.id
        for epoch, sample in batch.samples:
            if epoch is not self._epoch:
                if self._epoch is None or epoch != self._epoch:
                    connection.send(EpochMessage(number, epoch))
                self._epoch = epoch
            connection.put(pack_sample_header(number, epoch.number, sample), sample.data)

    def _close(self) -> None:
        if self._store is not None:
            self._store.close()
            self._store = self._samples = None
