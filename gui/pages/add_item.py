"""A new item of a list page whose items have names: the name is typed, everything else is on its page."""

from collections.abc import Callable
from typing import TYPE_CHECKING

from gui.dialogs.sheet import Sheet
from gui.pages.user_sheets import NameTaken
from gui.toolkit.button import Button, Look
from gui.toolkit.label import Label
from gui.toolkit.text_field import TextField
from gui.toolkit.theme import DANGER, SECOND, Type
from gui.toolkit.widget import Widget
from recorder.client.answers import PageInfo
from recorder.client.words import _

if TYPE_CHECKING:
    from gui.rooms import Rooms

LONGEST_NAME = 32


class AddItem(Sheet):
    """Asks for the name, makes the item as a new one is, and shows it."""

    wide = 480.0

    def __init__(self, rooms: "Rooms", page: PageInfo, made: Callable[[str], object]) -> None:
        super().__init__(page.named, name="add-item-sheet")
        self.rooms = rooms
        self.kind = page
        self.made = made
        self.default_focus = "item-name"
        hint = _("small letters, digits, - and _")
        self.name_field = TextField(
            "", name="item-name", label=_("Name"), longest=LONGEST_NAME, placeholder=hint, on_submit=self._add
        )
        self.problem = Label("", Type.SMALL, DANGER, lines=4, name="problem")
        self.problem.visible = False
        self.enter = Button(page.named, self._add, name="add", look=Look.PRIMARY)

    def content(self) -> list[Widget]:
        """The name."""
        return [Label(_("Name"), Type.SMALL, SECOND), self.name_field, self.problem]

    def buttons(self) -> list[Widget]:
        """Out, and the deed."""
        return [Button(_("Cancel"), self.close, name="cancel"), self.enter]

    def _add(self) -> None:
        item = self.name_field.written.strip().lower()
        if not item:
            self._say(_("Write a name."))
            return
        self.enter.enabled = False
        self.once(lambda: self._make(item), lambda _done: self._made(item), self._refused)

    def _make(self, item: str) -> None:
        if item in {one.item for one in self.rooms.api.page_items(self.kind.name)}:
            raise NameTaken(name=item)
        self.rooms.api.set_page(self.kind.name, {}, item=item)

    def _made(self, item: str) -> None:
        self.close(True)
        self.made(item)

    def _refused(self, error: Exception) -> None:
        self.enter.enabled = True
        self._say(self.rooms.words(error))

    def _say(self, words: str) -> None:
        self.problem.say(words)
        self.problem.visible = True
        self.screen.focus_on(self.name_field)
