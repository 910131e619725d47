"""What the colours of the timeline mean: only those that occur."""

from collections.abc import Sequence

from pygame import Rect, Surface

from gui.playback.lane import KINDS
from gui.toolkit.theme import SECOND, Type
from gui.toolkit.widget import Size, Widget


class Legend(Widget):
    """Swatches with names, two to a row."""

    def __init__(self) -> None:
        super().__init__(name="legend")
        self.kinds: list[str] = []

    def show(self, kinds: Sequence[str]) -> None:
        """Explain these."""
        if list(kinds) != self.kinds:
            self.kinds = list(kinds)
            self.relayout()

    @property
    def text(self) -> str:
        """The names."""
        return " · ".join(KINDS[kind].title for kind in self.kinds)

    def measure(self, width: int, height: int) -> Size:
        """A line for every two."""
        del height
        return width, -(-len(self.kinds) // 2) * self.px(22)

    def draw(self, surface: Surface) -> None:
        """Draw swatches and names."""
        side, high = self.px(11), self.px(22)
        for at, kind in enumerate(self.kinds):
            left = self.rect.x + at % 2 * (self.rect.width // 2)
            top = self.rect.y + at // 2 * high
            self.screen.paint.fill(surface, Rect(left, top + (high - side) // 2, side, side), KINDS[kind].colour, 2)
            words = Rect(left + side + self.px(8), top, self.rect.width // 2 - side - self.px(12), high)
            self.screen.type.draw(surface, KINDS[kind].title, words, Type.CAPTION, SECOND)
