"""Which record types are in sight: a row for each that occurs, with how much of it there is (D-PLAY-07, D-PLAY-08)."""

from collections.abc import Callable, Iterable
from dataclasses import dataclass

from pygame import Rect, Surface

from gui.playback.lane import KINDS, Kind, Stretch, kind_of
from gui.toolkit import theme as t
from gui.toolkit.label import Label
from gui.toolkit.layout import Align, Column, Row
from gui.toolkit.theme import Type
from gui.toolkit.toggle import Toggle
from gui.toolkit.widget import Size, Widget
from gui.wall.moments import length
from recorder.client.words import _, counted

ROW = 26.0
PAD = 8.0


@dataclass(frozen=True)
class Amount:
    """How much of one kind there is: recordings, and their length together in µs."""

    count: int = 0
    length_us: int = 0


def amounts(stretches: Iterable[Stretch]) -> dict[str, Amount]:
    """Add up stretches by kind, lightest kind first; only kinds that occur."""
    found: dict[str, Amount] = {}
    for start_us, end_us, record_type in stretches:
        kind = kind_of(record_type)
        before = found.get(kind, Amount())
        found[kind] = Amount(before.count + 1, before.length_us + max(0, end_us - start_us))
    return {kind: found[kind] for kind in KINDS if kind in found}


class TypeRow(Widget):
    """One kind: its colour, its name, how much there is; hidden it is only an outline."""

    def __init__(self, name: str, toggle: Callable[[], object]) -> None:
        super().__init__(name=f"type-{name}", focusable=True, height=ROW, on_activate=toggle)
        self.kind: Kind = KINDS[name]
        self.amount = Amount()
        self.on = True

    def show(self, amount: Amount, *, on: bool) -> None:
        """Show another amount, and whether it is in sight."""
        if (amount, on) != (self.amount, self.on):
            self.amount, self.on = amount, on
            self.invalidate()

    @property
    def text(self) -> str:
        """Its name, how much there is, and whether it is hidden."""
        if not self.amount.count:
            told = _("none on this day")
        else:
            recordings = counted("{count} recording", "{count} recordings", self.amount.count)
            told = f"{recordings}, {length(self.amount.length_us)}"
        return f"{self.kind.title}: {told}" + ("" if self.on else " · " + _("hidden"))

    @property
    def value(self) -> bool:
        """Whether it is in sight."""
        return self.on

    def measure(self, width: int, height: int) -> Size:
        """A line."""
        return width, self.px(ROW)

    def draw(self, surface: Surface) -> None:
        """Draw swatch, name and amount."""
        rect, px, screen = self.rect, self.px, self.screen
        if self.focused:
            screen.paint.fill(surface, rect, t.RAISED, t.RADIUS)
        side, pad = px(13), px(PAD)
        swatch = Rect(rect.x + pad, rect.centery - side // 2, side, side)
        if self.on:
            screen.paint.fill(surface, swatch, self.kind.colour, 2)
        else:
            screen.paint.outline(surface, swatch, self.kind.colour, 2)
        told = length(self.amount.length_us) if self.amount.count else _("none")
        told = told if self.on else _("hidden")
        wide = screen.type.width(told, Type.CAPTION)
        place = Rect(rect.right - pad - wide, rect.y, wide, rect.height)
        screen.type.draw(surface, told, place, Type.CAPTION, t.SECOND if self.on else t.FAINT, Align.END)
        left = swatch.right + pad
        name = Rect(left, rect.y, place.x - pad - left, rect.height)
        screen.type.draw(surface, self.kind.title, name, Type.SMALL, t.TEXT if self.on else t.FAINT)


class TypeList(Column):
    """The rows, and whether playback leaves out what they hide; `changed` is told after each choice."""

    def __init__(self, changed: Callable[[], object]) -> None:
        self.hidden: frozenset[str] = frozenset()
        self.only = Toggle(True, name="types-only")
        self._amounts: dict[str, Amount] = {}
        self._changed = changed
        self._rows = Column([], gap=4, remembers=True)
        self._leaving = Row([Label(_("Leave out when playing"), Type.SMALL, t.TEXT, grow=1), self.only], gap=6)
        self._leaving.visible = False
        super().__init__([self._rows, self._leaving], gap=6, name="types")

    def shows(self, stretch: Stretch) -> bool:
        """Say whether a stretch is of a kind in sight."""
        return kind_of(stretch.type) not in self.hidden

    @property
    def leaves_out(self) -> bool:
        """Whether playback passes over what is hidden."""
        return bool(self.hidden) and self.only.value

    def show(self, stretches: Iterable[Stretch]) -> None:
        """Show what occurs, and what is hidden though it does not."""
        found = amounts(stretches)
        self._amounts = {kind: found.get(kind, Amount()) for kind in KINDS if kind in found or kind in self.hidden}
        names = [f"type-{kind}" for kind in self._amounts]
        if names != [row.name for row in self._rows.children]:
            focus = self.screen.focus if self.attached else None
            self._rows.clear()
            for kind in self._amounts:
                self._rows.add(TypeRow(kind, lambda kind=kind: self.toggle(kind)))
            if focus is not None and focus.name in names:
                self.screen.focus_on(focus.name)
        for row, (kind, amount) in zip(self._rows.children, self._amounts.items(), strict=True):
            assert isinstance(row, TypeRow)
            row.show(amount, on=kind not in self.hidden)
        self._leaving.visible = bool(self.hidden)

    def toggle(self, kind: str) -> None:
        """Hide a kind, or show it; the last one of those that occur stays in sight."""
        hidden = self.hidden ^ {kind}
        if not any(amount.count for one, amount in self._amounts.items() if one not in hidden):
            self.screen.notices.say(_("One type that was recorded stays in sight."))
            return
        self.hidden = hidden
        self._changed()

    def show_all(self) -> None:
        """Hide nothing any more."""
        self.hidden = frozenset()
        self._changed()

    def focus(self) -> bool:
        """Give the first row the keys; say whether there is one."""
        first = next(iter(self._rows.children), None)
        if first is None:
            return False
        self.screen.focus_on(first)
        return True
