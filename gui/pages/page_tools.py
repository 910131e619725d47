"""The buttons below a form of settings that do more than save it: its actions, copies, items that come and go, keys."""

from collections.abc import Sequence
from typing import TYPE_CHECKING, Any

from gui.dialogs.chooser import ChooseMany
from gui.dialogs.message import Question
from gui.dialogs.recovery_stick import make_recovery_stick
from gui.forms.controls import Surroundings
from gui.pages.action_run import press
from gui.pages.add_item import AddItem
from gui.pages.loaded import PER_CHANNEL, SEVERAL, Loaded, free_number
from gui.pages.recovery_key import EnterRecoveryKey, show_recovery_key
from gui.pages.stick_sounds import StickSounds
from gui.pages.user_sheets import AddGroup, AddUser, GivePassword
from gui.toolkit.button import Button, Look
from gui.toolkit.notices import Tone
from gui.toolkit.select import Option
from gui.toolkit.widget import Widget
from recorder.client.answers import Document, PageInfo, PageItem, VoiceTaken
from recorder.client.api import ApiError
from recorder.client.calls.pages import KEEPS_LESS
from recorder.client.words import _, counted

if TYPE_CHECKING:
    from gui.pages.settings import SettingsPage

USERS = "user"
LOGINS = "login-rules"
GROUPS = "user-group"
VOICES = "voice-file"
NETWORK = "network"
MAKES = {USERS: _("Add user"), GROUPS: _("Add group")}


class PageTools:
    """Of the page of settings that is shown."""

    def __init__(self, page: "SettingsPage") -> None:
        self.page = page

    def buttons(self, page: PageInfo | None, loaded: Loaded | None) -> list[Widget]:
        """Give those that fit."""
        tools: list[Widget] = []
        if page is None or loaded is None:
            return tools
        if page.scope == PER_CHANNEL and len(loaded.channels) > 1 and page.name != "channel":
            tools.append(Button(_("Copy to…"), self._copy, name="copy", icon="copy", look=Look.QUIET))
        if page.name == "pool":
            tools.append(Button(_("Recovery key"), self.show_key, name="recovery-key", icon="lock", look=Look.QUIET))
        if page.name in MAKES:
            make = self._add_user if page.name == USERS else self._add_group
            tools.append(Button(MAKES[page.name], make, name="add-item", icon="add", look=Look.QUIET))
        if page.named:
            tools.append(Button(page.named, self.add_named, name="add-item", icon="add", look=Look.QUIET))
        if page.numbered and free_number(page, loaded.items):
            tools.append(Button(_("Add"), self.add_number, name="add-item", icon="add", look=Look.QUIET))
        if page.name == USERS:
            tools.append(
                Button(_("Set password"), self._give_password, name="give-password", icon="lock", look=Look.QUIET)
            )
        if page.name == LOGINS:
            tools.append(Button(_("Make a recovery stick"), self._make_stick, name="make-stick", look=Look.QUIET))
        if page.area == NETWORK:
            test = self.page.rooms.network_test
            tools.append(Button(_("Network test"), test, name="network-test", icon="network", look=Look.QUIET))
        if page.removable:
            tools.append(Button(_("Remove"), self._remove, name="remove-item", icon="trash", look=Look.QUIET))
        if page.name == VOICES and self.page.item:
            take = _("Sound from a USB stick")
            tools.append(Button(take, self._take_sound, name="take-sound", icon="usb", look=Look.QUIET))
        if page.name == "disk":
            tools.append(
                Button(_("Enter recovery key"), self._enter_key, name="enter-key", icon="unlock", look=Look.QUIET)
            )
        tools += [
            Button(one.title, lambda one=one: self._press(one.name), name=f"action-{one.name}", look=Look.QUIET)
            for one in page.actions
        ]
        return tools

    def show_key(self) -> None:
        """Show the recovery key of the pool, so that it is written down."""
        show_recovery_key(self.page, self.page.rooms, int(self.page.item))

    def _enter_key(self) -> None:
        self.page.screen.navigator.push(EnterRecoveryKey(self.page.rooms))

    def _take_sound(self) -> None:
        def taken(sound: VoiceTaken) -> None:
            words = _("The recorder has it: {seconds:.1f} s.").format(seconds=sound.length_s)
            self.page.screen.notices.say(words, Tone.GOOD)

        self.page.screen.navigator.push(StickSounds(self.page.rooms, self.page.item, taken))

    def _add_user(self) -> None:
        def ask(groups: Sequence[PageItem]) -> None:
            options = [Option(one.item, one.title) for one in groups]
            self.page.screen.navigator.push(AddUser(self.page.rooms, options, self._to))

        self.page.unless_dirty(lambda: self.page.work(lambda: self.page.rooms.api.page_items(GROUPS), ask))

    def _add_group(self) -> None:
        self.page.unless_dirty(lambda: self.page.screen.navigator.push(AddGroup(self.page.rooms, self._to)))

    def add_number(self) -> None:
        """Show the form of an item that is not there yet; it is made when it is saved."""
        page, loaded = self.page.current, self.page.loaded
        if page is not None and loaded is not None:
            self.page.unless_dirty(lambda: self._to(free_number(page, loaded.items)))

    def add_named(self) -> None:
        """Ask for the name of a new item, make it, and show it."""
        page = self.page.current
        if page is not None:
            self.page.unless_dirty(lambda: self.page.screen.navigator.push(AddItem(self.page.rooms, page, self._to)))

    def _to(self, item: str) -> None:
        self.page.item = item
        if self.page.current is not None:
            self.page.show(self.page.current)

    def _give_password(self) -> None:
        self.page.screen.navigator.push(GivePassword(self.page.rooms, self.page.item))

    def _make_stick(self) -> None:
        page = self.page.current

        def made(done: object) -> None:
            if done and page is not None:
                self.page.show(page)

        latest = self.page.rooms.feed.latest
        sticks = latest.sticks if latest is not None else ()
        self.page.unless_dirty(lambda: make_recovery_stick(self.page.rooms.session, sticks, made))

    def _remove(self) -> None:
        page, item = self.page.current, self.page.item
        if page is None or self.page.loaded is None:
            return

        def gone(_nothing: object) -> None:
            self.page.screen.notices.say(_("Removed."), Tone.GOOD)
            self.page.item = ""
            self.page.show(page)

        def remove() -> None:
            self.page.work(lambda: self.page.rooms.api.remove_item(page.name, item), gone, self.page.refused)

        if page.numbered and self.page.loaded.document.revision == 0:
            self.page.item = ""
            self.page.show(page)
            return
        title = _("Remove {name}?").format(name=self.page.loaded.items.get(item, item))
        words = _("Who is logged in by this name is logged out.") if page.name == USERS else ""
        self.page.screen.navigator.push(Question(title, words, _("Remove"), remove, danger=True))

    def _copy(self) -> None:
        page, loaded, channel = self.page.current, self.page.loaded, self.page.channel
        if page is None or loaded is None or channel is None:
            return
        if self.page.dirty:
            self.page.screen.notices.say(_("Save first, then copy."), Tone.WARNING)
            return
        others = [Option(one, f"{one}  {name}") for one, name in sorted(loaded.channels.items()) if one != channel]

        def copy(to: Sequence[Any], *, losing: bool = False) -> None:
            def refused(error: Exception) -> None:
                if isinstance(error, ApiError) and error.code == KEEPS_LESS:
                    words, again = self.page.rooms.words(error), lambda: copy(to, losing=True)
                    self.page.screen.navigator.push(Question(_("Copy this?"), words, _("Copy"), again, danger=True))
                else:
                    self.page.refused(error)

            if to:
                api = self.page.rooms.api
                self.page.work(lambda: api.copy_page(page.name, channel, list(to), losing=losing), copied, refused)

        def copied(documents: Sequence[Document]) -> None:
            words = counted("Copied to {count} camera.", "Copied to {count} cameras.", len(documents))
            self.page.screen.notices.say(words, Tone.GOOD)

        title = _("Copy “{page}” to").format(page=page.title)
        self.page.screen.navigator.push(ChooseMany(title, others, [], copy, do=_("Copy")))

    def _press(self, name: str) -> None:
        page = self.page.current
        action = next((one for one in page.actions if one.name == name), None) if page is not None else None
        if page is None or action is None:
            return
        if self.page.dirty:
            self.page.screen.notices.say(_("Save or discard your changes first."), Tone.WARNING)
            return
        channel = self.page.channel if page.scope == PER_CHANNEL else None
        item = self.page.item if page.scope == SEVERAL else ""
        around = Surroundings(self.page.loaded.channels if self.page.loaded is not None else {})
        press(
            self.page, self.page.rooms, page, action, around, lambda: self.page.show(page), channel=channel, item=item
        )
