"""Writing to an event."""

from collections.abc import Callable

from gui.dialogs.sheet import Sheet
from gui.toolkit.button import Button, Look
from gui.toolkit.label import Label
from gui.toolkit.screen import words_of
from gui.toolkit.text_field import TextField
from gui.toolkit.theme import DANGER, Type
from gui.toolkit.widget import Widget
from recorder.client.words import _

LONGEST = 500


class CommentSheet(Sheet):
    """Words of one line; `write` sends them, on a worker, `done` is called when they are kept."""

    def __init__(self, event: str, write: Callable[[str], object], done: Callable[[], object]) -> None:
        super().__init__(_("Write a comment"), event, name="comment-sheet")
        self.write, self.done = write, done
        self.problem = ""
        self.field = TextField("", name="words", placeholder=_("What you saw or did"), longest=LONGEST)
        self.default_focus = "words"

    def content(self) -> list[Widget]:
        """The words."""
        rows: list[Widget] = [self.field]
        if self.problem:
            rows.append(Label(self.problem, Type.BODY, DANGER, lines=4, name="problem"))
        return rows

    def buttons(self) -> list[Widget]:
        """Out, and save."""
        return [
            Button(_("Cancel"), self.close, name="cancel"),
            Button(_("Save"), self.save, name="do", look=Look.PRIMARY),
        ]

    def save(self) -> None:
        """Keep it."""
        words = (self.field.value or "").strip()
        if words:
            self.once(lambda: self.write(words), self._kept, lambda error: self._refused(words_of(error)))
        else:
            self._refused(_("Write down what you saw or did."))

    def _kept(self, _answer: object) -> None:
        self.close(True)
        self.done()

    def _refused(self, words: str) -> None:
        self.problem = words
        self.rebuild()
