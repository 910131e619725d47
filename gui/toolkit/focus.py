"""Where the focus goes when an arrow is pressed: the geometric rule of Android's FocusFinder, on plain rectangles.

A candidate must lie in the direction. One whose span across overlaps ours (in the "beam") beats one that does not; else
the smallest 13·major² + minor² wins, major being the distance along the direction, minor the one across.
"""

from collections.abc import Callable, Mapping, Sequence
from typing import NamedTuple

_Turned = tuple[int, int, int, int]
"""Left, top, right and bottom in a plane that is turned so that the direction is always to the right. Each focus that
moves looks at all that can have it: names would take most of the time."""


class Edges(NamedTuple):
    """A rectangle by its edges."""

    left: int
    top: int
    right: int
    bottom: int


def nearest(here: Edges, others: Sequence[Edges], direction: str) -> int | None:
    """Give the index of the rectangle that "up", "down", "left" or "right" leads to, or None. Equals: the first."""
    turned = _TURNED[direction]
    sideways = direction in {"left", "right"}
    mine = turned(*here)
    left, _top, right, _bottom = mine
    best: _Turned | None = None
    at: int | None = None
    for index, other in enumerate(others):
        there = turned(*other)
        candidate = right < there[2] and (left < there[0] or right <= there[0])
        if candidate and (best is None or _beats(mine, there, best, sideways=sideways)):
            best, at = there, index
    return at


_TURNED: Mapping[str, Callable[[int, int, int, int], _Turned]] = {
    "right": lambda left, top, right, bottom: (left, top, right, bottom),
    "left": lambda left, top, right, bottom: (-right, top, -left, bottom),
    "down": lambda left, top, right, bottom: (top, left, bottom, right),
    "up": lambda left, top, right, bottom: (-bottom, left, -top, right),
}


def _beats(
    here: _Turned,
    there: _Turned,
    best: _Turned,
    *,
    sideways: bool,
) -> bool:
    _left, top, right, bottom = here
    beamed = there[3] > top and there[1] < bottom
    if beamed != (best[3] > top and best[1] < bottom):
        inside, aside = (there, best) if beamed else (best, there)
        # What begins only beyond our far edge loses nothing to what lies aside; sideways, the beam always wins.
        if right > aside[0] or sideways or max(0, inside[0] - right) < max(1, aside[2] - right):
            return beamed
    return _weight(here, there) < _weight(here, best)


def _weight(here: _Turned, there: _Turned) -> float:
    major = max(0, there[0] - here[2])
    minor = (here[1] + here[3] - there[1] - there[3]) / 2
    return 13 * major * major + minor * minor
