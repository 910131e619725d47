"""The recovery key of an encrypted pool in large letters, to be written down; and the field for one that was."""

from typing import TYPE_CHECKING

from gui.dialogs.sheet import Sheet
from gui.toolkit.button import Button, Look
from gui.toolkit.label import Label
from gui.toolkit.layout import Align, Column
from gui.toolkit.notices import Tone
from gui.toolkit.page import Page
from gui.toolkit.text_field import TextField
from gui.toolkit.theme import DANGER, FIELD, TEXT, Type
from gui.toolkit.widget import Widget
from recorder.client.answers import RecoveryKey
from recorder.client.words import _

if TYPE_CHECKING:
    from gui.rooms import Rooms

LONGEST_KEY = 120
"""Signs of a typed key: seventy with its dashes, and room for spaces."""
IN_A_LINE = 4
"""Groups in a line: as many as an eye finds again after looking at the paper."""


class RecoveryKeySheet(Sheet):
    """Key and what to do with it. It is forgotten when the sheet closes."""

    wide = 640.0

    def __init__(self, shown: RecoveryKey) -> None:
        words = _(
            "Write this key down now and keep it apart from the recorder. Without the key, and without this recorder, "
            "nobody can ever read what the pool holds. Whoever has the key and a disk can."
        )
        title = _("Recovery key of pool {pool}").format(pool=shown.pool)
        super().__init__(title, words, name="recovery-key-sheet")
        self.default_focus = "written"
        groups = shown.key.split("-")
        self._lines = [groups[at : at + IN_A_LINE] for at in range(0, len(groups), IN_A_LINE)]

    def content(self) -> list[Widget]:
        """The key in lines of groups."""
        lines: list[Widget] = [
            Label("  –  ".join(line), Type.HEADLINE, TEXT, align=Align.CENTER, name=f"key-{at}")  # noqa: RUF001
            for at, line in enumerate(self._lines)
        ]
        return [Column(lines, gap=8, pad=16, ground=FIELD, radius=8, name="key")]

    def buttons(self) -> list[Widget]:
        """The only way out."""
        return [Button(_("I have written it down"), self.close, name="written", look=Look.PRIMARY)]


class EnterRecoveryKey(Sheet):
    """A key from paper, for disks of another recorder's encrypted pool."""

    wide = 760.0

    def __init__(self, rooms: "Rooms") -> None:
        words = _(
            "Footage of another recorder's encrypted pool plays here once the key of that pool is entered. It has "
            "fourteen groups of four signs; small letters and missing dashes do not matter."
        )
        super().__init__(_("Enter recovery key"), words, name="enter-recovery-key")
        self.rooms = rooms
        self.default_focus = "typed"
        self.typed = TextField(name="typed", label=_("Recovery key"), longest=LONGEST_KEY, on_submit=self._enter)
        self.problem = Label("", Type.SMALL, DANGER, lines=2, name="problem")
        self.problem.visible = False

    def content(self) -> list[Widget]:
        """The field, and what is wrong with what was typed."""
        return [self.typed, self.problem]

    def buttons(self) -> list[Widget]:
        """Out, or enter it."""
        return [
            Button(_("Cancel"), self.close, name="cancel"),
            Button(_("Enter"), self._enter, name="enter", look=Look.PRIMARY, width=120),
        ]

    def _enter(self) -> None:
        key = self.typed.written.strip()
        self.problem.visible = False
        self.once(lambda: self.rooms.api.enter_recovery_key(key), self._entered, self._failed)

    def _entered(self, _nothing: object) -> None:
        self.screen.notices.say(_("The key is known now. What is encrypted with it can be played."), Tone.GOOD)
        self.close(True)

    def _failed(self, error: Exception) -> None:
        if not self.rooms.recover(self, error, self._enter):
            self.typed.mark(True)
            self.problem.say(self.rooms.words(error))
            self.problem.visible = True
            self.screen.focus_on("typed")


def show_recovery_key(owner: Page, rooms: "Rooms", pool: int) -> None:
    """Ask for the key of a pool and show it; a login is asked for where it has ended."""

    def ask() -> None:
        owner.work(lambda: rooms.api.recovery_key(pool), show, failed)

    def show(shown: RecoveryKey) -> None:
        owner.screen.navigator.push(RecoveryKeySheet(shown))

    def failed(error: Exception) -> None:
        if not rooms.recover(owner, error, ask):
            owner.screen.notices.say(rooms.words(error), Tone.BAD)

    ask()
