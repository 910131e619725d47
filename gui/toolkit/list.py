"""A list of rows to choose from, of which only those in sight cost anything."""

from collections.abc import Callable, Sequence
from dataclasses import dataclass
from typing import Any

from pygame import Rect, Surface

from gui.toolkit import theme as t
from gui.toolkit.event import Activate, DoubleClick, Event, Key, Move, Press, Wheel
from gui.toolkit.layout import Align
from gui.toolkit.theme import Colour, Type
from gui.toolkit.widget import Size, Widget


@dataclass(frozen=True)
class Entry:
    """A row: what it stands for, its words, and what stands beside them."""

    value: Any
    label: str
    detail: str = ""
    """A second line."""
    note: str = ""
    """At the right end."""
    icon: str = ""
    colour: Colour | None = None
    """Of the icon."""


class List(Widget):
    """Rows below one another. Up and down move within it and then leave it, ok or a click calls `on_choose(value)`.

    `on_mark(value)` is called when another row is marked. One focusable widget, however many rows it has.
    """

    clips = True

    def __init__(
        self,
        entries: Sequence[Entry] = (),
        on_choose: Callable[[Any], object] | None = None,
        *,
        name: str = "list",
        row: float = 56,
        height: float | None = None,
        empty: str = "",
        on_mark: Callable[[Any], object] | None = None,
    ) -> None:
        """`row` is the height of a row in units; `empty` is said where there is none."""
        super().__init__(name=name, focusable=True, grow=1, height=height)
        self.entries: tuple[Entry, ...] = tuple(entries)
        self.on_choose = on_choose
        self.on_mark = on_mark
        self.row = row
        self.empty = empty
        self.marked = 0
        self.offset = 0

    @property
    def text(self) -> str:
        """All rows, one a line."""
        return (
            "\n".join(" · ".join(part for part in (one.label, one.detail, one.note) if part) for one in self.entries)
            or self.empty
        )

    @property
    def value(self) -> Any:
        """What the marked row stands for, if there is a row."""
        return self.entries[self.marked].value if self.entries else None

    @property
    def holds_focus(self) -> bool:
        """Only with rows."""
        return bool(self.entries) and super().holds_focus

    def fill(self, entries: Sequence[Entry]) -> None:
        """Show other rows; the mark stays on the same value, or near where it was."""
        entries = tuple(entries)
        if entries == self.entries:
            return
        value, self.entries = self.value, entries
        same = next((at for at, one in enumerate(entries) if one.value == value), None)
        self.marked = min(max(0, len(entries) - 1), self.marked if same is None else same)
        if self.attached:
            self._keep_in_sight()
            self.invalidate()

    def mark(self, at: int) -> bool:
        """Mark a row; say whether it is another one."""
        if not 0 <= at < len(self.entries) or at == self.marked:
            return False
        self.marked = at
        self._keep_in_sight()
        self.invalidate()
        if self.on_mark is not None:
            self.on_mark(self.value)
        return True

    def _high(self) -> int:
        return self.px(self.row)

    @property
    def farthest(self) -> int:
        """The largest offset."""
        return max(0, len(self.entries) * self._high() - self.rect.height)

    def _keep_in_sight(self) -> None:
        top = self.marked * self._high()
        self.offset = min(max(self.offset, top + self._high() - self.rect.height), top)
        self.offset = min(max(0, self.offset), self.farthest)

    def measure(self, width: int, height: int) -> Size:
        """All rows, no higher than offered."""
        high = max(1, len(self.entries)) * self._high()
        return width, min(high, height) if height else high

    def layout(self) -> None:
        """Keep the marked row in sight."""
        self._keep_in_sight()

    def row_at(self, at: tuple[int, int]) -> int | None:
        """Give the row at a place."""
        row = (at[1] - self.rect.y + self.offset) // self._high()
        return row if self.rect.collidepoint(at) and 0 <= row < len(self.entries) else None

    def _choose(self) -> bool:
        if self.entries and self.on_choose is not None:
            self.on_choose(self.value)
            return True
        return False

    def handle(self, event: Event) -> bool:
        """Move the mark, scroll, choose."""
        page = max(1, self.rect.height // self._high() - 1)
        last = len(self.entries) - 1
        match event:
            case Key(name="up"):
                return self.mark(self.marked - 1)
            case Key(name="down"):
                return self.mark(self.marked + 1)
            case Key(name="page_up"):
                return self.mark(max(0, self.marked - page))
            case Key(name="page_down"):
                return self.mark(min(last, self.marked + page))
            case Key(name="home" | "end"):
                return self.mark(0 if event.name == "home" else last)
            case Wheel() if self.farthest:
                self.offset = min(max(0, self.offset - event.steps * self._high()), self.farthest)
                self.invalidate()
                return True
            case Move() | Press():
                if (row := self.row_at(event.at)) is not None:
                    self.mark(row)
                return False
            case Activate():
                if event.at is not None and self.row_at(event.at) is None:
                    return True
                return self._choose()
            case DoubleClick():
                return True
            case _:
                return False

    def draw_focus(self, surface: Surface) -> bool:
        """Put the ring around the marked row."""
        rect = self.row_rect(self.marked).clip(self.rect)
        ring = self.theme.ring
        self.screen.paint.outline(surface, rect.inflate(-ring, -ring), t.ACCENT, t.RADIUS, t.RING)
        return True

    def row_rect(self, row: int) -> Rect:
        """Give the place of a row, in sight or not."""
        return Rect(self.rect.x, self.rect.y + row * self._high() - self.offset, self.rect.width, self._high())

    def draw(self, surface: Surface) -> None:
        """Draw the rows in sight."""
        if not self.entries:
            place = Rect(self.rect.x, self.rect.y, self.rect.width, min(self.rect.height, self.px(80)))
            self.screen.type.draw(surface, self.empty, place, Type.BODY, t.SECOND, Align.CENTER)
            return
        first = self.offset // self._high()
        for row in range(first, min(len(self.entries), first + self.rect.height // self._high() + 2)):
            self._draw_row(surface, self.entries[row], self.row_rect(row), marked=row == self.marked)
        if self.farthest:
            total = len(self.entries) * self._high()
            high = max(self.px(28), self.rect.height * self.rect.height // total)
            at = self.rect.y + (self.rect.height - high) * self.offset // self.farthest
            self.screen.paint.fill(surface, Rect(self.rect.right - self.px(5), at, self.px(4), high), t.EDGE, 2)

    def _draw_row(self, surface: Surface, entry: Entry, rect: Rect, *, marked: bool) -> None:
        kind, px = self.screen.type, self.px
        inner = rect.inflate(-2 * px(16), 0)
        if marked:
            ground = t.HOVER if self.focused else t.RAISED
            self.screen.paint.fill(surface, rect.inflate(-2 * px(2), -2 * px(2)), ground, t.RADIUS)
        if entry.icon:
            side = px(24)
            place = Rect(inner.x, inner.centery - side // 2, side, side)
            self.screen.icons.draw(surface, entry.icon, place, entry.colour or t.SECOND)
            inner = Rect(inner.x + side + px(14), inner.y, inner.width - side - px(14), inner.height)
        if entry.note:
            wide = min(kind.width(entry.note, Type.SMALL), inner.width // 2)
            kind.draw(
                surface,
                entry.note,
                Rect(inner.right - wide, inner.y, wide, inner.height),
                Type.SMALL,
                t.SECOND,
                Align.END,
            )
            inner.width -= wide + px(16)
        if not entry.detail:
            kind.draw(surface, entry.label, inner, Type.BODY, t.TEXT)
            return
        upper, lower = kind.line_height(Type.BODY), kind.line_height(Type.SMALL)
        top = inner.centery - (upper + lower) // 2
        kind.draw(surface, entry.label, Rect(inner.x, top, inner.width, upper), Type.BODY, t.TEXT)
        kind.draw(surface, entry.detail, Rect(inner.x, top + upper, inner.width, lower), Type.SMALL, t.SECOND)
