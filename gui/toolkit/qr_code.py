"""A QR code, drawn dark on white with its quiet zone, in whole pixels so that a phone reads it."""

from collections.abc import Sequence

from pygame import Rect, Surface

from gui.toolkit.widget import Size, Widget

QUIET = 4
"""Dots of white around it (ISO/IEC 18004)."""
DOT = 5.0
"""Side of a dot in units: a phone reads it from an arm's length."""
LIGHT, DARK = (255, 255, 255), (0, 0, 0)


class QrCode(Widget):
    """Shows rows of `1` and `0`."""

    opaque = True

    def __init__(self, rows: Sequence[str]) -> None:
        super().__init__(name="qr")
        self._rows = tuple(rows)

    def measure(self, width: int, height: int) -> Size:
        """A square of whole dots."""
        side = (len(self._rows) + 2 * QUIET) * max(2, self.px(DOT))
        return side, side

    def draw(self, surface: Surface) -> None:
        """Draw it in the middle of its place."""
        surface.fill(LIGHT, self.rect)
        count = len(self._rows) + 2 * QUIET
        dot = max(1, min(self.rect.size) // count)
        left = self.rect.centerx - dot * len(self._rows) // 2
        top = self.rect.centery - dot * len(self._rows) // 2
        for row, dots in enumerate(self._rows):
            for column, dark in enumerate(dots):
                if dark == "1":
                    surface.fill(DARK, Rect(left + column * dot, top + row * dot, dot, dot))
