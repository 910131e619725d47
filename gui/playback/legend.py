"""What the colours of the timeline mean: only those that occur."""

from collections.abc import Sequence

from pygame import Rect, Surface

from gui.playback.lane import KINDS, Kind
from gui.toolkit.theme import DANGER, DANGER_DEEP, SECOND, Type
from gui.toolkit.widget import Size, Widget
from recorder.client.words import _

HOLE = Kind(_("Missing"), DANGER_DEEP)
"""What was due and is not there; as on a lane, with a bright foot."""
LINE = 20.0


class Legend(Widget):
    """Swatches with names, two to a row."""

    def __init__(self) -> None:
        super().__init__(name="legend")
        self.shown: list[Kind] = []

    def show(self, kinds: Sequence[str], *, holes: bool = False) -> None:
        """Explain these, and holes in what was due."""
        self.explain([KINDS[kind] for kind in kinds] + ([HOLE] if holes else []))

    def explain(self, shown: list[Kind]) -> None:
        """Explain other colours."""
        if shown != self.shown:
            self.shown = shown
            self.relayout()

    @property
    def text(self) -> str:
        """The names."""
        return " · ".join(kind.title for kind in self.shown)

    def measure(self, width: int, height: int) -> Size:
        """A line for every two."""
        del height
        return width, -(-len(self.shown) // 2) * self.px(LINE)

    def draw(self, surface: Surface) -> None:
        """Draw swatches and names."""
        side, high = self.px(11), self.px(LINE)
        for at, kind in enumerate(self.shown):
            left = self.rect.x + at % 2 * (self.rect.width // 2)
            top = self.rect.y + at // 2 * high
            swatch = Rect(left, top + (high - side) // 2, side, side)
            self.screen.paint.fill(surface, swatch, kind.colour, 2)
            if kind is HOLE:
                foot = max(2, self.px(3))
                surface.fill(DANGER, Rect(left, swatch.bottom - foot, side, foot))
            words = Rect(left + side + self.px(8), top, self.rect.width // 2 - side - self.px(12), high)
            self.screen.type.draw(surface, kind.title, words, Type.CAPTION, SECOND)
