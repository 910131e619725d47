"""A stream that was recorded twice, read as one: the first copy, and the second where the first has a hole."""

from collections import deque
from collections.abc import Callable, Iterator
from typing import Self

from recorder.client.stream import Epoch, Sample, SampleFlag
from recorder.store.chunk_reader import FLAGS
from recorder.store.errors import DiskSilent

HOLE_US = 1_000_000
"""Shorter ones are the time between two pictures."""
GONE_US = 10_000_000
"""Behind the end of the first copy: the second is asked when it goes on for so long, not when it is merely ahead."""
_REORDER_US = 2_000_000
_BREAK = int(SampleFlag.DISCONTINUITY)

Samples = Iterator[tuple[Epoch, Sample]]


class Patched(Iterator[tuple[Epoch, Sample]]):
    """Forward. After StopIteration `next` may be called again: it goes on when more was recorded.

    Where the disk of the first copy does not answer, the second is played; `DiskSilent` where that has no more either.

    Epoch numbers are each copy's own; a reader tells parameters by what they are, not by their numbers.
    """

    def __init__(
        self, first: Samples, second: Callable[[int], Samples], from_us: int, newest_us: Callable[[], int]
    ) -> None:
        """`second` opens the second copy at a time; `newest_us` says where that ends now."""
        self._first, self._open, self._newest_us = first, second, newest_us
        self._from_us = from_us
        self._given: Sample | None = None
        self._ready: deque[tuple[Epoch, Sample]] = deque()
        self._patch: Samples | None = None
        self._silent: DiskSilent | None = None

    def __iter__(self) -> Self:
        return self

    def __next__(self) -> tuple[Epoch, Sample]:
        found = self._next()
        given = self._given
        if given is None or found[1].wall_us >= given.wall_us:
            self._given = found[1]
        return found

    def _next(self) -> tuple[Epoch, Sample]:
        if self._patch is not None:
            found = next(self._patch, None)
            if found is not None:
                return found
            self._patch = None
        if self._ready:
            return self._ready.popleft()
        found = self._next_of_first()
        if found is None:
            self._patch = self._beyond()
            if self._patch is None:
                raise self._end()
            return self._next()
        if self._is_behind_hole(found[1]):
            self._ready.append(found)
            self._patch = self._between(self._given, found[1])
            return self._next()
        return found

    def _end(self) -> Exception:
        """Say why nothing more comes: that the second copy has no more either, or that nobody knows."""
        given = self._given
        if self._silent is not None and (given is None or self._newest_us() < given.wall_us - _REORDER_US):
            return self._silent
        return StopIteration()

    def _next_of_first(self) -> tuple[Epoch, Sample] | None:
        """Give what comes next of the first copy and was not given by the second already."""
        given = self._given
        self._silent = None
        try:
            for one in self._first:
                if given is None or one[1].wall_us > given.wall_us - _REORDER_US:
                    return one
        except DiskSilent as silent:
            self._silent = silent
        return None

    def _is_behind_hole(self, sample: Sample) -> bool:
        if self._given is None:
            return sample.wall_us > self._from_us + HOLE_US
        return bool(int(sample.flags) & _BREAK) and sample.wall_us > self._given.wall_us

    def _between(self, before: Sample | None, behind: Sample) -> Samples:
        """Give what the second copy has between two samples of the first."""
        found = self._from(before)
        for epoch, one in found:
            same = (one.track, one.pts_us) == (behind.track, behind.pts_us)
            if same or one.wall_us > behind.wall_us + (_REORDER_US if one.track == behind.track else 0):
                if same and before is not None:
                    # Nothing is missing before it any more.
                    held, kept = self._ready.popleft()
                    whole = Sample(
                        kept.track, kept.pts_us, kept.wall_us, FLAGS[int(kept.flags) & 15 & ~_BREAK], kept.data
                    )
                    self._ready.appendleft((held, whole))
                return
            if one.wall_us >= behind.wall_us and one.track == behind.track and not same:
                continue
            yield epoch, one

    def _from(self, before: Sample | None) -> Samples:
        """Give the second copy from behind a sample on; from the key frame before the wanted time without one."""
        if before is None:
            yield from self._open(self._from_us)
            return
        waiting: list[tuple[Epoch, Sample]] = []
        met = False
        for epoch, one in self._open(before.wall_us):
            if met:
                yield epoch, one
            elif (one.track, one.pts_us) == (before.track, before.pts_us):
                met = True
            elif one.wall_us > before.wall_us + _REORDER_US:
                # The sample itself is not there: on from the first key frame behind it.
                met = True
                begin = next((n for n, pair in enumerate(waiting) if int(pair[1].flags) & 1), len(waiting))
                yield from waiting[begin:]
                yield epoch, one
            elif one.wall_us > before.wall_us:
                waiting.append((epoch, one))

    def _beyond(self) -> Samples | None:
        """Go on in the second copy where the first has ended for good, or never was."""
        given = self._given
        at_us = self._from_us if given is None else given.wall_us
        if self._newest_us() < at_us + GONE_US:
            return None
        return self._from(given)
