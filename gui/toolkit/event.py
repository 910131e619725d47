"""What happens to a widget: pointer and key events, with the same symbolic keys for keyboard, panel and remote."""

from dataclasses import dataclass
from enum import StrEnum


class Button(StrEnum):
    """Buttons of a pointer."""

    LEFT = "left"
    MIDDLE = "middle"
    RIGHT = "right"


class By(StrEnum):
    """How a widget was activated."""

    POINTER = "pointer"
    KEY = "key"


@dataclass(frozen=True, slots=True)
class Event:
    """Anything that a widget can be told of."""


@dataclass(frozen=True, slots=True)
class Pointer(Event):
    """Something at a place; pixels of the screen."""

    x: int
    y: int

    @property
    def at(self) -> tuple[int, int]:
        """The place as a pair."""
        return self.x, self.y


@dataclass(frozen=True, slots=True)
class Move(Pointer):
    """The pointer moved; sent to the widget that took the press while a button is held."""


@dataclass(frozen=True, slots=True)
class Press(Pointer):
    """A button went down. A widget that returns True from `handle` takes the pointer until the release (a drag)."""

    button: Button = Button.LEFT


@dataclass(frozen=True, slots=True)
class Release(Pointer):
    """A button went up; sent only to the widget that took the press."""

    button: Button = Button.LEFT


@dataclass(frozen=True, slots=True)
class Wheel(Pointer):
    """The wheel turned, away from the user counts up."""

    steps: int = 0


@dataclass(frozen=True, slots=True)
class DoubleClick(Pointer):
    """Two clicks on one widget within 400 ms. Unhandled, the second click activates once more."""


@dataclass(frozen=True, slots=True)
class RightClick(Pointer):
    """The right button. Unhandled, the page goes back (D-INP-03)."""


@dataclass(frozen=True, slots=True)
class Activate(Event):
    """A left click on the widget, or the ok key while it has the focus."""

    by: By = By.KEY
    at: tuple[int, int] | None = None


@dataclass(frozen=True, slots=True)
class Key(Event):
    """A key by its symbolic name.

    Names: up down left right ok back menu play pause stop record forward rewind next previous split fn info
    page_up page_down home end tab backtab backspace delete space, f1 to f12, and single characters such as "7" or "a".
    `text` is what the key types, "" for none.
    """

    name: str
    text: str = ""
    repeat: bool = False
    shift: bool = False
    ctrl: bool = False


@dataclass(frozen=True, slots=True)
class KeyUp(Event):
    """A key was let go; only what acts while a key is held cares. Not every source tells it."""

    name: str


@dataclass(frozen=True, slots=True)
class Quit(Event):
    """The window was closed."""


@dataclass(frozen=True, slots=True)
class Resized(Event):
    """The window has another size now; pixels."""

    width: int
    height: int


ARROWS: dict[str, tuple[int, int]] = {"up": (0, -1), "down": (0, 1), "left": (-1, 0), "right": (1, 0)}
