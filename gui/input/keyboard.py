"""A keyboard as the kernel tells it: keys by their place, read as a US keyboard; the kernel repeats what is held."""

from gui.toolkit.event import Event, Key, KeyUp
from hal.client.input import KEY_CODES, RELEASED, REPEATED, InputEvent

_NAMED = {
    "KEY_UP": "up",
    "KEY_DOWN": "down",
    "KEY_LEFT": "left",
    "KEY_RIGHT": "right",
    "KEY_ENTER": "ok",
    "KEY_KPENTER": "ok",
    "KEY_ESC": "back",
    "KEY_BACKSPACE": "backspace",
    "KEY_DELETE": "delete",
    "KEY_HOME": "home",
    "KEY_END": "end",
    "KEY_PAGEUP": "page_up",
    "KEY_PAGEDOWN": "page_down",
    "KEY_TAB": "tab",
    "KEY_F1": "info",
    "KEY_F10": "menu",
} | {f"KEY_F{number}": f"f{number}" for number in (2, 3, 4, 5, 6, 7, 8, 9, 11, 12)}
_SYMBOLS = {
    "MINUS": "-_",
    "EQUAL": "=+",
    "LEFTBRACE": "[{",
    "RIGHTBRACE": "]}",
    "SEMICOLON": ";:",
    "APOSTROPHE": "'\"",
    "GRAVE": "`~",
    "BACKSLASH": "\\|",
    "COMMA": ",<",
    "DOT": ".>",
    "SLASH": "/?",
    "SPACE": "  ",
    **{digit: digit + shifted for digit, shifted in zip("1234567890", "!@#$%^&*()", strict=True)},
    **{letter.upper(): letter + letter.upper() for letter in "abcdefghijklmnopqrstuvwxyz"},
}
NAMED = {KEY_CODES[code]: name for code, name in _NAMED.items()}
CHARACTERS = {KEY_CODES[f"KEY_{code}"]: pair for code, pair in _SYMBOLS.items()} | {
    KEY_CODES[f"KEY_KP{digit}"]: str(digit) * 2 for digit in range(10)
}
SHIFTS = {KEY_CODES["KEY_LEFTSHIFT"], KEY_CODES["KEY_RIGHTSHIFT"]}
CTRLS = {KEY_CODES["KEY_LEFTCTRL"], KEY_CODES["KEY_RIGHTCTRL"]}


class Keyboard:
    """Which of shift and ctrl are down, and what the other keys write with them."""

    def __init__(self) -> None:
        self._down: set[int] = set()

    @staticmethod
    def knows(code: int) -> bool:
        """Say whether this is a key of a keyboard."""
        return code in NAMED or code in CHARACTERS or code in SHIFTS or code in CTRLS

    def take(self, event: InputEvent) -> list[Event]:
        """Give what a key writes or does."""
        if event.code in SHIFTS | CTRLS:
            (self._down.discard if event.value == RELEASED else self._down.add)(event.code)
            return []
        if event.value == RELEASED:
            return [KeyUp(NAMED[event.code])] if event.code in NAMED else []
        shift, ctrl, repeat = bool(self._down & SHIFTS), bool(self._down & CTRLS), event.value == REPEATED
        if (name := NAMED.get(event.code)) is not None:
            return [Key(name, repeat=repeat, shift=shift, ctrl=ctrl)]
        character = CHARACTERS[event.code][shift]
        name = "space" if character == " " else character
        return [Key(name, "" if ctrl else character, repeat=repeat, shift=shift, ctrl=ctrl)]
