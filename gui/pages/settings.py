"""The settings: pages by area at the left, the form of one at the right, made from what the API serves."""

from collections.abc import Iterable, Mapping, Sequence
from dataclasses import dataclass, field, replace
from typing import TYPE_CHECKING, Any

from gui.dialogs.chooser import choose_many
from gui.dialogs.message import Question
from gui.forms.controls import Surroundings
from gui.forms.form import Form
from gui.forms.schema import fields_of, pages_offered
from gui.pages.action_run import press
from gui.pages.area_list import WIDTH, AreaList
from gui.pages.areas import area
from gui.pages.header import EDGE, header
from gui.pages.recovery_key import EnterRecoveryKey, show_recovery_key
from gui.pages.region_picture import RegionPicture
from gui.pages.sound_meter import CHANGE, LEVEL, SoundMeter
from gui.pages.user_sheets import AddGroup, AddUser, GivePassword
from gui.toolkit import theme as t
from gui.toolkit.button import Button, Look
from gui.toolkit.label import Label
from gui.toolkit.layout import Align, Center, Column, Flow, Pad, Row, Spacer
from gui.toolkit.notices import Tone
from gui.toolkit.page import Page
from gui.toolkit.scroll import Scroll
from gui.toolkit.select import Option, Select
from gui.toolkit.theme import Type
from gui.toolkit.widget import Widget
from recorder.client.answers import Document, PageInfo, PageItem
from recorder.client.api import ApiError
from recorder.client.stream import StreamName
from recorder.client.words import _

if TYPE_CHECKING:
    from gui.rooms import Rooms

PER_CHANNEL = "channel"
SEVERAL = "list"
USERS = "user"
GROUPS = "user-group"
MAKES = {USERS: _("Add user"), GROUPS: _("Add group")}
"""The scope of a page that has one document for each of its items."""
WIDEST_FORM = 860.0


def free_number(page: PageInfo, items: Iterable[str]) -> str:
    """Give the lowest number that no item of a page has; "" where there is none, or its items have names."""
    taken = set(items)
    return next((str(one) for one in range(1, page.numbered + 1) if str(one) not in taken), "")


@dataclass(frozen=True)
class Loaded:
    """A page as it was served."""

    schema: Mapping[str, Any]
    document: Document
    channels: Mapping[int, str]
    items: Mapping[str, str] = field(default_factory=dict[str, str])
    stream: StreamName = StreamName.MAIN
    """Of the channel, for a small picture."""
    offered: Mapping[str, Mapping[str, str]] = field(default_factory=dict[str, Mapping[str, str]])
    """The items of other pages that are chosen from here."""


class SettingsPage(Page):
    """Shows one page of settings after another; `page` is the first (else the first of `area`), `focus` a field."""

    def __init__(
        self,
        rooms: "Rooms",
        *,
        area: str = "",
        page: str = "",
        channel: int | None = None,
        item: str = "",
        focus: str = "",
    ) -> None:
        super().__init__(name="settings")
        self.title = _("Settings")
        self.rooms = rooms
        self.area = area
        self.first = page
        self.channel = channel
        self.item = item
        self.default_focus = focus
        self.pages: Sequence[PageInfo] = ()
        self.current: PageInfo | None = None
        self.loaded: Loaded | None = None
        self.form: Form | None = None
        self.problem = ""
        self.saving = False
        self._behind = RegionPicture(rooms.pictures)
        self._asked = 0

    # What is shown.

    def closed(self) -> None:
        """No more pictures."""
        self._behind.close()

    def opened(self) -> None:
        """Ask which pages there are."""
        self._list()

    def _list(self) -> None:
        self.work(self.rooms.api.pages, self._listed, self._failed)

    def _listed(self, pages: Sequence[PageInfo]) -> None:
        self.pages = sorted(pages, key=lambda one: one.order)
        first = next((one for one in self.pages if one.name == self.first), None)
        if first is None:
            first = next((one for one in self.pages if one.area == self.area), None)
        if first is None:
            self.problem = _("There are no settings here for you.")
            self.rebuild()
        else:
            self.show(first)

    def show(self, page: PageInfo) -> None:
        """Show another page; what is loaded meanwhile for an older wish is dropped."""
        self.current, self.loaded, self.form, self.problem = page, None, None, ""
        self._behind.close()
        if not self.default_focus:
            self.default_focus = f"page-{page.name}"
        self.rebuild()
        self._asked += 1
        asked, channel, item = self._asked, self.channel, self.item
        self.work(
            lambda: self._fetch(page, channel, item),
            lambda loaded: self._show(loaded) if asked == self._asked else None,
            lambda error: self._failed(error) if asked == self._asked else None,
        )

    def _fetch(self, page: PageInfo, channel: int | None, wanted: str) -> Loaded:
        """Runs on a worker."""
        api = self.rooms.api
        known = {one.number: one for one in api.channels()}
        channels = {one.number: one.name for one in known.values()}
        if page.scope == SEVERAL:
            items = {one.item: one.title for one in api.page_items(page.name)}
            if wanted and wanted == free_number(page, items):
                items[wanted] = _("New")
            chosen = wanted if wanted in items else next(iter(items), "")
            if not chosen:
                return Loaded({}, Document(page.name, "", 0, {}), channels)
            return self._fetched(api.page(page.name, item=chosen), channels, items)
        item: int | None = None
        if page.scope == PER_CHANNEL:
            item = channel if channel in channels else next(iter(channels), None)
            if item is None:
                return Loaded({}, Document(page.name, "", 0, {}), channels)
        stream = known[item].wall_stream if item is not None else StreamName.MAIN
        return self._fetched(api.page(page.name, item), channels, {}, stream)

    def _fetched(
        self,
        document: Document,
        channels: Mapping[int, str],
        items: Mapping[str, str],
        stream: StreamName = StreamName.MAIN,
    ) -> Loaded:
        api = self.rooms.api
        schema = api.page_schema(document.page)
        offered = {name: {one.item: one.title for one in api.page_items(name)} for name in pages_offered(schema)}
        return Loaded(schema, document, channels, items, stream, offered)

    def _show(self, loaded: Loaded) -> None:
        self.loaded = loaded
        page = self.current
        if page is not None and page.scope == PER_CHANNEL:
            self.channel = int(loaded.document.item) if loaded.document.item.isdigit() else None
        if page is not None and page.scope == SEVERAL:
            self.item = loaded.document.item
        fields = fields_of(loaded.schema, loaded.document.read_only)
        around = Surroundings(loaded.channels, loaded.offered)
        self.form = Form(fields, loaded.document.values, around, self._changed)
        self.rebuild()
        self.form.show(loaded.document.values)
        if page is not None and page.scope == PER_CHANNEL and self.channel is not None:
            self._behind.show(self.screen, self.form, self.channel, loaded.stream)
        if self.default_focus and self.screen.navigator.top is self:
            self.screen.focus_on(self.default_focus)
            self.default_focus = ""
        self._changed()

    def _failed(self, error: Exception) -> None:
        page = self.current
        if self.rooms.recover(self, error, self._list if page is None else lambda: self.show(page)):
            return
        self.problem = self.rooms.words(error)
        self.rebuild()
        if self.screen.navigator.top is self:
            self.screen.focus_on("again")

    # The tree.

    def build(self) -> None:
        """Head, list of pages, form."""
        title = area(self.current.area).title if self.current is not None else ""
        self.add(
            Column(
                [
                    header(self.title, self.back, detail=title),
                    Row([self._side(), self._main()], gap=0, align=Align.STRETCH, grow=1),
                ],
                gap=0,
            )
        )

    def _side(self) -> Widget:
        return Column([AreaList(self.pages, self.current, self._leave_to)], width=WIDTH, gap=0)

    def _main(self) -> Widget:
        if self.problem:
            return self._message(self.problem, again=True)
        if self.form is None or self.loaded is None or self.current is None:
            return self._message(_("Loading…") if self.current is not None else "")
        if not self.form.fields:
            per_channel = self.current.scope == PER_CHANNEL and not self.loaded.channels
            words = _("There is no camera yet. Add one first.") if per_channel else _("There is nothing to set here.")
            if self.current.numbered:
                add = Button(_("Add"), self._add_number, name="add-item", icon="add", look=Look.PRIMARY)
                return self._message(_("There are none yet."), add)
            return self._message(words)
        head: list[Widget] = [Label(self.current.title, Type.TITLE, t.TEXT, name="page-title")]
        if self.current.scope == PER_CHANNEL:
            options = [Option(number, f"{number}  {name}") for number, name in sorted(self.loaded.channels.items())]
            head += [Spacer(), Label(_("Camera"), Type.SMALL, t.SECOND)]
            head.append(Select(options, self.channel, self._to_channel, name="channel", width=260, steps=False))
        if self.current.scope == SEVERAL:
            some = [Option(item, title) for item, title in self.loaded.items.items()]
            head += [Spacer(), Select(some, self.item, self._to_item, name="item", width=300, steps=False)]
        parts: list[Widget] = [Row(head, gap=12), *self._meter(self.form), self.form]
        content = Column(parts, gap=14, pad=Pad(20, 8, EDGE, 20))
        return Column([Scroll(content, name="form-scroll"), self._foot()], gap=0, grow=1)

    def _meter(self, form: Form) -> list[Widget]:
        """Over levels of sound: how loud it is now."""
        channel = self.channel
        rows = [row for row in form.rows.values() if row.field.widget in {LEVEL, CHANGE}]
        if not rows or channel is None:
            return []
        levels = [row.control for row in rows if row.field.widget == LEVEL]
        meter = SoundMeter(
            lambda: self.rooms.api.sound(channel),
            lambda: [value for one in levels if isinstance(value := one.read(), int | float)],
        )
        self.screen.animate(meter)
        return [meter]

    def _message(self, words: str, *buttons: Widget, again: bool = False) -> Widget:
        parts: list[Widget] = [Label(words, Type.BODY, t.SECOND, lines=6, align=Align.CENTER, name="message"), *buttons]
        if again:
            page = self.current
            parts.append(Button(_("Try again"), lambda: self.show(page) if page else self._list(), name="again"))
        return Center(Column(parts, gap=18, align=Align.CENTER), grow=1, pad=40)

    def _foot(self) -> Widget:
        page, loaded = self.current, self.loaded
        tools: list[Widget] = []
        if page is not None and loaded is not None:
            if page.scope == PER_CHANNEL and len(loaded.channels) > 1 and page.name != "channel":
                tools.append(Button(_("Copy to…"), self._copy, name="copy", icon="copy", look=Look.QUIET))
            if page.name == "pool":
                tools.append(
                    Button(_("Recovery key"), self._recovery_key, name="recovery-key", icon="lock", look=Look.QUIET)
                )
            if page.name in MAKES:
                make = self._add_user if page.name == USERS else self._add_group
                tools.append(Button(MAKES[page.name], make, name="add-item", icon="add", look=Look.QUIET))
            if page.numbered and free_number(page, loaded.items):
                tools.append(Button(_("Add"), self._add_number, name="add-item", icon="add", look=Look.QUIET))
            if page.name == USERS:
                tools.append(
                    Button(_("Set password"), self._give_password, name="give-password", icon="lock", look=Look.QUIET)
                )
            if page.removable:
                tools.append(Button(_("Remove"), self._remove, name="remove-item", icon="trash", look=Look.QUIET))
            if page.name == "disk":
                tools.append(
                    Button(_("Enter recovery key"), self._enter_key, name="enter-key", icon="unlock", look=Look.QUIET)
                )
            tools += [
                Button(one.title, lambda one=one: self._press(one.name), name=f"action-{one.name}", look=Look.QUIET)
                for one in page.actions
            ]
        self.discard = Button(_("Discard"), self._discard, name="discard")
        self.save = Button(_("Save"), self._save, name="save", look=Look.PRIMARY, width=130)
        self._enable()
        return Row(
            [Flow(tools, gap=4, grow=1), self.discard, self.save], gap=10, pad=Pad(20, 10, EDGE, 18), name="foot"
        )

    # What is done.

    @property
    def dirty(self) -> bool:
        """Whether something was changed and not saved."""
        return self.form is not None and bool(self.form.changes())

    def _changed(self) -> None:
        if hasattr(self, "save"):
            self._enable()

    def _enable(self) -> None:
        # They stay within reach of the focus, which would jump away from a button that is switched off.
        self.save.look = Look.PRIMARY if self.dirty and not self.saving else Look.PLAIN
        self.save.invalidate()

    def _discard(self) -> None:
        if self.form is not None and self.loaded is not None and self._asked_for_change():
            self.form.show(self.loaded.document.values)
            self._changed()

    def _asked_for_change(self) -> bool:
        if not self.dirty:
            self.screen.notices.say(_("Nothing was changed."))
        return self.dirty

    def _save(self) -> None:
        form, page, loaded = self.form, self.current, self.loaded
        if form is None or page is None or loaded is None or self.saving or not self._asked_for_change():
            return
        if form.check():
            self.screen.focus_on(form.first_problem())
            return
        changes, channel = form.changes(), self.channel if page.scope == PER_CHANNEL else None
        item = self.item if page.scope == SEVERAL else ""
        revision = loaded.document.revision
        self.saving = True
        self._enable()
        self.work(
            lambda: self.rooms.api.set_page(page.name, changes, channel=channel, item=item, revision=revision),
            self._saved,
            self._refused,
        )

    def _saved(self, document: Document) -> None:
        self.saving = False
        before = self.loaded.document.values if self.loaded is not None else {}
        if self.loaded is not None and self.form is not None:
            self.loaded = replace(self.loaded, document=document)
            self.form.show(document.values)
        self._changed()
        self.screen.notices.say(_("Saved."), Tone.GOOD)
        self.rooms.settings_changed()
        page = self.current
        if page is not None and page.numbered:
            self.default_focus = "save"
            self.show(page)
        if page is not None and page.name == "pool" and document.values["encrypted"] and not before.get("encrypted"):
            self._recovery_key()

    def _recovery_key(self) -> None:
        show_recovery_key(self, self.rooms, int(self.item))

    def _enter_key(self) -> None:
        self.screen.navigator.push(EnterRecoveryKey(self.rooms))

    def _add_user(self) -> None:
        def ask(groups: Sequence[PageItem]) -> None:
            options = [Option(one.item, one.title) for one in groups]
            self.screen.navigator.push(AddUser(self.rooms, options, self._to_new))

        self._unless_dirty(lambda: self.work(lambda: self.rooms.api.page_items(GROUPS), ask))

    def _add_group(self) -> None:
        self._unless_dirty(lambda: self.screen.navigator.push(AddGroup(self.rooms, self._to_new)))

    def _add_number(self) -> None:
        page, loaded = self.current, self.loaded
        if page is not None and loaded is not None:
            self._unless_dirty(lambda: self._to_new(free_number(page, loaded.items)))

    def _to_new(self, item: str) -> None:
        self.item = item
        if self.current is not None:
            self.show(self.current)

    def _give_password(self) -> None:
        self.screen.navigator.push(GivePassword(self.rooms, self.item))

    def _remove(self) -> None:
        page, item = self.current, self.item
        if page is None or self.loaded is None:
            return

        def gone(_nothing: object) -> None:
            self.screen.notices.say(_("Removed."), Tone.GOOD)
            self.item = ""
            self.show(page)

        def remove() -> None:
            self.work(lambda: self.rooms.api.remove_item(page.name, item), gone, self._refused)

        if page.numbered and self.loaded.document.revision == 0:
            self.item = ""
            self.show(page)
            return
        title = _("Remove {name}?").format(name=self.loaded.items.get(item, item))
        words = _("Who is logged in by this name is logged out.") if page.name == USERS else ""
        self.screen.navigator.push(Question(title, words, _("Remove"), remove, danger=True))

    def _refused(self, error: Exception) -> None:
        self.saving = False
        self._enable()
        if self.rooms.recover(self, error, self._save):
            return
        words = self.rooms.words(error)
        if isinstance(error, ApiError) and self.form is not None and self.form.refuse(error.field, words):
            self.screen.focus_on(self.form.first_problem())
        elif isinstance(error, ApiError) and error.code == "Conflict" and self.current is not None:
            page = self.current
            self.screen.navigator.push(
                Question(_("Changed meanwhile"), words, _("Show what is stored"), lambda: self.show(page))
            )
        else:
            self.screen.notices.say(words, Tone.BAD)

    def _leave_to(self, page: PageInfo) -> None:
        if page is self.current and self.form is not None:
            return
        self._unless_dirty(lambda: self.show(page))

    def _to_channel(self, channel: Any) -> None:
        before = self.channel

        def go() -> None:
            self.channel = channel
            if self.current is not None:
                self.default_focus = "channel"
                self.show(self.current)

        if self.dirty:
            # The selector goes back until it is decided.
            found = self.find("channel")
            if isinstance(found, Select):
                found.set(before)
        self._unless_dirty(go)

    def _to_item(self, item: Any) -> None:
        before = self.item

        def go() -> None:
            self.item = item
            if self.current is not None:
                self.default_focus = "item"
                self.show(self.current)

        if self.dirty and isinstance(found := self.find("item"), Select):
            found.set(before)
        self._unless_dirty(go)

    def _unless_dirty(self, go: Any) -> None:
        if not self.dirty:
            go()
            return
        words = _("What you changed on this page is not saved.")
        self.screen.navigator.push(
            Question(_("Leave without saving?"), words, _("Leave"), go, danger=True, cancel=_("Stay"))
        )

    def back(self) -> None:
        """Leave; ask first where something would be lost."""
        self._unless_dirty(self.close)

    def _copy(self) -> None:
        page, loaded, channel = self.current, self.loaded, self.channel
        if page is None or loaded is None or channel is None:
            return
        if self.dirty:
            self.screen.notices.say(_("Save first, then copy."), Tone.WARNING)
            return
        others = [Option(one, f"{one}  {name}") for one, name in sorted(loaded.channels.items()) if one != channel]

        def copy(to: Sequence[Any]) -> None:
            if to:
                self.work(lambda: self.rooms.api.copy_page(page.name, channel, list(to)), copied)

        def copied(documents: Sequence[Document]) -> None:
            words = _("Copied to {count} cameras.") if len(documents) != 1 else _("Copied to one camera.")
            self.screen.notices.say(words.format(count=len(documents)), Tone.GOOD)

        title = _("Copy “{page}” to").format(page=page.title)
        self.screen.navigator.push(choose_many(title, others, [], copy, do=_("Copy")))

    def _press(self, name: str) -> None:
        page = self.current
        action = next((one for one in page.actions if one.name == name), None) if page is not None else None
        if page is None or action is None:
            return
        if self.dirty:
            self.screen.notices.say(_("Save or discard your changes first."), Tone.WARNING)
            return
        channel = self.channel if page.scope == PER_CHANNEL else None
        item = self.item if page.scope == SEVERAL else ""
        around = Surroundings(self.loaded.channels if self.loaded is not None else {})
        press(self, self.rooms, page, action, around, lambda: self.show(page), channel=channel, item=item)
