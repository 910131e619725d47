"""A stream that was recorded twice, read back GOP by GOP: the first copy, and the second where the first has a hole."""

from collections import deque
from collections.abc import Callable, Iterator
from typing import Self

from recorder.client.stream import Epoch, Sample, SampleFlag
from recorder.store.patched import HOLE_US, Samples

_KEY = int(SampleFlag.KEY)
Gop = list[tuple[Epoch, Sample]]


class PatchedBackward(Iterator[tuple[Epoch, Sample]]):
    """Backward: each GOP from the copy that has more of it."""

    def __init__(self, first: Samples, second: Callable[[int], Samples], from_us: int) -> None:
        """`second` opens the second copy, to be read back from a time on."""
        self._first, self._open = _gops(first), second
        self._floor_us = from_us + 1
        """What was given begins here."""
        self._ready: deque[tuple[Epoch, Sample]] = deque()
        self._over = False

    def __iter__(self) -> Self:
        return self

    def __next__(self) -> tuple[Epoch, Sample]:
        while not self._ready:
            if self._over:
                raise StopIteration
            gop = next(self._first, None)
            self._over = gop is None
            begin_us = gop[0][1].wall_us if gop else -(1 << 62)
            if gop is not None and begin_us >= self._floor_us:
                continue
            if gop is None or self._floor_us - max(one.wall_us for _epoch, one in gop) > HOLE_US:
                self._patch(begin_us, gop)
            else:
                self._give(gop)
        return self._ready.popleft()

    def _patch(self, begin_us: int, gop: Gop | None) -> None:
        """Give what the second copy has down to the beginning of a GOP of the first, and that GOP, more of it."""
        for other in _gops(self._open(self._floor_us - 1)):
            at_us = other[0][1].wall_us
            if at_us >= self._floor_us:
                continue
            if at_us < begin_us:
                break
            self._give(other)
            if at_us == begin_us:
                return
        if gop is not None:
            self._give(gop)

    def _give(self, gop: Gop) -> None:
        self._ready += [one for one in gop if one[1].wall_us < self._floor_us]
        self._floor_us = min(self._floor_us, gop[0][1].wall_us)


def _gops(samples: Samples) -> Iterator[Gop]:
    """Cut what goes back into GOPs, each forward inside."""
    gop: Gop = []
    for one in samples:
        if gop and int(one[1].flags) & _KEY and one[1].wall_us < gop[0][1].wall_us:
            yield gop
            gop = []
        gop.append(one)
    if gop:
        yield gop
