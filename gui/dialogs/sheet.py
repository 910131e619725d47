"""A dialog: a card in the middle with a title, something to fill in or read, and buttons."""

from collections.abc import Callable
from functools import partial
from typing import Any, TypeVar

from pygame import Rect

from gui.toolkit.label import Label
from gui.toolkit.layout import Align, Column, Row
from gui.toolkit.page import Page
from gui.toolkit.scroll import Scroll
from gui.toolkit.theme import SECOND, TEXT, Type
from gui.toolkit.widget import Widget

Result = TypeVar("Result")
EDGE = 8.0
"""Room at the sides of the content, in units: the mark of the focus lies in it."""


class Sheet(Page):
    """Modal over what lies below. Override `content` and `buttons`; `words` stand below the title."""

    covers = False
    opaque = False
    wide = 560.0
    """Its width in units."""

    def __init__(self, title: str, words: str = "", *, name: str = "") -> None:
        super().__init__(name=name)
        self.title = title
        self.words = words
        self._busy = False

    def content(self) -> list[Widget]:
        """What lies between title and buttons."""
        return []

    def buttons(self) -> list[Widget]:
        """The row at the foot, from left to right; the last is what ok most likely means."""
        return []

    def once(
        self, job: Callable[[], Result], then: Callable[[Result], object], failed: Callable[[Exception], object]
    ) -> None:
        """Do the sheet's deed, as `work` does: whoever presses twice, or Enter beside the button, does it once."""
        if self._busy:
            return
        self._busy = True
        self.work(job, partial(self._over, then), partial(self._over, failed))

    def _over(self, told: Callable[[Any], object], what: object) -> None:
        self._busy = False
        told(what)

    def build(self) -> None:
        """Put title, words, content and buttons into a column."""
        words: list[Widget] = [Label(self.title, Type.HEADLINE, TEXT, lines=2, name="title")]
        if self.words:
            words.append(Label(self.words, Type.BODY, SECOND, lines=8, name="words"))
        head: list[Widget] = [Column(words, gap=10, pad=(EDGE, 0))]
        content = self.content()
        if content:
            inner = Column(content, gap=12, pad=(EDGE, 6), name="content")
            head.append(Scroll(inner, grow=1, name="scroll"))
        buttons = self.buttons()
        if buttons:
            head.append(Row(buttons, gap=12, pad=(EDGE, 0), along=Align.END, name="buttons"))
        self.add(Column(head, gap=16, pad=(28 - EDGE, 28), name="sheet"))

    def frame(self, screen: Rect) -> Rect:
        """As wide as it says, as high as it needs, in the middle."""
        margin = self.px(20)
        wide = min(self.px(self.wide), screen.width - 2 * margin)
        high = min(self.wanted(wide, 0)[1], screen.height - 2 * margin)
        rect = Rect(0, 0, wide, high)
        rect.center = screen.center
        return rect
