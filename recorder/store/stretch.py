"""Stretches of footage: the parts of each span joined where nothing between them is gone, as spans are shown."""

from collections.abc import Iterable, Iterator
from typing import NamedTuple

from recorder.client.clock import SECOND_US
from recorder.client.recording import Frames
from recorder.store.index_reader import Extent
from recorder.store.layout import Source
from recorder.store.piece import BREAK_US, goes_on, interval_us

_FRAMES: dict[int, Frames] = {
    Source.KEYS: Frames.KEYS,
    Source.THINNED: Frames.THINNED,
    Source.COPY_KEYS: Frames.KEYS,
    Source.COPY_THINNED: Frames.THINNED,
}
# Of two copies neither begins nor ends at the very same sample.
_SLACK_US = SECOND_US


class Stretch(NamedTuple):
    """[start_us, end_us), UTC; the end is behind its last sample."""

    start_us: int
    end_us: int
    bytes: int
    frames: Frames


def stretches(extents: Iterable[Extent]) -> list[Stretch]:
    """Join what is given by time; gives it by time. A day may be thousands, so this takes plain tuples."""
    found: list[tuple[int, int, int, int]] = []
    # By span: the stretch that grows (start, end, bytes), and the extent that it ends with.
    growing: dict[bytes, tuple[int, int, int, Extent]] = {}
    for one in extents:
        first_us, last_us, span, size, samples, source, _disk, _number = one
        known = growing.get(span)
        if known is None:
            growing[span] = (first_us, last_us + 1, size, one)
            continue
        start_us, end_us, before_size, before = known
        apart_us = first_us - before[1]
        if (source == before[5] and apart_us <= BREAK_US) or goes_on(
            apart_us,
            before[5],
            source,
            max(interval_us(before[0], before[1], before[4]), interval_us(first_us, last_us, samples)),
        ):
            growing[span] = (start_us, end_us if end_us > last_us else last_us + 1, before_size + size, one)
        else:
            found.append((start_us, end_us, before_size, before[5]))
            growing[span] = (first_us, last_us + 1, size, one)
    found += [(start_us, end_us, size, last[5]) for start_us, end_us, size, last in growing.values()]
    return sorted(Stretch(*one[:3], _FRAMES.get(one[3], Frames.ALL)) for one in found)


def uncovered(copies: list[Stretch], first: list[Stretch]) -> Iterator[Stretch]:
    """Give those parts of second copies where there is no first one."""
    for one in copies:
        at_us, length = one.start_us, one.end_us - one.start_us
        within = sorted((max(other.start_us, at_us), min(other.end_us, one.end_us)) for other in first)
        for begin, end in [*(part for part in within if part[0] < part[1]), (one.end_us, one.end_us)]:
            if begin - at_us > _SLACK_US:
                yield Stretch(at_us, begin, one.bytes * (begin - at_us) // length, one.frames)
            at_us = max(at_us, end)
