"""Where the focus goes when an arrow is pressed: the geometric rule of Android's FocusFinder, on plain rectangles.

A candidate must lie in the direction. One whose span across overlaps ours (in the "beam") beats one that does not; else
the smallest 13·major² + minor² wins, major being the distance along the direction, minor the one across.
"""

from collections.abc import Sequence
from typing import NamedTuple


class Edges(NamedTuple):
    """A rectangle by its edges."""

    left: int
    top: int
    right: int
    bottom: int


def nearest(here: Edges, others: Sequence[Edges], direction: str) -> int | None:
    """Give the index of the rectangle that "up", "down", "left" or "right" leads to, or None. Equals: the first."""
    here = _turned(here, direction)
    best: tuple[int, Edges] | None = None
    for index, other in enumerate(others):
        there = _turned(other, direction)
        if _is_candidate(here, there) and (best is None or _beats(here, there, best[1], direction)):
            best = index, there
    return None if best is None else best[0]


def _turned(edges: Edges, direction: str) -> Edges:
    """Turn the plane so that the direction is always to the right."""
    left, top, right, bottom = edges
    match direction:
        case "right":
            return edges
        case "left":
            return Edges(-right, top, -left, bottom)
        case "down":
            return Edges(top, left, bottom, right)
        case "up":
            return Edges(-bottom, left, -top, right)
        case _:
            raise ValueError(direction)


def _is_candidate(here: Edges, there: Edges) -> bool:
    return (here.left < there.left or here.right <= there.left) and here.right < there.right


def _in_beam(here: Edges, there: Edges) -> bool:
    return there.bottom > here.top and there.top < here.bottom


def _major(here: Edges, there: Edges) -> int:
    return max(0, there.left - here.right)


def _minor(here: Edges, there: Edges) -> float:
    return abs((here.top + here.bottom) / 2 - (there.top + there.bottom) / 2)


def _beats(here: Edges, there: Edges, best: Edges, direction: str) -> bool:
    if _beam_beats(here, there, best, direction):
        return True
    if _beam_beats(here, best, there, direction):
        return False
    return _weight(here, there) < _weight(here, best)


def _beam_beats(here: Edges, one: Edges, other: Edges, direction: str) -> bool:
    if not _in_beam(here, one) or _in_beam(here, other):
        return False
    # What begins only beyond our far edge loses nothing to what lies aside; sideways, the beam always wins.
    if here.right > other.left:
        return True
    if direction in {"left", "right"}:
        return True
    return _major(here, one) < max(1, other.right - here.right)


def _weight(here: Edges, there: Edges) -> float:
    return 13 * _major(here, there) ** 2 + _minor(here, there) ** 2
