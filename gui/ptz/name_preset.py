"""Giving a preset of a dome its name."""

from collections.abc import Callable

from gui.dialogs.sheet import Sheet
from gui.toolkit.button import Button, Look
from gui.toolkit.text_field import TextField
from gui.toolkit.widget import Widget
from recorder.client.words import _

LONGEST = 40
"""As control takes it."""


class NamePreset(Sheet):
    """Asks for a name; an empty one forgets it. `give` gets it."""

    wide = 460.0

    def __init__(self, number: int, name: str, give: Callable[[str], object]) -> None:
        super().__init__(_("Name of preset {number}").format(number=number), name="name-preset")
        self.default_focus = "name"
        self._give = give
        self._field = TextField(name, name="name", label=_("Name"), longest=LONGEST, on_submit=self._done)

    def content(self) -> list[Widget]:
        """The name."""
        return [self._field]

    def buttons(self) -> list[Widget]:
        """Out, or take it."""
        return [
            Button(_("Cancel"), self.close, name="cancel", width=130),
            Button(_("Save"), self._done, name="save", look=Look.PRIMARY, width=130),
        ]

    def _done(self) -> None:
        name = str(self._field.value or "").strip()
        self.close()
        self._give(name)
