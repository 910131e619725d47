"""Which parts of the screen must be drawn again: a short list of rectangles that do not overlap much."""

from collections.abc import Iterable

from pygame import Rect

MOST = 64


class Damage:
    """Collects rectangles. Neighbours stay apart, so that a video tile is drawn alone; what overlaps is joined."""

    def __init__(self) -> None:
        self._rects: list[Rect] = []

    def __bool__(self) -> bool:
        return bool(self._rects)

    def add(self, rect: Rect) -> None:
        """Take one more rectangle."""
        new = Rect(rect)
        if new.width <= 0 or new.height <= 0:
            return
        again = True
        while again:
            again = False
            for at, old in enumerate(self._rects):
                if old.contains(new):
                    return
                if old.colliderect(new) and _area(old.union(new)) <= _area(old) + _area(new):
                    new = old.union(new)
                    del self._rects[at]
                    again = True
                    break
        self._rects.append(new)
        if len(self._rects) > MOST:
            self._rects = [self._rects[0].unionall(self._rects[1:])]

    def take(self, within: Rect) -> list[Rect]:
        """Give what was collected, cut to the screen, and begin anew."""
        found = [cut for rect in self._rects if (cut := rect.clip(within))]
        self._rects = []
        return found

    def extend(self, rects: Iterable[Rect]) -> None:
        """Take several."""
        for rect in rects:
            self.add(rect)


def _area(rect: Rect) -> int:
    return rect.width * rect.height
