"""Which part of a picture is in sight: how much it is enlarged, and about which point (D-LIVE-10, D-PLAY-11)."""

from dataclasses import dataclass
from typing import Self

from gui.wall.splits import Box
from recorder.client.views import Part

MOST = 8.0
NOTCH = 2**0.5
"""One notch of a wheel: two of them double."""
MOST_ENLARGED = 8.0
"""No pixel of a stream becomes more pixels of the screen than this, across: beyond that there is nothing to see."""
STEP = 0.25
"""Of what is in sight: so far one arrow goes."""
_ALMOST = 0.01


def most(coded: int, shown: int) -> float:
    """Say how much a picture `coded` pixels wide can be enlarged where all of it is `shown` pixels wide; 1: not."""
    return min(MOST, max(1.0, MOST_ENLARGED * coded / max(1, shown)))


@dataclass(frozen=True)
class Zoom:
    """`times` 1 is the whole picture; `left` and `top` are where its part begins, in shares of the picture."""

    times: float = 1.0
    left: float = 0.0
    top: float = 0.0

    @property
    def whole(self) -> bool:
        """Whether all of the picture is in sight."""
        return self.times <= 1

    @property
    def part(self) -> Part | None:
        """What to ask decode for."""
        return None if self.whole else Part(self.left, self.top, 1 / self.times, 1 / self.times)

    def enlarge(self, by: float, limit: float, x: float = 0.5, y: float = 0.5) -> Self:
        """Enlarge so many times more (or less, below 1); the point at these shares of what is in sight stays."""
        times = min(self.times * by, limit)
        if times < 1 + _ALMOST:
            return type(self)()
        shown, wanted = 1 / self.times, 1 / times
        return self._placed(times, self.left + x * (shown - wanted), self.top + y * (shown - wanted))

    def move(self, right: float, down: float) -> Self:
        """Look further right or down, by shares of what is in sight; no further than the picture goes."""
        return self._placed(self.times, self.left + right / self.times, self.top + down / self.times)

    def inset(self, box: Box) -> Box:
        """Give where its part lies in a small drawing of the whole picture."""
        side = 1 / self.times
        left, top = box.x + round(self.left * box.width), box.y + round(self.top * box.height)
        return Box(left, top, max(1, round(side * box.width)), max(1, round(side * box.height)))

    def _placed(self, times: float, left: float, top: float) -> Self:
        room = 1 - 1 / times
        return type(self)(times, min(max(left, 0.0), room), min(max(top, 0.0), room))
