"""The reading side of the store, for another process than the one that records: what there is, and its samples."""

import calendar
from collections.abc import Callable, Iterator, Sequence
from contextlib import suppress
from dataclasses import dataclass
from datetime import date
from itertools import pairwise
from pathlib import Path

from recorder.client.clock import Clock, SystemClock
from recorder.client.recording import Frames, GapReason, RecordType
from recorder.client.stream import Epoch, Sample, StreamKey
from recorder.client.tap import Mode
from recorder.store.block import ChunkEntry
from recorder.store.block_cache import BlockCache
from recorder.store.chunk_reader import ChunkReader
from recorder.store.completeness import Day, first_of, local_days
from recorder.store.disk_lane import Lanes
from recorder.store.errors import DiskSilent
from recorder.store.footage import Footage
from recorder.store.index_reader import IndexReader
from recorder.store.intervals import Interval, clipped, joined, without
from recorder.store.keys import NO_KEYS, PoolKeys
from recorder.store.layout import HOLE_US, stream_key
from recorder.store.motion import RecordedMotion
from recorder.store.patched import Patched
from recorder.store.patched_backward import patched_backward
from recorder.store.pictures import RecordedPictures
from recorder.store.piece import Piece
from recorder.store.playback import Forward
from recorder.store.portion import Portion, gathered
from recorder.store.read_disks import ReadDisks
from recorder.store.record_types import cut
from recorder.store.rewind import Backward
from recorder.store.rows import HoldRow, TagRow
from recorder.store.stream_time import SETTLED_US, StreamTime, due_time
from recorder.store.stretch import stretches, uncovered


@dataclass(frozen=True)
class RecordedSpan:
    """An unbroken stretch of one record type, [start_us, end_us), UTC; `frames` says which pictures it has."""

    start_us: int
    end_us: int
    type: RecordType
    bytes: int
    frames: Frames = Frames.ALL


@dataclass(frozen=True)
class Gap:
    """A stretch that was due and is missing: [start_us, end_us), UTC."""

    start_us: int
    end_us: int
    reason: GapReason


class StoreReader:
    """Reads disks while media writes them. `disks` is the directory that holds them. One thread at a time."""

    def __init__(
        self,
        disks: Path,
        index_path: Path,
        clock: Clock | None = None,
        cache: BlockCache | None = None,
        keys: PoolKeys = NO_KEYS,
        lanes: Lanes | None = None,
    ) -> None:
        """No I/O here; disks and index may be missing, and are looked for at every question.

        Readers of one process may share a `cache`, and `lanes`, in whatever threads they are. `keys` open encrypted
        footage. Where a disk does not answer whatever needs it raises `DiskSilent`.
        """
        self._clock = clock or SystemClock()
        self._index = IndexReader(index_path)
        self._disks = ReadDisks(disks, self._clock, cache or BlockCache(), keys, self._index.disk_paths, lanes)
        self._footage = Footage(self._disks, self._index, self._clock)
        self._copies = Footage(self._disks, self._index, self._clock, copies=True)

    def spans(self, key: StreamKey, start_us: int, end_us: int) -> list[RecordedSpan]:
        """Give what is recorded within [start_us, end_us), in time order, cut by record type and by what was lost.

        What is not sealed yet on a disk that does not answer is left out; `DiskSilent` where there is nothing else.
        """
        self._footage.forget_closed_blocks()
        shown = self._footage.visible(key)
        marks = self._index.marks(key, start_us, end_us, self._clock.now_us())
        lost = joined((one.start_us, one.end_us) for one in self._index.gaps(key, start_us, end_us) if one.is_loss)
        found: list[RecordedSpan] = []
        first = stretches(self._footage.extents(key, start_us, end_us))
        if self._is_mirrored(key):
            copies = stretches(self._copies.extents(key, start_us, end_us))
            first = sorted([*first, *uncovered(copies, first)])
        for one in first:
            within = shown.parts(max(one.start_us, start_us), min(one.end_us, end_us))
            for part in [part for begin, end in without(within, lost) for part in cut(begin, end, marks)]:
                share = one.bytes * (part.end_us - part.start_us) // (one.end_us - one.start_us)
                found.append(RecordedSpan(part.start_us, part.end_us, part.type, share, one.frames))
        if not found and (unseen := self._unseen) is not None:
            raise unseen
        return found

    @property
    def _unseen(self) -> DiskSilent | None:
        """Why what was found last may not be all."""
        return self._footage.unseen or self._copies.unseen

    def pieces(self, key: StreamKey, start_us: int, end_us: int) -> list[Piece]:
        """Give the pieces of spans that touch [start_us, end_us), in playback order."""
        self._footage.forget_closed_blocks()
        return self._footage.pieces(key, start_us, end_us)

    def chunks_of(self, key: StreamKey, piece: Piece) -> list[ChunkEntry]:
        """Give the chunks of a piece in the order they were written."""
        return self._footage.entries(key, piece)

    def chunk_reader(self) -> ChunkReader:
        """Give what reads chunks, for one who knows which he wants."""
        return ChunkReader(self._disks)

    def runs(self, key: StreamKey, start_us: int, end_us: int) -> list[Interval]:
        """Give the stretches of footage that touch [start_us, end_us), of whichever copy, in time order."""
        return self._kept(key, start_us, end_us)

    def holds(self) -> list[HoldRow]:
        """Give every hold that any disk remembers, by the time that it holds; over ones too."""
        return self._index.holds()

    def tags(self) -> list[TagRow]:
        """Give every tag, by time."""
        return self._index.tags()

    def pictures(self, channel: int) -> RecordedPictures:
        """Give what finds the pictures of a channel."""
        return RecordedPictures(self._footage, self._disks, channel)

    def motion(self, channel: int) -> RecordedMotion:
        """Give what reads where something moved on a channel."""
        return RecordedMotion(self._footage, self._disks, channel)

    def gaps(self, key: StreamKey, start_us: int, end_us: int) -> list[Gap]:
        """Give what was due within [start_us, end_us) and is missing, in time order, each with its reason.

        Stretches in which control was silent are among them by their name, although they were recorded. Raises
        `DiskSilent` where something is missing as long as a disk does not answer that may have it.
        """
        start_us = max(start_us, self._footage.visible(key).floor_us)
        found = [Gap(*one) for one in self._time_of(key, start_us, end_us).missing]
        silent = [one for one in self._index.gaps(key, start_us, end_us) if one.reason is GapReason.CONTROL_SILENT]
        found += [Gap(max(one.start_us, start_us), min(one.end_us, end_us), one.reason) for one in silent]
        return sorted(found, key=lambda one: one.start_us)

    def completeness(self, key: StreamKey, first: date, count: int, zone: str) -> list[Day]:
        """Say of so many local days from `first` on, hour by hour, what was due and what became of it.

        Raises `Invalid` for a zone or days that do not exist, and `DiskSilent` as `gaps` does.
        """
        bounds = local_days(first, count, zone)
        time_of = self._time_of(key, bounds[0], bounds[-1])
        return [Day.of(begin, end, time_of) for begin, end in pairwise(bounds)]

    def _time_of(self, key: StreamKey, start_us: int, end_us: int) -> StreamTime:
        """Gather what is known of a stretch of a stream."""
        index, now = self._index, self._clock.now_us()
        shown = self._footage.visible(key)
        # A hole that began before is explained by what stands before it.
        gaps = index.gaps(key, start_us - SETTLED_US, end_us)
        due_since = index.due_since(key)
        # What media tells of it wanted to record: it knew of marks, of key frames between them, of a silent control.
        named = joined((one.start_us, one.end_us) for one in gaps if not one.found)
        marks = [(one.start_us, one.end_us) for one in index.marks(key, start_us, end_us, now)]
        due = due_time(index.due(key, start_us, end_us), marks, named)
        # Before anything is known of what was due, gap rows are believed as they are.
        unknown_until = end_us if due_since is None else min(due_since, end_us)
        told = [(one.start_us, one.end_us) for one in gaps if one.reason is not GapReason.CONTROL_SILENT]
        due = joined([*due, *clipped(told, start_us, unknown_until)])
        known_since = index.first_known(key)
        found = StreamTime.of(
            start_us,
            end_us,
            now_us=now,
            due=due,
            kept=self._kept(key, start_us - HOLE_US, end_us + HOLE_US),
            spans=index.spans(key, start_us, end_us),
            gaps=gaps,
            known_since_us=max(shown.floor_us, end_us if known_since is None else known_since),
        )
        if found.missing and (unseen := self._unseen) is not None:
            raise unseen
        return found

    def _kept(self, key: StreamKey, start_us: int, end_us: int) -> list[Interval]:
        """Give what there is of a stream, of whichever copy, as far as it is shown."""
        copies = self._copies.runs(key, start_us, end_us, sealed=False) if self._is_mirrored(key) else []
        runs = joined([*self._footage.runs(key, start_us, end_us), *copies], HOLE_US)
        shown = self._footage.visible(key)
        return [part for begin, end in runs for part in shown.parts(begin, end)]

    def days(self, keys: Sequence[StreamKey], year: int, month: int, zone: str) -> dict[StreamKey, list[int]]:
        """Give the days of a month, in an IANA time zone, on which each stream has footage; raises `Invalid`."""
        bounds = local_days(first_of(year, month), calendar.monthrange(year, month)[1], zone)
        found: dict[StreamKey, list[int]] = {}
        for key in keys:
            runs = self._kept(key, bounds[0], bounds[-1])
            days = enumerate(pairwise(bounds), 1)
            found[key] = [day for day, (begin, end) in days if any(one[0] < end and one[1] > begin for one in runs)]
        return found

    def oldest(self, key: StreamKey) -> int | None:
        """When the oldest footage of a stream begins (UTC)."""
        found = [self._footage.oldest(key), self._copies.oldest(key) if self._is_mirrored(key) else None]
        return min((one for one in found if one is not None), default=None)

    def newest(self, key: StreamKey) -> int | None:
        """When the newest readable footage of a stream ends (UTC)."""
        found = [self._footage.newest(key), self._copies.newest(key) if self._is_mirrored(key) else None]
        return max((one for one in found if one is not None), default=None)

    def _is_mirrored(self, key: StreamKey) -> bool:
        """Whether there are second copies of a stream."""
        return self._index.has_copies(key) or bool(self._copies.open_pieces(key))

    def streams(self) -> list[StreamKey]:
        """Give every stream that has footage."""
        codes = set(self._index.streams())
        for block in self._footage.open_blocks():
            with suppress(DiskSilent):
                codes |= {(one.channel, one.stream) for one in self._disks.entries(block, is_open=True)}
        return sorted(key for one in codes if (key := stream_key(*one)) is not None)

    def read(
        self, key: StreamKey, from_us: int, until_us: int | None = None, mode: Mode = Mode.ALL
    ) -> Iterator[tuple[Epoch, Sample]]:
        """Give the samples from the key frame at or before `from_us` on, all tracks in recorded order, to `until_us`.

        In a hole it begins with the next span. A sample has DISCONTINUITY where something before it is missing. After
        the end (StopIteration) `next` may be called again: it goes on when more was recorded meanwhile. REVERSE goes
        back GOP by GOP from the one at `from_us`, down to `until_us`, each GOP forward inside; REVERSE_KEY reads their
        key frames alone. Epoch numbers are the iterator's own. `data` is a view of what was read for this iterator
        alone and stays valid.
        """
        self._footage.forget_closed_blocks()
        mirrored = self._is_mirrored(key)
        if mode.backwards:
            keys_only = mode is Mode.REVERSE_KEY
            first = Backward(self._footage, key, from_us, until_us, keys_only=keys_only)
            if not mirrored:
                return first
            return patched_backward(
                first, lambda at_us: Backward(self._copies, key, at_us, until_us, keys_only=keys_only), from_us
            )
        forward = Forward(self._footage, key, from_us, until_us, mode)
        if not mirrored:
            return forward
        return Patched(
            forward,
            lambda at_us: Forward(self._copies, key, at_us, until_us, mode),
            self._copies.visible(key).next(from_us),
            lambda: min(self._copies.newest(key) or 0, until_us if until_us is not None else 1 << 62),
        )

    def portions(
        self, key: StreamKey, from_us: int, until_us: int, waits: Callable[[DiskSilent], bool] = lambda _silent: False
    ) -> Iterator[Portion]:
        """Give the same samples chunk by chunk; without the roots of chunks where two copies are put together.

        `waits` is asked whether to ask a disk again that does not answer; of two copies the other is taken.
        """
        found = self.read(key, from_us, until_us)
        return found.portions(waits) if isinstance(found, Forward) else gathered(found)

    def samples_ahead(self, key: StreamKey, from_us: int, until_us: int, most_bytes: int, beside: int = 0) -> int:
        """Say about how many samples of all tracks the span that is under way at a time has up to `until_us`.

        Those are meant that fit into `most_bytes`, each with so many bytes `beside` it.
        """
        self._footage.forget_closed_blocks()
        found = self._footage.pieces(key, from_us, until_us)
        samples, left = 0, most_bytes
        for one in found:
            if one.span != found[0].span:
                continue
            whole_us = one.last_us - one.first_us + 1
            inside_us = min(one.last_us, until_us) - max(one.first_us, from_us)
            count = 1 + one.samples * inside_us // whole_us
            size = one.bytes * inside_us // whole_us + beside * count
            if size > left:
                return samples + 1 + count * left // size
            samples, left = samples + count, left - size
        return samples

    def close(self) -> None:
        """Close all files."""
        self._disks.close()
        self._index.close()
