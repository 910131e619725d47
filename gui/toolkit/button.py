"""Buttons: with words, with an icon, or both."""

from collections.abc import Callable
from enum import StrEnum

from pygame import Rect, Surface

from gui.toolkit import theme as t
from gui.toolkit.layout import Align
from gui.toolkit.theme import Colour, Type
from gui.toolkit.widget import Size, Widget


class Look(StrEnum):
    """How much a button asks to be used."""

    PRIMARY = "primary"
    PLAIN = "plain"
    QUIET = "quiet"
    """Without a ground until it has the focus."""
    DANGER = "danger"


class Button(Widget):
    """Something to press: `on_activate` is called by a click or the ok key. `name` is needed to keep the focus."""

    def __init__(
        self,
        label: str,
        on_activate: Callable[[], object] | None = None,
        *,
        name: str = "",
        look: Look = Look.PLAIN,
        icon: str = "",
        grow: float = 0,
        width: float | None = None,
        height: float | None = t.CONTROL,
        align: Align = Align.CENTER,
        detail: str = "",
    ) -> None:
        """`detail` stands at the right end, in a quiet colour: a value, a key."""
        super().__init__(
            name=name or label.lower().replace(" ", "-"),
            focusable=True,
            grow=grow,
            width=width,
            height=height,
            on_activate=on_activate,
        )
        self.label = label
        self.look = look
        self.icon = icon
        self.align = align
        self.detail = detail
        self.selected = False

    @property
    def text(self) -> str:
        """Its words."""
        return self.label

    @property
    def value(self) -> object:
        """Its detail, where it has one."""
        return self.detail or None

    def say(self, label: str) -> None:
        """Change its words."""
        if label != self.label:
            self.label = label
            self.relayout()

    def select(self, selected: bool) -> None:  # noqa: FBT001
        """Show it as the chosen one of several."""
        if selected != self.selected:
            self.selected = selected
            self.invalidate()

    @property
    def focus_radius(self) -> float:
        """Its corners."""
        return t.RADIUS

    def _icon_side(self) -> int:
        return self.px(20)

    def measure(self, width: int, height: int) -> Size:
        """Its words and icon, with room at the sides."""
        kind = self.screen.type
        wide = kind.width(self.label, Type.STRONG)
        if self.icon:
            wide += self._icon_side() + (self.px(10) if self.label else 0)
        if self.detail:
            wide += kind.width(self.detail, Type.SMALL) + self.px(20)
        return min(wide + 2 * self.px(18), width) if width else wide + 2 * self.px(18), self.px(t.CONTROL)

    def colours(self) -> tuple[Colour | None, Colour]:
        """Give ground and ink as the button stands now."""
        pressed = self.screen.pressed is self
        if not self.enabled:
            return (t.SURFACE if self.look is not Look.QUIET else None), t.DISABLED
        match self.look:
            case Look.PRIMARY:
                return ((255, 203, 122) if self.focused and not pressed else t.ACCENT), t.ON_ACCENT
            case Look.DANGER:
                return (t.DANGER if self.focused else t.DANGER_DEEP), (t.ON_DANGER if self.focused else t.DANGER)
            case Look.QUIET:
                ground = t.RAISED if pressed else t.HOVER if self.focused else t.ACCENT_DEEP if self.selected else None
                return ground, t.ACCENT if self.selected else t.TEXT
            case Look.PLAIN:
                ground = t.RAISED if pressed or not self.focused else t.HOVER
                return (t.ACCENT_DEEP if self.selected else ground), t.ACCENT if self.selected else t.TEXT

    def draw(self, surface: Surface) -> None:
        """Draw ground, icon, words."""
        screen, rect = self.screen, self.rect
        ground, ink = self.colours()
        if ground is not None:
            screen.paint.fill(surface, rect, ground, t.RADIUS)
        inner = rect.inflate(-2 * self.px(18), 0)
        if inner.width <= 0:
            inner = Rect(rect)
        if self.detail:
            wide = min(screen.type.width(self.detail, Type.SMALL), inner.width // 2)
            place = Rect(inner.right - wide, inner.y, wide, inner.height)
            screen.type.draw(
                surface, self.detail, place, Type.SMALL, t.SECOND if ink != t.ON_ACCENT else ink, Align.END
            )
            inner.width -= wide + self.px(20)
        side = self._icon_side() if self.icon else 0
        gap = self.px(10) if self.icon and self.label else 0
        words = min(screen.type.width(self.label, Type.STRONG), max(0, inner.width - side - gap))
        total = side + gap + words
        at = inner.x if self.align is Align.START else inner.x + (inner.width - total) // 2
        if self.icon:
            screen.icons.draw(surface, self.icon, Rect(at, inner.centery - side // 2, side, side), ink)
        screen.type.draw(surface, self.label, Rect(at + side + gap, inner.y, words, inner.height), Type.STRONG, ink)


class IconButton(Button):
    """A square button with an icon; `label` is what it is called in words (`tree()`, hints)."""

    def __init__(
        self,
        icon: str,
        label: str,
        on_activate: Callable[[], object] | None = None,
        *,
        name: str = "",
        look: Look = Look.QUIET,
        units: float = t.CONTROL,
        icon_units: float = 22,
    ) -> None:
        super().__init__(label, on_activate, name=name or icon, look=look, icon=icon, width=units, height=units)
        self.icon_units = icon_units
        self.hint = label

    def show(self, icon: str, label: str | None = None) -> None:
        """Change icon and words, as play and pause do."""
        if icon != self.icon or (label is not None and label != self.label):
            self.icon = icon
            self.label = self.hint = label if label is not None else self.label
            self.invalidate()

    def measure(self, width: int, height: int) -> Size:
        """A square."""
        return self.px(t.CONTROL), self.px(t.CONTROL)

    def draw(self, surface: Surface) -> None:
        """Draw ground and icon."""
        ground, ink = self.colours()
        if ground is not None:
            self.screen.paint.fill(surface, self.rect, ground, t.RADIUS)
        side = self.px(self.icon_units)
        place = Rect(0, 0, side, side)
        place.center = self.rect.center
        self.screen.icons.draw(surface, self.icon, place, ink)
