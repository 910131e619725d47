"""The newest samples of one stream, bounded in bytes and in time: what pre-recording and a new live view begin with."""

from bisect import bisect_right
from collections import deque
from collections.abc import Iterator, Sequence
from itertools import islice

from recorder.client.clock import SECOND_US
from recorder.client.errors import NightjarError
from recorder.client.stream import SAMPLE_BYTES, Epoch, Sample, SampleFlag
from recorder.client.words import _

# All rings of a recorder together; shared out by the weight of the streams (`shares`).
BUDGET_BYTES = 1 << 30
LARGEST_RING_BYTES = 128 << 20
# A ring holds the pre-record time, this, and one GOP (architecture §3, Mark).
MARGIN_US = 5 * SECOND_US
# What a stream is taken to need before it has been measured.
ASSUMED_BITS_PER_S = {"main": 4_000_000, "picture": 1_000_000}
ASSUMED_OTHER_BITS_PER_S = 1_000_000
ASSUMED_GOP_S = 2

# Enum arithmetic costs more than all else that is done for a sample here.
_KEYS = tuple(bool(value & SampleFlag.KEY) for value in range(16))


class RingTooLarge(NightjarError):
    """A pre-record time that would need more memory than there is for it."""

    status = 422
    words = _(
        "Pre-recording as set needs {needed_mb} MB of memory, and {budget_mb} MB are set aside for it. "
        "Shorten the pre-record time or lower the bit rate."
    )


def check_budget(streams: dict[str, tuple[int, int]]) -> None:
    """Raise `RingTooLarge` if rings of these streams, name → (bits per second, pre-record seconds), do not fit."""
    needed = sum(rate // 8 * (pre_s + MARGIN_US // SECOND_US + ASSUMED_GOP_S) for rate, pre_s in streams.values())
    if needed > BUDGET_BYTES:
        raise RingTooLarge(needed_mb=-(-needed // 1_000_000), budget_mb=BUDGET_BYTES // 1_000_000)


def share(weight: int, weights: int) -> int:
    """Give the bytes that a ring may hold: its part of the budget by weight, so that all together never exceed it."""
    return min(LARGEST_RING_BYTES, BUDGET_BYTES * weight // max(weights, weight))


class Ring:
    """Samples of the tracks of one stream in the order they came, beginning at a key frame of the video.

    Whole GOPs leave at the old end once the next one is old enough, or when `limit_bytes` is reached; a GOP that does
    not fit by itself leaves whole, and the ring stays empty until the next key frame.
    """

    def __init__(self, keep_us: int, limit_bytes: int) -> None:
        self.keep_us = keep_us
        self.limit_bytes = limit_bytes
        self.bytes = 0
        """What is held takes, of pictures of a few bytes far more than their data."""
        self.too_short = False
        """The newest GOP did not fit: there is nothing from before an event, and a recording waits for a key frame."""
        self._runs: deque[tuple[Sequence[Sample], Epoch, int]] = deque()
        """What came together, with its bytes; a key frame comes alone, so that GOPs are whole runs."""
        self._first = 0
        self._keys: deque[tuple[int, int]] = deque()
        """Of every key frame held: its wall time and its place, counted from the first run ever."""

    def append(self, sample: Sample, epoch: Epoch) -> None:
        """Take the newest sample, coded with the parameters of that epoch."""
        keys = self._keys
        if _KEYS[sample.flags]:
            keys.append((sample.wall_us, self._first + len(self._runs)))
            oldest_needed = sample.wall_us - self.keep_us
            while len(keys) > 1 and keys[1][0] <= oldest_needed:
                self._drop_gop()
            if len(keys) > 1:
                self.too_short = False
        self.extend([sample], epoch, len(sample.data))

    def extend(self, samples: Sequence[Sample], epoch: Epoch, size: int) -> None:
        """Take the newest samples, `size` bytes in all, none of them a key frame; nobody may change the sequence."""
        keys = self._keys
        if not keys:
            return
        size += SAMPLE_BYTES * len(samples)
        self._runs.append((samples, epoch, size))
        self.bytes += size
        while self.bytes > self.limit_bytes and keys:
            self.too_short = len(keys) == 1
            self._drop_gop()

    def clear(self) -> None:
        """Forget everything: what comes next does not follow it."""
        self._first += len(self._runs)
        self._runs.clear()
        self._keys.clear()
        self.bytes = 0

    def newest_gop(self) -> Iterator[tuple[Sample, Epoch]]:
        """Give the samples from the newest key frame on; nothing while there is no key frame."""
        return self._from(len(self._keys) - 1)

    def since(self, wall_us: int) -> Iterator[tuple[Sample, Epoch]]:
        """Give the samples from the key frame at or before that time on, or from the oldest there is."""
        return self._from(max(bisect_right(self._keys, wall_us, key=_wall) - 1, 0))

    @property
    def oldest_us(self) -> int | None:
        """The time of the oldest key frame held."""
        return self._keys[0][0] if self._keys else None

    def _from(self, key: int) -> Iterator[tuple[Sample, Epoch]]:
        begin = self._keys[key][1] - self._first if self._keys else 0
        for samples, epoch, _size in islice(self._runs, begin, None):
            for one in samples:
                yield one, epoch

    def _drop_gop(self) -> None:
        self._keys.popleft()
        runs = self._runs
        until = self._keys[0][1] if self._keys else self._first + len(runs)
        for _n in range(until - self._first):
            self.bytes -= runs.popleft()[2]
        self._first = until


def _wall(key: tuple[int, int]) -> int:
    return key[0]
