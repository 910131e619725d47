"""A stream that was recorded twice, read back GOP by GOP: the first copy, and the second where the first has a hole."""

from collections.abc import Callable, Iterator

from recorder.client.stream import Epoch, Sample, SampleFlag
from recorder.store.patched import HOLE_US, Samples

_KEY = int(SampleFlag.KEY)
_BEFORE_ALL_US = -(1 << 62)
Gop = list[tuple[Epoch, Sample]]


def patched_backward(first: Samples, second: Callable[[int], Samples], from_us: int) -> Samples:
    """Give samples backward, each GOP from the copy that has more of it; one GOP of each copy is held at a time.

    `second` opens the second copy, to be read back from a time on.
    """
    floor_us = from_us + 1
    """What was given begins here."""
    of_first = _gops(first)
    gop: Gop | None = []
    while gop is not None:
        gop = next(of_first, None)
        begin_us = gop[0][1].wall_us if gop else _BEFORE_ALL_US
        if begin_us >= floor_us:
            continue
        given = False
        if gop is None or floor_us - max(one.wall_us for _epoch, one in gop) > HOLE_US:
            # What the second copy has down to the beginning of this GOP, and of this one more.
            for other in _gops(second(floor_us - 1)):
                at_us = other[0][1].wall_us
                if at_us < begin_us:
                    break
                if at_us < floor_us:
                    yield from _until(floor_us, other)
                    floor_us = at_us
                if at_us == begin_us:
                    given = True
                    break
        if gop is not None and not given:
            yield from _until(floor_us, gop)
            floor_us = begin_us


def _until(floor_us: int, gop: Gop) -> Iterator[tuple[Epoch, Sample]]:
    return (one for one in gop if one[1].wall_us < floor_us)


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
