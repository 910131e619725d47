"""One-time codes: shown once in large letters, to be written down; and made anew."""

from collections.abc import Sequence

from gui.dialogs.proved import Proved
from gui.dialogs.sheet import Sheet
from gui.session import Session
from gui.toolkit.button import Button, Look
from gui.toolkit.label import Label
from gui.toolkit.layout import Align, Column, Grid
from gui.toolkit.theme import FIELD, TEXT, Type
from gui.toolkit.widget import Widget
from recorder.client.words import _


class CodesSheet(Sheet):
    """The codes. They are forgotten when it closes."""

    wide = 700.0

    def __init__(self, codes: Sequence[str]) -> None:
        words = _(
            "Write these codes down or photograph them, and keep them apart from the recorder. Each sets a forgotten "
            "password anew, or stands for a lost second factor, once. Nobody can show them again."
        )
        super().__init__(_("Your one-time codes"), words, name="codes-sheet")
        self.default_focus = "written"
        self._codes = tuple(codes)

    def content(self) -> list[Widget]:
        """Two columns."""
        lines = [
            Label(code, Type.TITLE, TEXT, align=Align.CENTER, name=f"code-{at}") for at, code in enumerate(self._codes)
        ]
        return [Column([Grid(2, lines, gap=10)], pad=16, ground=FIELD, radius=8, name="codes")]

    def buttons(self) -> list[Widget]:
        """The only way out."""
        return [Button(_("I have them"), self.close, name="written", look=Look.PRIMARY)]


class NewCodes(Proved):
    """Make them anew."""

    def __init__(self, session: Session) -> None:
        words = _("Ten new codes are made. Those that you have until now do not count any more.")
        super().__init__(session, _("New one-time codes"), words, _("Make codes"), name="new-codes")

    def act(self, password: str) -> Sequence[str]:
        """Make them."""
        return self.session.api.new_recovery_codes(password)

    def acted(self, result: Sequence[str]) -> None:
        """Show them."""
        self.session.screen.navigator.push(CodesSheet(result))
