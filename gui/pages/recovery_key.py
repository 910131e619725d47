"""The recovery key of an encrypted pool in large letters, to be written down."""

from typing import TYPE_CHECKING

from gui.dialogs.sheet import Sheet
from gui.toolkit.button import Button, Look
from gui.toolkit.label import Label
from gui.toolkit.layout import Align, Column
from gui.toolkit.notices import Tone
from gui.toolkit.page import Page
from gui.toolkit.theme import FIELD, TEXT, Type
from gui.toolkit.widget import Widget
from recorder.client.answers import RecoveryKey
from recorder.client.words import _

if TYPE_CHECKING:
    from gui.rooms import Rooms

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
