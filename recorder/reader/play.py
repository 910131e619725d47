"""One subscription to recorded time."""

from collections.abc import Callable
from dataclasses import dataclass, field
from typing import TYPE_CHECKING

from recorder.client.stream import Epoch, Sample
from recorder.client.tap import EpochMessage, Subscribe, pack_sample_header
from recorder.reader.subscription import Subscription
from recorder.sockets.connection import Connection

if TYPE_CHECKING:
    from recorder.reader.service import Reader

# What one visit to the disk brings at most: other subscriptions have their turn between two of them.
BATCH_BYTES = 512 << 10
BATCH_SAMPLES = 512


@dataclass
class _Batch:
    samples: list[tuple[Epoch, Sample]] = field(default_factory=list[tuple[Epoch, Sample]])
    bytes: int = 0
    over: bool = False


class RecordedSubscription(Subscription[_Batch]):
    """Sends recorded samples, each epoch before the first of its own."""

    def __init__(
        self, asked: Subscribe, connection: Connection, reader: "Reader", over: Callable[[int, object], None]
    ) -> None:
        super().__init__(asked.id, str(asked.key), connection, reader, over)
        self._asked = asked
        self._epoch: Epoch | None = None

    def _read(self, credit: int) -> _Batch:
        """Read up to the credit and one sample more."""
        if self._found is None:
            self._store = self._reader.open_store()
            asked = self._asked
            assert asked.from_us is not None
            self._found = self._store.read(asked.key, asked.from_us, asked.until_us, asked.mode)
        batch, budget = _Batch(), min(credit, BATCH_BYTES)
        known: Epoch | None = None
        wanted: frozenset[int] = frozenset()
        for epoch, sample in self._found:
            if epoch is not known:
                known, wanted = epoch, self._asked.tracks(epoch)
            if sample.track not in wanted:
                continue
            batch.samples.append((epoch, sample))
            batch.bytes += len(sample.data)
            if batch.bytes >= budget or len(batch.samples) >= BATCH_SAMPLES:
                return batch
        batch.over = True
        return batch

    def _send(self, piece: _Batch) -> bool:
        self.credit -= piece.bytes
        connection, number = self._connection, self._asked.id
        for epoch, sample in piece.samples:
            if epoch is not self._epoch:
                if self._epoch is None or epoch != self._epoch:
                    connection.send(EpochMessage(number, epoch))
                self._epoch = epoch
            connection.put(pack_sample_header(number, epoch.number, sample), sample.data)
        return not piece.over
