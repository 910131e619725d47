"""What the keys of a remote mean: short and long presses, repeats, letters by digits, which recorder is meant (D-IR).

Presses and releases come from a receiver, whichever it is; what goes on is `Key` events, as from a keyboard.
"""

from collections.abc import Callable
from typing import TYPE_CHECKING

from gui.toolkit.event import ARROWS, Key, KeyUp
from gui.toolkit.notices import Tone
from gui.toolkit.screen import Screen
from gui.toolkit.text_field import TextField
from recorder.client.words import _

if TYPE_CHECKING:
    from gui.toolkit.timers import Timer

LONG_S = {"power": 3.0, "record": 1.5, "fn": 1.5}
"""Keys that mean something else when they are held (D-IR-01, -10, -14): `record_long` and so on."""
REPEAT_AFTER_S = 0.4
REPEAT_EVERY_S = 0.12
NUMBER_S = 3.0
"""How long a device number waits for its next digit."""
TAP_S = 1.0
"""Within this time the same digit is the next letter of its key."""
LETTERS = {
    "1": ".-@_/:1",
    "2": "abc2",
    "3": "def3",
    "4": "ghi4",
    "5": "jkl5",
    "6": "mno6",
    "7": "pqrs7",
    "8": "tuv8",
    "9": "wxyz9",
    "0": " 0",
}
METHODS = ("digits", "letters", "capitals")


class Remote:
    """One remote before one screen; all methods belong to the screen's thread."""

    def __init__(self, screen: Screen, number: Callable[[], int]) -> None:
        """`number` is what this recorder is called by remotes."""
        self._screen = screen
        self._number = number
        self.listens = True
        """Whether this recorder was the one that was addressed last."""
        self.method = METHODS[0]
        self._timers: dict[str, Timer] = {}
        self._addressed: str | None = None
        self._address_timer: Timer | None = None
        self._tapped: tuple[str, int] | None = None
        self._tap_timer: Timer | None = None

    def press(self, key: str) -> None:
        """A key went down."""
        if key == "address" or self._addressed is not None:
            self._address(key)
        elif self.listens:
            self._down(key)

    def release(self, key: str) -> None:
        """A key went up."""
        timer = self._timers.pop(key, None)
        if timer is not None:
            timer.cancel()
            if key in LONG_S:
                self._give(Key(key))
        if self.listens and key not in LONG_S:
            self._give(KeyUp(key))

    def _down(self, key: str) -> None:
        if key in LONG_S:
            self._timers[key] = self._screen.after(LONG_S[key], lambda: self._held(key))
        elif key == "shift":
            self._shift()
        elif key.isdecimal():
            self._digit(key)
        else:
            self._give(Key(key))
            if key in ARROWS:
                self._timers[key] = self._screen.after(REPEAT_AFTER_S, lambda: self._repeat(key))

    def _held(self, key: str) -> None:
        self._timers.pop(key, None)
        self._give(Key(f"{key}_long"))

    def _repeat(self, key: str) -> None:
        self._give(Key(key, repeat=True))
        self._timers[key] = self._screen.after(REPEAT_EVERY_S, lambda: self._repeat(key))

    def _give(self, key: Key | KeyUp) -> None:
        self._screen.handle(key)

    # Which recorder is meant (D-IR-02).

    def _address(self, key: str) -> None:
        if self._address_timer is not None:
            self._address_timer.cancel()
        typed = self._addressed or ""
        if key.isdecimal():
            typed = (typed + key)[-3:]
        elif key == "address" and self._addressed is None:
            typed = ""
        else:
            self._addressed_now()
            return
        self._addressed = typed
        self._address_timer = self._screen.after(NUMBER_S, self._addressed_now)
        self._screen.notices.say(_("Remote: recorder number {number}").format(number=typed or "…"))

    def _addressed_now(self) -> None:
        typed, self._addressed, self._address_timer = self._addressed, None, None
        if not typed:
            return
        own = self._number()
        self.listens = int(typed) == own
        if self.listens:
            self._screen.notices.say(_("The remote is for this recorder."), Tone.GOOD)
        else:
            words = _("The remote is for recorder {other} now. This one is {own}: press ADDR and {own} to use it here.")
            self._screen.notices.say(words.format(other=int(typed), own=own))

    # Letters by digits (D-IR-15).

    def _shift(self) -> None:
        self.method = METHODS[(METHODS.index(self.method) + 1) % len(METHODS)]
        self._tapped = None
        words = {
            "digits": _("Keys write digits"),
            "letters": _("Keys write letters"),
            "capitals": _("Keys write capitals"),
        }
        self._screen.notices.say(words[self.method])

    def _digit(self, digit: str) -> None:
        if self.method == "digits" or not self._writes():
            self._give(Key(digit, digit))
            return
        letters = LETTERS[digit] if self.method == "letters" else LETTERS[digit].upper()
        at = 0
        if self._tapped is not None and self._tapped[0] == digit:
            at = (self._tapped[1] + 1) % len(letters)
            self._give(Key("backspace"))
        letter = letters[at]
        self._give(Key("space" if letter == " " else letter, letter))
        self._tapped = digit, at
        if self._tap_timer is not None:
            self._tap_timer.cancel()
        self._tap_timer = self._screen.after(TAP_S, self._settle)

    def _settle(self) -> None:
        self._tapped = self._tap_timer = None

    def _writes(self) -> bool:
        top = self._screen.navigator.top
        return isinstance(self._screen.focus, TextField) or (top is not None and top.name == "keyboard")
