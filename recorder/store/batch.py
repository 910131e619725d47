"""Samples of one span and epoch that wait for the disk, and how some of them are given up when it is too slow (S9)."""

from collections.abc import Iterator
from dataclasses import dataclass, field
from itertools import pairwise
from typing import Self

from recorder.client.stream import Epoch, Sample, SampleFlag, StreamKey
from recorder.store.chunk import MOST_SAMPLES
from recorder.store.ids import RowId
from recorder.store.layout import NO_REASON, STREAM_CODES, Source
from recorder.store.rows import SpanRow

_KEY = int(SampleFlag.KEY)


@dataclass
class LiveSpan:
    """A span that is being recorded. Wall times are UTC µs."""

    id: RowId
    key: StreamKey
    source: Source
    kernel_boot: bytes
    start_monotonic_us: int
    start_us: int
    last_us: int
    placed: int = 0
    """The highest ordinal of its batches that has a place on a disk."""

    def row(self, *, ended: bool = False, reason: int = NO_REASON) -> SpanRow:
        """Give its catalog row."""
        return SpanRow(
            self.id,
            self.key.channel,
            STREAM_CODES[self.key.stream],
            self.source,
            int(ended),
            reason,
            self.kernel_boot,
            self.start_monotonic_us,
            self.start_us,
            self.last_us,
        )


@dataclass
class Batch:
    """Samples in the order they came. `first_put_us` is monotonic: how long the oldest has waited, in a socket too."""

    span: LiveSpan
    epoch: Epoch
    parameters: bytes
    video_track: int | None
    begins_span: bool
    first_put_us: int
    samples: list[Sample] = field(default_factory=list[Sample])
    size: int = 0
    """Bytes of the samples."""
    origin: int = 0
    """Of a copy: the incarnation of the lap that it was in."""
    leaves: bytes = b""
    """Of a thinned copy: the hashes of the head and of all samples of the chunk that it was made from."""
    digest_kind: int | None = None
    """Of a copy: how the digest of the chunk is made."""

    ordinal: int = 0
    """Counts the batches of a stream, so that what comes late is known."""

    def cut(self, most_bytes: int) -> Iterator[Self]:
        """Give this batch in parts of at most `most_bytes`, or one sample where that is larger."""
        if self.size <= most_bytes and len(self.samples) <= MOST_SAMPLES:
            yield self
            return
        part = self._part(begins_span=self.begins_span)
        for one in self.samples:
            size = len(one.data)
            if part.samples and (part.size + size > most_bytes or len(part.samples) == MOST_SAMPLES):
                yield part
                part = self._part(begins_span=False)
            part.samples.append(one)
            part.size += size
        yield part

    def _part(self, *, begins_span: bool) -> Self:
        made = type(self)(self.span, self.epoch, self.parameters, self.video_track, begins_span, self.first_put_us)
        made.ordinal = self.ordinal
        return made

    def is_key(self, sample: Sample) -> bool:
        """Whether decoding can begin at a sample."""
        return bool(int(sample.flags) & _KEY) and (self.video_track is None or sample.track == self.video_track)

    def shed(self) -> "Shed | None":
        """Give up the oldest GOP that has more than its key frame: all but that; else the oldest GOP whole.

        None where nothing is left but the GOP that is still growing.
        """
        return self.thin() or self.shed_gop()

    def thin(self) -> "Shed | None":
        """Give up all but the key frame of the oldest GOP that has more; None where there is none but the newest."""
        for begin, end in self._gops():
            kept = int(self.is_key(self.samples[begin]))
            if end - begin > kept:
                return self._give_up(begin + kept, end)
        return None

    def shed_gop(self) -> "Shed | None":
        """Give up the oldest GOP whole; None where there is none but the newest."""
        gops = self._gops()
        return self._give_up(*gops[0]) if gops else None

    def _gops(self) -> list[tuple[int, int]]:
        """Give the GOPs but the newest, which may still grow."""
        starts = [n for n, one in enumerate(self.samples) if self.is_key(one)]
        return list(pairwise(sorted({0, *starts, len(self.samples)})))[:-1]

    def shed_all(self) -> "Shed | None":
        """Give up everything."""
        return self._give_up(0, len(self.samples)) if self.samples else None

    def shed_until_key(self) -> "Shed | None":
        """Give up what comes before the first key frame; None where nothing does."""
        end = next((n for n, one in enumerate(self.samples) if self.is_key(one)), len(self.samples))
        return self._give_up(0, end) if end else None

    def _give_up(self, begin: int, end: int) -> "Shed":
        gone = self.samples[begin:end]
        behind = self.samples[end] if end < len(self.samples) else None
        size = sum(len(one.data) for one in gone)
        del self.samples[begin:end]
        self.size -= size
        last_us = max(one.wall_us for one in gone)
        return Shed(size, min(one.wall_us for one in gone), behind.wall_us if behind else last_us)


@dataclass(frozen=True)
class Shed:
    """What was given up: bytes, and [start_us, end_us) of wall time."""

    bytes: int
    start_us: int
    end_us: int
