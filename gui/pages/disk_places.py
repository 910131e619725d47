"""Places for disks that the machine has: what sits in each, and which bay it is; an owner says so (D-HW-14)."""

from collections.abc import Sequence
from functools import partial
from typing import TYPE_CHECKING

from gui.dialogs.menu import Item
from gui.dialogs.message import Question
from gui.dialogs.sheet import Sheet
from gui.pages.followed import FollowedList
from gui.toolkit import theme as t
from gui.toolkit.button import Button, Look
from gui.toolkit.label import Label
from gui.toolkit.list import Entry
from gui.toolkit.notices import Tone
from gui.toolkit.text_field import TextField
from gui.toolkit.theme import Type
from gui.toolkit.widget import Widget
from recorder.client.answers import DiskPlace
from recorder.client.words import _

if TYPE_CHECKING:
    from gui.rooms import Rooms

LONGEST = 16


class DiskPlaces(FollowedList[Sequence[DiskPlace]]):
    """The places; choosing one makes it a bay, or takes that back."""

    def __init__(self, rooms: "Rooms") -> None:
        super().__init__(rooms, "disk-places", _("Places for disks"))

    def ask(self) -> Sequence[DiskPlace]:
        """The places."""
        return self.rooms.api.disk_places()

    def nothing(self) -> str:
        """The kernel shows none."""
        return _("This machine shows no place for a disk.")

    def above(self) -> list[Widget]:
        """What it is for."""
        words = _("Say which place is which bay, as it stands on the front. Disks are then told by their bays.")
        return [Label(words, Type.BODY, t.SECOND, lines=2, name="about")]

    def entries(self, told: Sequence[DiskPlace]) -> Sequence[Entry]:
        """A row for each."""
        return [self._entry(one) for one in told]

    @staticmethod
    def _entry(one: DiskPlace) -> Entry:
        what = " · ".join(filter(None, (one.disk, one.serial))) or _("empty")
        if one.system:
            what += " · " + _("the recorder starts from it")
        bay = _("Bay {name}").format(name=one.bay) if one.bay else _("no bay")
        return Entry(one.path, one.words, what, bay, "disk", t.GOOD if one.bay else t.FAINT)

    def choose(self, value: str) -> None:
        """Offer what can be said of a place."""
        one = next((one for one in self.told or () if one.path == value), None)
        if one is None:
            return
        if one.bay and not one.added:
            self.screen.notices.say(_("This bay belongs to the recorder itself."), Tone.WARNING)
        elif one.bay:
            self.offer([Item(_("It is no bay"), partial(self._remove, one))], one.words)
        else:
            self.screen.navigator.push(NewBay(self.rooms, one), then=lambda _done: self.look())

    def _remove(self, one: DiskPlace) -> None:
        remove = self.doing(lambda: self.rooms.api.remove_bay(one.bay))
        title = _("Bay {name} is no bay any more?").format(name=one.bay)
        words = _("The disk there stays as it is, and what is recorded to it too; it is told without a bay.")
        self.screen.navigator.push(Question(title, words, _("Remove"), remove, danger=True))


class NewBay(Sheet):
    """What the bay is called."""

    wide = 560.0
    default_focus = "bay"

    def __init__(self, rooms: "Rooms", place: DiskPlace) -> None:
        words = _("{place}: {what}").format(place=place.words, what=place.disk or _("empty"))
        super().__init__(_("Which bay is this?"), words, name="new-bay")
        self.rooms = rooms
        self._path = place.path
        self.bay = TextField(
            name="bay", label=_("Its number, as it stands on the front"), longest=LONGEST, on_submit=self._go
        )
        self.problem = Label("", Type.SMALL, t.DANGER, lines=3, name="problem")
        self.problem.visible = False

    def content(self) -> list[Widget]:
        """The field."""
        return [Label(self.bay.label, Type.BODY, t.SECOND), self.bay, self.problem]

    def buttons(self) -> list[Widget]:
        """Out, or say so."""
        return [
            Button(_("Cancel"), self.close, name="cancel"),
            Button(_("It is this bay"), self._go, name="go", look=Look.PRIMARY),
        ]

    def _go(self) -> None:
        name = self.bay.written.strip()
        self.once(lambda: self.rooms.api.add_bay(name, self._path), lambda _told: self.close(True), self._failed)

    def _failed(self, error: Exception) -> None:
        if not self.rooms.recover(self, error, self._go):
            self.bay.mark(True)
            self.problem.say(self.rooms.words(error))
            self.problem.visible = True
            self.screen.focus_on("bay")
