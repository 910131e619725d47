"""The list of settings pages by area; it opens with the heading of the area that is shown at its upper edge."""

from collections.abc import Callable, Sequence
from typing import TYPE_CHECKING

from gui.pages.areas import area
from gui.pages.header import EDGE
from gui.toolkit import theme as t
from gui.toolkit.button import Button, Look
from gui.toolkit.label import Label
from gui.toolkit.layout import Align, Column, Pad, Row, Spacer
from gui.toolkit.scroll import Scroll
from gui.toolkit.theme import Type
from recorder.client.answers import PageInfo

if TYPE_CHECKING:
    from gui.toolkit.widget import Widget

WIDTH = 244.0


class AreaList(Scroll):
    """Buttons below headings. What has the focus stays in sight, also where an area is longer than the list is high."""

    def __init__(
        self, pages: Sequence[PageInfo], current: PageInfo | None, choose: Callable[[PageInfo], object]
    ) -> None:
        self._heading: Widget | None = None
        rows: list[Widget] = []
        last = ""
        for page in pages:
            if page.area != last:
                rows += [Spacer(6)] if last else []
                last = page.area
                rows.append(heading := _heading(page.area))
                if current is not None and page.area == current.area and self._heading is None:
                    self._heading = heading
            rows.append(_button(page, lambda page=page: choose(page), chosen=current is not None and page == current))
        column = Column(rows, gap=4, pad=Pad(EDGE - 18, 8, 14, 20), name="pages", remembers=True)
        super().__init__(column, name="side")

    def layout(self) -> None:
        """Place the pages; at first so that the area that is shown begins at the top."""
        super().layout()
        heading, self._heading = self._heading, None
        if heading is not None:
            self.scroll_to(self.offset + heading.rect.top - self.rect.top - self.px(8))


def by_area(pages: Sequence[PageInfo]) -> list[PageInfo]:
    """Put the pages of an area together, in their order; the area whose first page comes first is the first."""
    firsts: dict[str, int] = {}
    for one in pages:
        firsts[one.area] = min(firsts.get(one.area, one.order), one.order)
    return sorted(pages, key=lambda one: (firsts[one.area], one.area, one.order))


def _heading(name: str) -> Row:
    return Row([Label(area(name).title, Type.CAPTION, t.FAINT)], pad=Pad(18, 0, 18, 4), name=f"heading-{name}")


def _button(page: PageInfo, choose: Callable[[], object], *, chosen: bool) -> Button:
    name = f"page-{page.name}"
    button = Button(page.title, choose, name=name, look=Look.QUIET, align=Align.START, height=42)
    button.selected = chosen
    return button
