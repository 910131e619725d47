"""The recording end of one stream: cuts what comes into spans and batches, which a disk's writer takes."""

import threading
from collections import deque
from collections.abc import Sequence
from typing import Protocol

from recorder.client.clock import SECOND_US, Clock
from recorder.client.recording import GapReason
from recorder.client.stream import MOMENTS, SAMPLE_BYTES, Epoch, Sample, SampleFlag, StreamKey
from recorder.store.batch import Batch, LiveSpan, Shed
from recorder.store.chunk import LARGEST_SAMPLE
from recorder.store.errors import Damaged
from recorder.store.ids import IdSource
from recorder.store.layout import HOLE_US, NO_REASON, REASON_CODES, Source
from recorder.store.parameters import pack_epoch
from recorder.store.policy import STANDARD_POOL
from recorder.store.rows import Row

_DISCONTINUITY = int(SampleFlag.DISCONTINUITY)
_BREAKS = tuple(bool(value & _DISCONTINUITY) for value in range(16))
"""By the flags of a sample: looking up costs less than arithmetic with an enumeration."""
JUMP_US = SECOND_US
"""From one sample to the next: what is longer, or backwards, may mean that a clock was set."""
SILENCE_US = 10 * SECOND_US
"""From one sample to the next within a span: what is longer ends it."""
SPARSE_SILENCE_US = 3600 * SECOND_US
"""The same where samples are rare on purpose: key frames alone, and pictures."""
UNREAD_US = SECOND_US // 2
"""So old a live sample may be when it is put: a camera that nobody watches is read every so often, with all others."""


class Keeper(Protocol):
    """What a stream recorder needs of the store."""

    ids: IdSource
    kernel_boot: bytes
    wake_bytes: int

    @property
    def clock_shift_us(self) -> int:
        """By how much the wall clock was set in all since the store started."""
        ...

    def log(self, rows: Sequence[Row]) -> None:
        """Take rows for the catalogs."""
        ...

    def found_gap(self, key: StreamKey, start_us: int, end_us: int, reason: GapReason) -> None:
        """Take a hole that the store saw."""
        ...

    def look_at_clock(self) -> None:
        """Count a step of the clock in `clock_shift_us` if there was one."""
        ...

    def taken_at(self, wall_us: int) -> int:
        """Give the monotonic time at which the wall clock told a time that is not old."""
        ...

    @property
    def why_lost(self) -> GapReason:
        """Why samples are given up now, if they are."""
        ...

    def took(self, size: int) -> None:
        """Count waiting bytes, and shed where there are too many."""
        ...

    def wake(self) -> None:
        """Have the writers look now."""
        ...


class StreamRecorder:
    """Records one stream. `put` and `end` are cheap and return at once; call them from one thread (the event loop)."""

    def __init__(
        self,
        key: StreamKey,
        keeper: Keeper,
        clock: Clock,
        source: Source = Source.LIVE,
        twin: "StreamRecorder | None" = None,
    ) -> None:
        self.key = key
        self.twin = twin
        """The recorder of the first copy, where this is that of the second."""
        self.mirror: StreamRecorder | None = None
        """The recorder of the second copy; it gets whatever this one gets."""
        self.home: object | None = None
        """The writer that this stream's batches go to; kept by the store."""
        self.pool = STANDARD_POOL
        """Whose blocks it writes; kept by the store."""
        self.bytes_written = 0
        """Since it began; tells the store how much it writes in a second."""
        self.first_on_disk = True
        """Nothing of this stream was written since the store started: the hole before it is still open."""
        self._keeper, self._clock, self._source = keeper, clock, source
        self._lock = threading.Lock()
        self._batches: deque[Batch] = deque()
        self._batch: Batch | None = None
        self._span: LiveSpan | None = None
        self._epoch: Epoch | None = None
        self._parameters = b""
        self._shift_us = keeper.clock_shift_us
        """What the clock was set by when the span began: its samples have the times of that clock to its end."""
        self._ended: tuple[int, GapReason | None] | None = None
        """The last sample of the span before, by the clock of `_shift_us`, and why it ended."""
        self._until_key = False
        self._ordinal = 0
        self.stuck = False
        """What waits does so because its disk took nothing, though another may have the stream by now."""
        self.waiting = 0
        """Bytes of samples that are not durable yet."""

    @property
    def is_sparse(self) -> bool:
        """Whether what comes is key frames alone, on purpose."""
        return bool(self._source & Source.KEYS)

    def keys_only(self, sparse: bool) -> None:  # noqa: FBT001
        """Say whether what comes is key frames alone, on purpose: a span is one or the other."""
        if sparse is not self.is_sparse:
            self.end(None)
            self._source = Source(self._source ^ Source.KEYS)
            if self.mirror is not None:
                self.mirror.keys_only(sparse)

    def put(self, sample: Sample, epoch: Epoch) -> None:
        """Record a sample. Its `data` is kept by reference until written and must not change.

        A new span begins where the sample has DISCONTINUITY, after `end`, after a silence of more than 10 s, and where
        the times of samples jump because the clock was set. The hole before a new span becomes a gap row.
        """
        size = len(sample.data)
        wall_us = sample.wall_us
        keeper = self._keeper
        if size > LARGEST_SAMPLE:
            keeper.found_gap(self.key, wall_us, wall_us + 1, GapReason.OVERLOAD)
            return
        with self._lock:
            batch = self._batch
            span = self._span
            if (
                batch is None
                or span is None
                or epoch is not self._epoch
                or _BREAKS[sample.flags]
                or not -JUMP_US <= wall_us - span.last_us <= JUMP_US
            ):
                batch, span = self._begin(sample, epoch)
            if self._until_key:
                # What was given up before it leaves nothing that this sample could follow.
                keeper.found_gap(self.key, span.last_us, wall_us, GapReason.DISK if self.stuck else keeper.why_lost)
                if not batch.is_key(sample):
                    span.last_us = max(span.last_us, wall_us)
                    return
                self._until_key = False
            batch.samples.append(sample)
            batch.size = batch_bytes = batch.size + size
            self.waiting += size
            if wall_us > span.last_us:  # noqa: PLR1730 - a call less for every picture
                span.last_us = wall_us
        keeper.took(size + SAMPLE_BYTES)
        if batch_bytes - size < keeper.wake_bytes <= batch_bytes:
            keeper.wake()
        if self.mirror is not None:
            self.mirror.put(sample, epoch)

    def put_together(self, samples: Sequence[Sample], epoch: Epoch, extent: tuple[int, int, int]) -> None:
        """Record samples that came together, as `put` would one after the other, none of them flagged.

        `extent` is the least and the greatest of their wall times, and their bytes.
        """
        oldest_us, newest_us, size = extent
        batch_bytes = 0
        with self._lock:
            batch, span = self._batch, self._span
            if (
                batch is not None
                and span is not None
                and epoch is self._epoch
                and not self._until_key
                and size <= LARGEST_SAMPLE
                and span.last_us - JUMP_US <= oldest_us
                and newest_us <= span.last_us + JUMP_US
            ):
                batch.samples += samples
                batch.size = batch_bytes = batch.size + size
                self.waiting += size
                span.last_us = max(span.last_us, newest_us)
        if not batch_bytes:
            # Something is to be looked at.
            for one in samples:
                self.put(one, epoch)
            return
        self._keeper.took(size + SAMPLE_BYTES * len(samples))
        if batch_bytes - size < self._keeper.wake_bytes <= batch_bytes:
            # Once: a disk that takes more at a time looks by itself.
            self._keeper.wake()
        if self.mirror is not None:
            self.mirror.put_together(samples, epoch, extent)

    def _begin(self, sample: Sample, epoch: Epoch) -> tuple[Batch, LiveSpan]:
        """Go on in the span there is, or end it and begin another; the batch is new where span or parameters are."""
        keeper, span, wall_us = self._keeper, self._span, sample.wall_us
        changed = epoch != self._epoch
        if changed:
            self._parameters = _packed(epoch)
        self._epoch = epoch
        if span is not None:
            reason = self._break_before(sample, span)
            if reason is not None:
                self._end(reason)
                span = None
            elif self._batch is not None and not changed:
                return self._batch, span
        begins = span is None
        if span is None:
            # A span must not begin before a step that it is behind, or the step would move it.
            keeper.look_at_clock()
            live = self._source not in {Source.BACKFILL, Source.COPY_BACKFILL}
            monotonic = keeper.taken_at(wall_us) if live else self._clock.monotonic_us()
            if self._ended is not None:
                end_us, why = self._ended
                end_us += keeper.clock_shift_us - self._shift_us
                if why is not None and wall_us - end_us > HOLE_US:
                    keeper.found_gap(self.key, end_us, wall_us, why)
                self._ended = None
            self._shift_us = keeper.clock_shift_us
            drawn = keeper.ids.draw()
            span = LiveSpan(drawn, self.key, self._source, keeper.kernel_boot, monotonic, wall_us, wall_us)
            self._span = span
            keeper.log([span.row()])
        video = epoch.video
        track = video.track if video else None
        # What waited in a socket is lost with the process too (S2): it counts as if it had been put when it came.
        unread_us = min(max(0, self._clock.now_us() - wall_us), UNREAD_US)
        batch = Batch(span, epoch, self._parameters, track, begins, self._clock.monotonic_us() - unread_us)
        self._ordinal += 1
        batch.ordinal = self._ordinal
        self._batch = batch
        self._batches.append(batch)
        return batch, span

    def _break_before(self, sample: Sample, span: LiveSpan) -> GapReason | None:
        """Why a new span begins with this sample; None where it does not."""
        later_us = sample.wall_us - span.last_us
        jumps = not -JUMP_US <= later_us <= JUMP_US
        if jumps or int(sample.flags) & _DISCONTINUITY:
            self._keeper.look_at_clock()
            if self._shift_us != self._keeper.clock_shift_us:
                return GapReason.CLOCK
        if int(sample.flags) & _DISCONTINUITY:
            return GapReason.NETWORK_LOSS
        if later_us < -JUMP_US:
            return GapReason.CLOCK
        silence_us = SPARSE_SILENCE_US if self.is_sparse or self.key.stream in MOMENTS else SILENCE_US
        return GapReason.CAMERA_OFFLINE if later_us > silence_us else None

    def end(self, reason: GapReason | None = None) -> None:
        """End the span. `reason` explains the hole that follows; None says that nothing more is due."""
        with self._lock:
            self._end(reason)
        if self.mirror is not None:
            self.mirror.end(reason)

    def _end(self, reason: GapReason | None) -> None:
        span = self._span
        if span is None:
            if self._ended is not None:
                self._ended = (self._ended[0], reason)
            return
        self._keeper.log([span.row(ended=True, reason=NO_REASON if reason is None else REASON_CODES[reason])])
        self._ended = (span.last_us, reason)
        self._span = self._batch = None

    @property
    def memory(self) -> int:
        """What waits takes in memory: its bytes, and what there is of a sample beside them until a writer has it."""
        with self._lock:
            return self.waiting + SAMPLE_BYTES * sum(len(one.samples) for one in self._batches)

    def due(self, before_us: int, least_bytes: int) -> bool:
        """Whether to write now: enough bytes wait, or the oldest came before `before_us` (monotonic)."""
        with self._lock:
            if not self._batches or not self._batches[0].samples:
                return False
            return self.waiting >= least_bytes or self._batches[0].first_put_us <= before_us

    def take(self) -> list[Batch]:
        """Give everything that waits to the writer."""
        with self._lock:
            taken = [one for one in self._batches if one.samples]
            self._batches.clear()
            self._batch = None
            return taken

    def wait_for_key(self) -> None:
        """Begin with the next key frame: what comes before it needs what is not here."""
        self._until_key = True

    def drop(self) -> Shed | None:
        """Give up everything that waits; gives what that was."""
        with self._lock:
            gone = [found for one in self._batches if (found := one.shed_all()) is not None]
            self._batches.clear()
            self._batch = None
            if not gone:
                return None
            self._until_key = True
            self.waiting -= sum(one.bytes for one in gone)
            return Shed(sum(one.bytes for one in gone), gone[0].start_us, gone[-1].end_us)

    def untake(self, batches: Sequence[Batch]) -> None:
        """Put back what could not be written, in front of what came meanwhile."""
        with self._lock:
            self.stuck = True
            self._batches.extendleft(reversed(batches))

    def waits_since_us(self) -> int | None:
        """Since when (monotonic) the oldest sample waits that no writer has taken; None where none does."""
        with self._lock:
            return next((one.first_put_us for one in self._batches if one.samples), None)

    def written(self, size: int) -> None:
        """So many bytes wait no longer."""
        with self._lock:
            self.stuck = False
            self.waiting -= size
            self.bytes_written += size

    def shed(self) -> Shed | None:
        """Give up the least of the oldest that waits here; None where nothing can be given up."""
        with self._lock:
            thinned = (found for one in self._batches if (found := one.thin()) is not None)
            whole = (found for one in self._batches if (found := one.shed_gop()) is not None)
            shed = next(thinned, None) or next(whole, None) or self._shed_oldest()
            if shed is not None:
                self.waiting -= shed.bytes
            return shed

    def _shed_oldest(self) -> Shed | None:
        """Give up the oldest batch, and what behind it cannot be decoded without it."""
        waiting = [one for one in self._batches if one.samples]
        if not waiting:
            return None
        shed = waiting[0].shed_all()
        for one in waiting[1:]:
            more = one.shed_until_key()
            if more is not None and shed is not None:
                shed = Shed(shed.bytes + more.bytes, shed.start_us, more.end_us)
            if one.samples:
                return shed
        self._until_key = waiting[-1].video_track is not None
        return shed


def _packed(epoch: Epoch) -> bytes:
    try:
        return pack_epoch(epoch)
    except Damaged:
        # Absurd parameters from a camera: recorded without them, the decoder takes what is in the samples.
        bare = tuple(type(one)(one.track, one.kind, one.codec, one.clock_hz) for one in epoch.tracks)
        return pack_epoch(Epoch(epoch.number, bare))
