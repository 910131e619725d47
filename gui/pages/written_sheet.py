"""A sheet with fields that are written in, and a button that has something done with that on a worker."""

from abc import abstractmethod
from typing import TYPE_CHECKING

from gui.dialogs.sheet import Sheet
from gui.toolkit.button import Button, Look
from gui.toolkit.label import Label
from gui.toolkit.notices import Tone
from gui.toolkit.text_field import TextField
from gui.toolkit.theme import DANGER, SECOND, Type
from gui.toolkit.widget import Widget
from recorder.client.words import _

if TYPE_CHECKING:
    from gui.rooms import Rooms

LONGEST = 128


class WrittenSheet(Sheet):
    """What is refused stands in words below the fields, and may be written otherwise."""

    wide = 640.0
    do = ""
    """What its button says."""

    def __init__(self, rooms: "Rooms", title: str, words: str, name: str) -> None:
        super().__init__(title, words, name=name)
        self.rooms = rooms
        self._fields = self.fields()
        self.problem = Label("", Type.SMALL, DANGER, lines=3, name="problem")
        self.problem.visible = False

    @abstractmethod
    def fields(self) -> dict[str, TextField]:
        """Give the fields, in their order."""

    def field(self, name: str, label: str, *, secret: bool = False, text: str = "") -> TextField:
        """Make one."""
        return TextField(text, name=name, label=label, longest=LONGEST, secret=secret, on_submit=self._go)

    def content(self) -> list[Widget]:
        """The fields."""
        rows: list[Widget] = []
        for field in self._fields.values():
            rows += [Label(field.label, Type.SMALL, SECOND), field]
        return [*rows, self.problem]

    def buttons(self) -> list[Widget]:
        """Out, or do it."""
        return [
            Button(_("Cancel"), self.close, name="cancel"),
            Button(self.do, self._go, name="go", look=Look.PRIMARY),
        ]

    @abstractmethod
    def act(self, written: dict[str, str]) -> str:
        """Do it with what was written, and say what was done; runs on a worker."""

    def _go(self) -> None:
        written = {name: field.written.strip() for name, field in self._fields.items()}
        self.once(lambda: self.act(written), self._done, self._failed)

    def _done(self, words: str) -> None:
        self.screen.notices.say(words, Tone.GOOD)
        self.close(True)

    def _failed(self, error: Exception) -> None:
        if not self.rooms.recover(self, error, self._go):
            self.problem.say(self.rooms.words(error))
            self.problem.visible = True
            self.screen.focus_on(self.default_focus)
