"""The keyboard on the screen: the same keys for mouse, arrows and digits (D-INP-08, D-INP-09, D-INP-10)."""

import tomllib
from collections.abc import Callable
from functools import cache
from importlib.resources import files
from typing import TYPE_CHECKING, Any

from pygame import Rect, Surface

from gui.toolkit import theme as t
from gui.toolkit.button import Button, IconButton, Look
from gui.toolkit.event import Event, Key
from gui.toolkit.label import Label
from gui.toolkit.layout import Column, Row
from gui.toolkit.page import Page
from gui.toolkit.text_field import TextField
from gui.toolkit.theme import SECOND, Type
from recorder.client.words import _

if TYPE_CHECKING:
    from gui.toolkit.widget import Widget

KEY = 48.0
"""Height of a key in units."""
WIDE = 860.0
NARROW = 540.0


@cache
def layouts() -> dict[str, dict[str, Any]]:
    """Give the layouts by their names: `rows` of keys, `shifted` rows, the words on the key that leads there."""
    return tomllib.loads(files("gui.dialogs").joinpath("keyboard.toml").read_text(encoding="utf-8"))


class Mirror(TextField):
    """Shows the field that is written into, as if it had the focus."""

    def __init__(self, target: TextField) -> None:
        super().__init__("", name="mirror", placeholder=target.placeholder, secret=target.secret)
        self.focusable = False
        self.target = target
        self.follow()

    @property
    def focused(self) -> bool:
        """Always: the caret shows."""
        return self.attached

    def follow(self) -> None:
        """Take over text and caret of the target."""
        self.set(self.target.written)
        self.move_caret(self.target.caret)
        self.invalidate()


class Keyboard(Page):
    """Writes into a text field until closed. Typing on a real keyboard works meanwhile."""

    covers = False
    dismissable = True
    opaque = False

    def __init__(self, target: TextField) -> None:
        super().__init__(name="keyboard")
        self.title = target.label or _("Keyboard")
        self.target = target
        self.layout_name = "digits" if target.allowed and target.allowed.startswith("0123456789") else "letters"
        self.shifted = False
        self.mirror = Mirror(target)
        self._typed = False
        self.default_focus = "key-1-0" if self.layout_name == "letters" else "key-0-0"

    def build(self) -> None:
        """Lay out the rows of the layout and the row of what is no character."""
        layout = layouts()[self.layout_name]
        rows: list[str] = layout["shifted" if self.shifted and "shifted" in layout else "rows"]
        grid: list[Widget] = [
            Row(
                [self._key(character, f"key-{down}-{across}") for across, character in enumerate(row)],
                gap=6,
                name=f"row-{down}",
            )
            for down, row in enumerate(rows)
        ]
        head = Row([Label(self.target.label, Type.SMALL, SECOND), self.mirror], gap=14)
        self.mirror.grow = 1
        self.add(Column([head, Column([*grid, self._foot()], gap=6)], gap=12, pad=18))

    def _key(self, character: str, name: str) -> Button:
        # All begin equally narrow and grow alike, so that the keys of a column stand below each other.
        key = Button(character, lambda: self._write(character), name=name, height=KEY, width=KEY / 2, grow=1)
        key.enabled = not self.target.allowed or character in self.target.allowed
        return key

    def _foot(self) -> Row:
        special: list[Widget] = []
        layout = layouts()[self.layout_name]
        if "shifted" in layout:
            shift = self._tool("shift_on" if self.shifted else "shift", _("Shift"), self._shift, "shift")
            shift.select(self.shifted)
            special.append(shift)
        if not self.target.allowed:
            special += [
                Button(one["title"], lambda name=name: self._switch(name), name=f"to-{name}", height=KEY, width=92)
                for name, one in layouts().items()
                if name not in {self.layout_name, "digits"}
            ]
            special.append(Button(_("Space"), lambda: self._write(" "), name="space", height=KEY, grow=1))
        special += [
            self._tool("left", _("Caret left"), lambda: self._caret(-1), "caret-left"),
            self._tool("right", _("Caret right"), lambda: self._caret(1), "caret-right"),
            self._tool("backspace", _("Delete"), self._erase, "erase"),
            Button(_("Clear"), self._empty, name="clear", height=KEY),
            Button(_("Done"), self.close, name="done", height=KEY, look=Look.PRIMARY, width=120),
        ]
        return Row(special, gap=6, name="foot")

    @staticmethod
    def _tool(icon: str, label: str, action: Callable[[], object], name: str) -> IconButton:
        return IconButton(icon, label, action, name=name, look=Look.PLAIN, units=KEY)

    def _write(self, text: str) -> None:
        self.target.write(text)
        if self.shifted and self.layout_name == "letters":
            self.shifted = False
            self.rebuild()
        self.mirror.follow()

    def _erase(self) -> None:
        self.target.erase()
        self.mirror.follow()

    def _empty(self) -> None:
        self.target.empty()
        self.mirror.follow()

    def _caret(self, by: int) -> None:
        self.target.move_caret(self.target.caret + by)
        self.mirror.follow()

    def _shift(self) -> None:
        self.shifted = not self.shifted
        self.rebuild()

    def _switch(self, name: str) -> None:
        self.layout_name, self.shifted = name, False
        self.default_focus = "key-0-0"
        self.remembered = ""
        self.rebuild()

    def handle(self, event: Event) -> bool:
        """Type with a real keyboard; after that, its return key means done."""
        if isinstance(event, Key) and not event.ctrl:
            if event.text:
                self._typed = True
                self._write(event.text)
                return True
            match event.name:
                case "backspace" | "fn":
                    self._typed = True
                    self._erase()
                    return True
                case "fn_long":
                    self._empty()
                    return True
                case "ok" if self._typed:
                    self.close()
                    return True
                case "up" | "down" | "left" | "right":
                    self._typed = False
                case _:
                    pass
        return super().handle(event)

    def frame(self, screen: Rect) -> Rect:
        """At the foot of the screen."""
        wide = min(self.px(NARROW if self.layout_name == "digits" else WIDE), screen.width - 2 * self.px(16))
        high = self.wanted(wide, screen.height)[1]
        return Rect(screen.centerx - wide // 2, screen.bottom - high - self.px(16), wide, high)

    def draw(self, surface: Surface) -> None:
        """Draw the panel."""
        self.screen.paint.card(surface, self.rect, t.SURFACE, t.RADIUS_LARGE, lifted=True)
        self.screen.paint.outline(surface, self.rect, t.LINE, t.RADIUS_LARGE, 1)
