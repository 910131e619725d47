"""Stretches of time as lists of [start, end): joined, cut out of each other, measured. All in microseconds of UTC."""

from collections.abc import Iterable, Sequence

Interval = tuple[int, int]
"""[start, end) in microseconds of UTC."""


def joined(intervals: Iterable[Interval], bridge_us: int = 0) -> list[Interval]:
    """Join what touches, overlaps or lies no further apart than `bridge_us`; in time order, empty ones left out."""
    found: list[Interval] = []
    for start, end in sorted(intervals):
        if found and start <= found[-1][1] + bridge_us:
            if end > found[-1][1]:
                found[-1] = (found[-1][0], end)
        elif start < end:
            found.append((start, end))
    return found


def clipped(intervals: Iterable[Interval], start_us: int, end_us: int) -> list[Interval]:
    """Give the parts of intervals that lie within a stretch."""
    cut = ((max(start, start_us), min(end, end_us)) for start, end in intervals)
    return [(start, end) for start, end in cut if start < end]


def common(one: Sequence[Interval], other: Sequence[Interval]) -> list[Interval]:
    """Give what lies in both; each is in order and without overlaps, and so is the answer."""
    found: list[Interval] = []
    at = other_at = 0
    while at < len(one) and other_at < len(other):
        start = max(one[at][0], other[other_at][0])
        end = min(one[at][1], other[other_at][1])
        if start < end:
            found.append((start, end))
        if one[at][1] < other[other_at][1]:
            at += 1
        else:
            other_at += 1
    return found


def without(whole: Sequence[Interval], gone: Sequence[Interval]) -> list[Interval]:
    """Give what lies in the first and not in the second; each is in order and without overlaps."""
    found: list[Interval] = []
    at = 0
    for start, end in whole:
        while at < len(gone) and gone[at][1] <= start:
            at += 1
        begin, nth = start, at
        while nth < len(gone) and gone[nth][0] < end:
            if gone[nth][0] > begin:
                found.append((begin, gone[nth][0]))
            begin = max(begin, gone[nth][1])
            nth += 1
        if begin < end:
            found.append((begin, end))
    return found


def length(intervals: Iterable[Interval]) -> int:
    """Give how long intervals without overlaps are together, in microseconds."""
    return sum(end - start for start, end in intervals)
