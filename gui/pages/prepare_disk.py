"""The question before a disk is emptied: its serial number must be typed back from its label (D-STO-02.2)."""

from typing import TYPE_CHECKING

from gui.dialogs.sheet import Sheet
from gui.toolkit.button import Button, Look
from gui.toolkit.label import Label
from gui.toolkit.text_field import TextField
from gui.toolkit.theme import DANGER, SECOND, Type
from gui.toolkit.widget import Widget
from recorder.client.answers import BayStatus
from recorder.client.sizes import size
from recorder.client.words import _

if TYPE_CHECKING:
    from gui.rooms import Rooms

LONGEST_SERIAL = 64


class PrepareDisk(Sheet):
    """Closes when the job has begun; how far it is shows the bay's page."""

    wide = 640.0

    def __init__(self, rooms: "Rooms", bay: BayStatus) -> None:
        words = _("ALL THAT IS ON THIS DISK IS LOST. Then the recorder records on it.")
        super().__init__(_("Prepare the disk in bay {name}?").format(name=bay.name), words, name="prepare-disk")
        self.rooms = rooms
        self.bay = bay
        self.default_focus = "typed"
        self.typed = TextField(
            name="typed", label=_("Serial number"), longest=LONGEST_SERIAL, on_submit=self._go, on_change=self._written
        )
        self.problem = Label("", Type.SMALL, DANGER, lines=3, name="problem")
        self.problem.visible = False

    def content(self) -> list[Widget]:
        """Which disk it is, and the field."""
        which = _("{model}, {size}, serial number {serial}").format(
            model=self.bay.model, size=size(self.bay.capacity_bytes), serial=self.bay.serial
        )
        ask = _("Type its serial number, so that no other disk is meant:")
        return [
            Label(which, Type.STRONG, lines=2, name="which"),
            Label(ask, Type.BODY, SECOND, lines=2),
            self.typed,
            self.problem,
        ]

    def buttons(self) -> list[Widget]:
        """Out, or do it."""
        return [
            Button(_("Cancel"), self.close, name="cancel"),
            Button(_("Erase and prepare"), self._go, name="go", look=Look.DANGER),
        ]

    def _written(self, _text: str) -> None:
        self.typed.mark(False)
        self.problem.visible = False

    def _go(self) -> None:
        typed = self.typed.written.strip()
        # Small letters are what a remote writes first; the number is the same.
        serial = self.bay.serial if typed.casefold() == self.bay.serial.casefold() else typed
        self.work(lambda: self.rooms.api.prepare_disk(self.bay.name, serial), self._begun, self._failed)

    def _begun(self, _bay: BayStatus) -> None:
        self.close(True)

    def _failed(self, error: Exception) -> None:
        if not self.rooms.recover(self, error, self._go):
            self.typed.mark(True)
            self.problem.say(self.rooms.words(error))
            self.problem.visible = True
            self.screen.focus_on("typed")
