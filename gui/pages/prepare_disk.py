"""The question before a disk or an array is emptied or changed: what names it must be typed back (D-STO-02.2)."""

from collections.abc import Callable
from functools import partial
from typing import TYPE_CHECKING

from gui.dialogs.sheet import Sheet
from gui.toolkit.button import Button, Look
from gui.toolkit.label import Label
from gui.toolkit.text_field import TextField
from gui.toolkit.theme import DANGER, SECOND, Type
from gui.toolkit.widget import Widget
from hal.client.sizes import size
from recorder.client import disk_words
from recorder.client.answers import ArrayStatus, BayStatus
from recorder.client.words import _

if TYPE_CHECKING:
    from gui.rooms import Rooms

LONGEST_TYPED = 64
USES: dict[str, tuple[str, str]] = {
    "spare": (
        _("In place of a missing disk, or as a spare"),
        _("It takes the place of a disk that is missing, or waits until one is."),
    ),
    "shared_spare": (
        _("The same, for all arrays that share"),
        _("It waits for all arrays that share their spares."),
    ),
    "grow": (_("More room"), _("The array is spread over it too, which takes hours.")),
}
"""What a disk is added to an array for: as it is offered, and what happens."""


class TypedBack(Sheet):
    """Closes when the job has begun; how far it is shows where it was opened."""

    wide = 640.0

    def __init__(
        self, rooms: "Rooms", title: str, words: str, which: str, ask: str, do: str, begin: Callable[[str], object]
    ) -> None:
        """`which` tells what is meant, `ask` what of it is typed, `do` is the button; `begin` gets what was typed."""
        super().__init__(title, words, name="prepare-disk")
        self.rooms = rooms
        self._which = which
        self._ask = ask
        self._do = do
        self._begin = begin
        self.default_focus = "typed"
        self.typed = TextField(
            name="typed", label=ask, longest=LONGEST_TYPED, on_submit=self._go, on_change=self._written
        )
        self.problem = Label("", Type.SMALL, DANGER, lines=3, name="problem")
        self.problem.visible = False

    def content(self) -> list[Widget]:
        """Which one it is, and the field."""
        return [
            Label(self._which, Type.STRONG, lines=2, name="which"),
            Label(self._ask, Type.BODY, SECOND, lines=2),
            self.typed,
            self.problem,
        ]

    def buttons(self) -> list[Widget]:
        """Out, or do it."""
        return [
            Button(_("Cancel"), self.close, name="cancel"),
            Button(self._do, self._go, name="go", look=Look.DANGER),
        ]

    def _written(self, _text: str) -> None:
        self.typed.mark(False)
        self.problem.visible = False

    def _go(self) -> None:
        typed = self.typed.written.strip()
        self.once(lambda: self._begin(typed), self._begun, self._failed)

    def _begun(self, _answer: object) -> None:
        self.close(True)

    def _failed(self, error: Exception) -> None:
        if not self.rooms.recover(self, error, self._go):
            self.typed.mark(True)
            self.problem.say(self.rooms.words(error))
            self.problem.visible = True
            self.screen.focus_on("typed")


def prepare_disk(rooms: "Rooms", bay: BayStatus) -> TypedBack:
    """Ask before the disk in a bay is made ready for recording."""
    return TypedBack(
        rooms,
        _("Prepare the disk in bay {name}?").format(name=bay.name),
        _("ALL THAT IS ON THIS DISK IS LOST. Then the recorder records on it."),
        _which_disk(bay),
        _("Type its serial number, so that no other disk is meant:"),
        _("Erase and prepare"),
        lambda typed: rooms.api.prepare_disk(bay.name, _serial(bay, typed)),
    )


def _serial(bay: BayStatus, typed: str) -> str:
    # Small letters are what a remote writes first; the number is the same.
    return bay.serial if typed.casefold() == bay.serial.casefold() else typed


def prepare_array(rooms: "Rooms", array: ArrayStatus) -> TypedBack:
    """Ask before an array is made ready for recording."""
    title = _("Prepare the array {title}?").format(title=array.title)
    words = _("ALL THAT IS ON THIS ARRAY IS LOST. Then the recorder records on it.")
    begin = partial(rooms.api.prepare_array, array.name)
    return TypedBack(rooms, title, words, _which(array), _ask_id(), _("Erase and prepare"), begin)


def add_to_array(rooms: "Rooms", array: ArrayStatus, bay: BayStatus, use: str) -> TypedBack:
    """Ask before a disk becomes part of an array; `use` is one of `USES`."""
    return TypedBack(
        rooms,
        _("Add the disk in bay {name} to the array {title}?").format(name=bay.name, title=array.title),
        _("ALL THAT IS ON THIS DISK IS LOST.") + " " + USES[use][1],
        _which_disk(bay),
        _("Type its serial number, so that no other disk is meant:"),
        _("Erase and add"),
        lambda typed: rooms.api.add_to_array(array.name, bay.name, _serial(bay, typed), use),
    )


def replace_in_array(rooms: "Rooms", array: ArrayStatus, old: str, bay: BayStatus) -> TypedBack:
    """Ask before the disk of a bay takes the place of an array's disk in the bay `old`."""
    words = _("ALL THAT IS ON THE NEW DISK IS LOST. The old one is copied to it, and no disk of the array is missing.")
    return TypedBack(
        rooms,
        _("Replace the disk in bay {old} by that in bay {name}?").format(old=old, name=bay.name),
        words,
        _which_disk(bay),
        _("Type the serial number of the new disk, so that no other is meant:"),
        _("Erase and copy"),
        lambda typed: rooms.api.replace_in_array(array.name, old, bay.name, _serial(bay, typed)),
    )


def remove_from_array(rooms: "Rooms", array: ArrayStatus, bay: BayStatus) -> TypedBack:
    """Ask before a spare or failed disk is taken out of an array."""
    return TypedBack(
        rooms,
        _("Take the disk in bay {name} out of the array {title}?").format(name=bay.name, title=array.title),
        _("The array does not need it. It can be pulled then, or used for something else."),
        _which_disk(bay),
        _("Type its serial number, so that no other disk is meant:"),
        _("Take it out"),
        lambda typed: rooms.api.remove_from_array(array.name, bay.name, _serial(bay, typed)),
    )


def _which_disk(bay: BayStatus) -> str:
    return _("{model}, {size}, serial number {serial}").format(
        model=bay.model, size=size(bay.capacity_bytes), serial=bay.serial
    )


def delete_array(rooms: "Rooms", array: ArrayStatus) -> TypedBack:
    """Ask before an array is taken apart."""
    title = _("Take the array {title} apart?").format(title=array.title)
    words = _("ALL THAT IS ON THIS ARRAY IS LOST. Its disks can be used for something else then.")
    begin = partial(rooms.api.delete_array, array.name)
    return TypedBack(rooms, title, words, _which(array), _ask_id(), _("Erase and take apart"), begin)


def _which(array: ArrayStatus) -> str:
    return _("{members}, {size}, id {id}").format(
        members=disk_words.members(array), size=size(array.capacity_bytes), id=array.uuid
    )


def _ask_id() -> str:
    return _("Type the first eight digits of its id, so that no other is meant:")
