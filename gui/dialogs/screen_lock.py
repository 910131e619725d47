"""A pattern or six digits of one's own, in place of the password at this screen (D-ACC-07)."""

from gui.dialogs.pattern_pad import FEWEST, PatternPad
from gui.dialogs.proved import Proved
from gui.session import Session
from gui.toolkit.label import Label
from gui.toolkit.layout import Center
from gui.toolkit.notices import Tone
from gui.toolkit.text_field import TextField
from gui.toolkit.theme import GOOD, SECOND, Type
from gui.toolkit.widget import Widget
from recorder.client.words import _

PIN_DIGITS = 6


class SetPattern(Proved):
    """Drawn twice, then the password."""

    def __init__(self, session: Session) -> None:
        super().__init__(session, _("Your pattern"), "", _("Set pattern"), name="set-pattern")
        self.default_focus = "pattern"
        self._first = self._pattern = ""
        self.pad = PatternPad(self._drawn)
        words = _("Join at least four dots. By keys: digits 1 to 9 or arrows and OK, then OK once more.")
        self.told = Label(words, lines=2)

    def rest(self) -> list[Widget]:
        """What to do next, and the dots."""
        return [self.told, Center(self.pad)]

    def _drawn(self, pattern: str) -> None:
        self.say("")
        if len(pattern) < FEWEST:
            self.pad.clear(wrong=True)
            self.told.say(_("A pattern joins at least four dots. Once more."))
        elif not self._first:
            self._first = pattern
            self.told.say(_("Draw the same pattern again."))
        elif pattern == self._first:
            self._pattern = pattern
            self.told.say(_("Good. Now your password."), GOOD)
            self.screen.focus_on(self.proof)
        else:
            self._first = self._pattern = ""
            self.pad.clear(wrong=True)
            self.told.say(_("The two patterns differ. Draw the first one anew."))

    def check(self) -> str:
        """It must be drawn twice."""
        return "" if self._pattern else _("Draw a pattern twice.")

    def act(self, password: str) -> None:
        """Set it."""
        self.session.api.set_screen_lock(password, "pattern", self._pattern)

    def acted(self, result: object) -> None:
        """Say so."""
        del result
        words = _("The pattern is set. It counts at this screen alone; the password counts as well.")
        self.session.screen.notices.say(words, Tone.GOOD)


class SetPin(Proved):
    """Typed twice, then the password."""

    def __init__(self, session: Session) -> None:
        words = _("Six digits, neither all alike nor in a row. They count at this screen alone.")
        super().__init__(session, _("Your PIN"), words, _("Set PIN"), name="set-pin")
        self.default_focus = "pin"
        self.pin = self._field("pin", _("PIN"))
        self.again = self._field("pin-again", _("PIN again"))

    @staticmethod
    def _field(name: str, label: str) -> TextField:
        return TextField("", name=name, label=label, secret=True, longest=PIN_DIGITS, allowed="0123456789")

    def rest(self) -> list[Widget]:
        """Two fields."""
        return [
            Label(_("PIN"), Type.SMALL, SECOND),
            self.pin,
            Label(_("PIN again"), Type.SMALL, SECOND),
            self.again,
        ]

    def check(self) -> str:
        """Both must be there and agree."""
        if len(self.pin.written) < PIN_DIGITS:
            return _("The PIN has six digits.")
        return "" if self.pin.written == self.again.written else _("The two PINs differ.")

    def act(self, password: str) -> None:
        """Set it."""
        self.session.api.set_screen_lock(password, "pin", self.pin.written)

    def acted(self, result: object) -> None:
        """Say so."""
        del result
        words = _("The PIN is set. It counts at this screen alone; the password counts as well.")
        self.session.screen.notices.say(words, Tone.GOOD)


class DropLock(Proved):
    """Only the password counts again."""

    def __init__(self, session: Session) -> None:
        super().__init__(session, _("Only the password?"), "", _("Remove"), name="drop-lock")

    def act(self, password: str) -> None:
        """Remove it."""
        self.session.api.remove_screen_lock(password)

    def acted(self, result: object) -> None:
        """Say so."""
        del result
        self.session.screen.notices.say(_("From now on the password is asked for."), Tone.GOOD)
