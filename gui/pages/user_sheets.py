"""What a form of values cannot do for users and groups: make one, give a password, take one away."""

from collections.abc import Callable, Sequence
from typing import TYPE_CHECKING

from gui.dialogs.new_password import NewPassword
from gui.dialogs.sheet import Sheet
from gui.toolkit.button import Button, Look
from gui.toolkit.label import Label
from gui.toolkit.notices import Tone
from gui.toolkit.screen import words_of
from gui.toolkit.select import Option, Select
from gui.toolkit.text_field import TextField
from gui.toolkit.theme import DANGER, SECOND, Type
from gui.toolkit.toggle import Check
from gui.toolkit.widget import Widget
from recorder.client.errors import NightjarError
from recorder.client.words import _

if TYPE_CHECKING:
    from gui.rooms import Rooms

LONGEST_NAME = 32
DEFAULT_GROUP = "user"
NAME_HINT = _("Small letters, digits, dots and dashes")


class GivePassword(NewPassword):
    """A password for somebody else."""

    def __init__(self, rooms: "Rooms", user: str) -> None:
        words = _("Tell it to {user}. Whoever is logged in as {user} is logged out.").format(user=user)
        super().__init__(_("Password of {user}").format(user=user), words, _("Set password"), name="give-password")
        self.rooms = rooms
        self.user = user
        self.own = Check(_("Must choose another at the next login"), True, name="must-change", flush=True)

    def content(self) -> list[Widget]:
        """The fields, and whether it is only for once."""
        return [*super().content(), self.own]

    def whose(self) -> str:
        """That user."""
        return self.user

    def save(self, password: str) -> None:
        """Set it."""
        self.rooms.api.set_password(self.user, password, must_change=self.own.value)

    def saved(self) -> None:
        """Say so."""
        self.screen.notices.say(_("The password is set."), Tone.GOOD)


class AddUser(NewPassword):
    """A new user: name, group, first password."""

    def __init__(self, rooms: "Rooms", groups: Sequence[Option], made: Callable[[str], object]) -> None:
        words = _("The user chooses another password at the first login.")
        super().__init__(_("New user"), words, _("Add user"), name="add-user")
        self.rooms = rooms
        self.made = made
        self.name_field = TextField(
            "", name="user-name", label=_("User"), longest=LONGEST_NAME, placeholder=NAME_HINT, on_submit=self._to_first
        )
        self.group = Select(groups, DEFAULT_GROUP, name="group", steps=False)
        self.default_focus = "user-name"

    def _to_first(self) -> None:
        self.screen.focus_on(self.password)

    @property
    def user(self) -> str:
        """The name as written."""
        return self.name_field.written.strip().lower()

    def first(self) -> list[Widget]:
        """Name and group."""
        return [
            Label(_("User"), Type.SMALL, SECOND),
            self.name_field,
            Label(_("Group"), Type.SMALL, SECOND),
            self.group,
        ]

    def check(self) -> str:
        """A name must be written."""
        return "" if self.user else _("Write a name for the user.")

    def whose(self) -> str:
        """The name as written."""
        return self.user

    def save(self, password: str) -> None:
        """Make the user, or nothing."""
        api = self.rooms.api
        if self.user in {one.item for one in api.page_items("user")}:
            raise NameTaken(name=self.user)
        api.set_page("user", {"group": self.group.value}, item=self.user)
        try:
            api.set_password(self.user, password)
        except NightjarError:
            api.remove_item("user", self.user)
            raise

    def saved(self) -> None:
        """Say so and show the user."""
        self.screen.notices.say(_("{user} can log in now.").format(user=self.user), Tone.GOOD)
        self.made(self.user)


class NameTaken(NightjarError):
    """There is one of this name."""

    status = 409
    words = _("There is one named {name} already. Choose another name.")


class AddGroup(Sheet):
    """A new group: its name. What it may is set on its page."""

    wide = 480.0

    def __init__(self, rooms: "Rooms", made: Callable[[str], object]) -> None:
        super().__init__(_("New group"), _("It may nothing until its page says otherwise."), name="add-group")
        self.rooms = rooms
        self.made = made
        self.default_focus = "group-name"
        self.name_field = TextField(
            "", name="group-name", label=_("Name"), longest=LONGEST_NAME, placeholder=NAME_HINT, on_submit=self._add
        )
        self.problem = Label("", Type.SMALL, DANGER, lines=4, name="problem")
        self.problem.visible = False
        self.enter = Button(_("Add group"), self._add, name="add", look=Look.PRIMARY)

    def content(self) -> list[Widget]:
        """The name."""
        return [Label(_("Name"), Type.SMALL, SECOND), self.name_field, self.problem]

    def buttons(self) -> list[Widget]:
        """Out, and the deed."""
        return [Button(_("Cancel"), self.close, name="cancel"), self.enter]

    def _add(self) -> None:
        title = self.name_field.written.strip()
        item = title.lower().replace(" ", "-")
        if not title:
            self._say(_("Write a name for the group."))
            return
        self.enter.enabled = False
        self.once(lambda: self._make(item, title), lambda _done: self._made(item), self._refused)

    def _make(self, item: str, title: str) -> None:
        if item in {one.item for one in self.rooms.api.page_items("user-group")}:
            raise NameTaken(name=title)
        self.rooms.api.set_page("user-group", {"title": title}, item=item)

    def _made(self, item: str) -> None:
        self.close(True)
        self.made(item)

    def _refused(self, error: Exception) -> None:
        self.enter.enabled = True
        self._say(words_of(error))

    def _say(self, words: str) -> None:
        self.problem.say(words)
        self.problem.visible = True
        self.screen.focus_on(self.name_field)
