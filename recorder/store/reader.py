"""The reading side of the store, for another process than the one that records: what there is, and the samples of it."""

from collections.abc import Iterator, Sequence
from dataclasses import dataclass
from pathlib import Path

from recorder.client.clock import Clock
from recorder.client.recording import GapReason, RecordType
from recorder.client.stream import Epoch, Sample, StreamKey
from recorder.client.tap import Mode


@dataclass(frozen=True)
class RecordedSpan:
    """An unbroken stretch of one record type: [start_us, end_us), UTC."""

    start_us: int
    end_us: int
    type: RecordType
    bytes: int


@dataclass(frozen=True)
class Gap:
    """A stretch that was due and is missing: [start_us, end_us), UTC."""

    start_us: int
    end_us: int
    reason: GapReason


class StoreReader:
    """Reads disks while media writes them. `disks` is the directory that holds them. One thread at a time."""

    def __init__(self, disks: Path, index_path: Path, clock: Clock) -> None:
        raise NotImplementedError

    def spans(self, key: StreamKey, start_us: int, end_us: int) -> list[RecordedSpan]:
        """Give what is recorded within [start_us, end_us), in time order, cut by record type."""
        raise NotImplementedError

    def gaps(self, key: StreamKey, start_us: int, end_us: int) -> list[Gap]:
        """Give the gap rows within [start_us, end_us), in time order."""
        raise NotImplementedError

    def days(self, keys: Sequence[StreamKey], year: int, month: int, zone: str) -> dict[StreamKey, list[int]]:
        """Give the days of a month, in an IANA time zone, on which each stream has footage."""
        raise NotImplementedError

    def oldest(self, key: StreamKey) -> int | None:
        """When the oldest footage of a stream begins (UTC)."""
        raise NotImplementedError

    def newest(self, key: StreamKey) -> int | None:
        """When the newest readable footage of a stream ends (UTC)."""
        raise NotImplementedError

    def read(
        self, key: StreamKey, from_us: int, until_us: int | None = None, mode: Mode = Mode.ALL
    ) -> Iterator[tuple[Epoch, Sample]]:
        """Give the samples from the key frame at or before `from_us` on, all tracks in recorded order, to `until_us`.

        In a hole it begins with the next span. A sample has DISCONTINUITY where something before it is missing. After the
        end (StopIteration) `next` may be called again: it goes on when more was recorded meanwhile. REVERSE goes back GOP
        by GOP from the one at `from_us`, down to `until_us`, each GOP forward inside. Epoch numbers are the iterator's own.
        """
        raise NotImplementedError

    def close(self) -> None:
        """Close all files."""
        raise NotImplementedError
