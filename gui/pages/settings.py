"""The settings: pages by area at the left, the form of one at the right, made from what the API serves."""

from collections.abc import Callable, Mapping, Sequence
from dataclasses import replace
from typing import TYPE_CHECKING, Any

from gui.dialogs.message import Question
from gui.forms.controls import Surroundings
from gui.forms.form import Form
from gui.forms.schema import fields_of
from gui.pages.area_list import WIDTH, AreaList, by_area
from gui.pages.areas import area
from gui.pages.header import EDGE, header
from gui.pages.loaded import PER_CHANNEL, SEVERAL, Loaded, Loader
from gui.pages.page_tools import PageTools
from gui.pages.region_picture import RegionPicture
from gui.pages.sound_meter import meter_of
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
from recorder.client.answers import Document, PageInfo
from recorder.client.api import ApiError
from recorder.client.calls.pages import KEEPS_LESS
from recorder.client.words import _

if TYPE_CHECKING:
    from gui.rooms import Rooms


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
        self.tools = PageTools(self)
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
        self.pages = by_area(pages)
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
        if self.screen.navigator.top is self:
            # Not on the way back meanwhile: a second ok would leave.
            self.screen.focus_on(self.default_focus)
        self._asked += 1
        asked, channel, item = self._asked, self.channel, self.item
        loader = Loader(self.rooms.api)
        self.work(
            lambda: loader.load(page, channel, item),
            lambda loaded: self._show(loaded) if asked == self._asked else None,
            lambda error: self._failed(error) if asked == self._asked else None,
        )

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
        side, main = self._side(), self._main()
        self._lead_over(side, main)
        self.add(
            Column(
                [
                    header(self.title, self.back, detail=title),
                    Row([side, main], gap=0, align=Align.STRETCH, grow=1),
                ],
                gap=0,
            )
        )

    def _lead_over(self, side: Widget, main: Widget) -> None:
        """Have right lead from any page, however low it stands, to the first field: the foot of the form is nearer."""
        within = self.form if self.form is not None and self.form.fields else main
        first = next((one for one in within.walk() if one.takes_focus), None)
        if first is None:
            return
        for one in side.walk():
            one.neighbours["right"] = first.name

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
                add = Button(_("Add"), self.tools.add_number, name="add-item", icon="add", look=Look.PRIMARY)
                return self._message(_("There are none yet."), add)
            if self.current.named:
                words = self.current.named
                add = Button(words, self.tools.add_named, name="add-item", icon="add", look=Look.PRIMARY)
                return self._message(_("There are none yet."), add)
            return self._message(words)
        head: list[Widget] = [Label(self.current.title, Type.TITLE, t.TEXT, name="page-title")]
        if self.current.scope == PER_CHANNEL:
            options = [Option(number, f"{number}  {name}") for number, name in sorted(self.loaded.channels.items())]
            head += [Spacer(), Label(_("Camera"), Type.SMALL, t.SECOND)]
            pick = Select(
                options, self.channel, self._to_channel, name="channel", width=260, steps=False, title=_("Camera")
            )
            head.append(pick)
        if self.current.scope == SEVERAL:
            some = [Option(item, title) for item, title in self.loaded.items.items()]
            title = self.current.title
            pick = Select(some, self.item, self._to_item, name="item", width=300, steps=False, title=title)
            head += [Spacer(), pick]
        parts: list[Widget] = [Row(head, gap=12), *self._meter(self.form), self.form]
        content = Column(parts, gap=14, pad=Pad(20, 8, EDGE, 20))
        return Column([Scroll(content, name="form-scroll"), self._foot()], gap=0, grow=1, together=True)

    def _meter(self, form: Form) -> list[Widget]:
        """Over levels of sound: how loud it is now."""
        channel = self.channel
        meter = meter_of(form, lambda: self.rooms.api.sound(channel or 0)) if channel is not None else None
        if meter is None:
            return []
        self.screen.animate(meter)
        return [meter]

    def _message(self, words: str, *buttons: Widget, again: bool = False) -> Widget:
        parts: list[Widget] = [Label(words, Type.BODY, t.SECOND, lines=6, align=Align.CENTER, name="message"), *buttons]
        if self.current is not None:
            parts.insert(0, Label(self.current.title, Type.TITLE, t.TEXT, align=Align.CENTER, name="page-title"))
        if again:
            page = self.current
            parts.append(Button(_("Try again"), lambda: self.show(page) if page else self._list(), name="again"))
        return Center(Column(parts, gap=18, align=Align.CENTER), grow=1, pad=40)

    def _foot(self) -> Widget:
        tools = self.tools.buttons(self.current, self.loaded)
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
        self._store()

    def _store(self, *, losing: bool = False) -> None:
        form, page, loaded = self.form, self.current, self.loaded
        if form is None or page is None or loaded is None or self.saving:
            return
        changes, channel = form.changes(), self.channel if page.scope == PER_CHANNEL else None
        item = self.item if page.scope == SEVERAL else ""
        revision = loaded.document.revision
        self.saving = True
        self._enable()
        self.work(
            lambda: self.rooms.api.set_page(
                page.name, changes, channel=channel, item=item, revision=revision, losing=losing
            ),
            lambda document: self._saved(document, form, changes),
            lambda error: self.refused(error, form),
        )

    def _saved(self, document: Document, form: Form, sent: Mapping[str, Any]) -> None:
        self.saving = False
        self.screen.notices.say(_("Saved."), Tone.GOOD)
        self.rooms.settings_changed()
        if form is not self.form or self.loaded is None:
            # It was left meanwhile: what shows now is another page.
            self._changed()
            return
        before = self.loaded.document.values
        self.loaded = replace(self.loaded, document=document)
        # What was changed while this was on its way is not saved, and stays.
        form.show_saved(document.values, sent)
        self._changed()
        page = self.current if not self.dirty else None
        if page is not None and page.numbered:
            self.default_focus = "save"
            self.show(page)
        if page is not None and page.name == "pool" and document.values["encrypted"] and not before.get("encrypted"):
            self.tools.show_key()

    def refused(self, error: Exception, form: Form | None = None) -> None:
        """Say what control refused: at its field, or as a question, or as a notice. `form` is the one that was sent."""
        self.saving = False
        self._changed()
        if form is not None and form is not self.form:
            self.screen.notices.say(self.rooms.words(error), Tone.BAD)
            return
        if self.rooms.recover(self, error, self._save):
            return
        words = self.rooms.words(error)
        if isinstance(error, ApiError) and self.form is not None and self.form.refuse(error.field, words):
            self.screen.focus_on(self.form.first_problem())
        elif isinstance(error, ApiError) and error.code == KEEPS_LESS:
            self.screen.navigator.push(
                Question(_("Save this?"), words, _("Save"), lambda: self._store(losing=True), danger=True)
            )
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
        self.unless_dirty(lambda: self.show(page))

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
        self.unless_dirty(go)

    def _to_item(self, item: Any) -> None:
        before = self.item

        def go() -> None:
            self.item = item
            if self.current is not None:
                self.default_focus = "item"
                self.show(self.current)

        if self.dirty and isinstance(found := self.find("item"), Select):
            found.set(before)
        self.unless_dirty(go)

    def unless_dirty(self, go: Callable[[], object]) -> None:
        """Go on, after a question where something would be lost."""
        if not self.dirty:
            go()
            return
        words = _("What you changed on this page is not saved.")
        self.screen.navigator.push(
            Question(_("Leave without saving?"), words, _("Leave"), go, danger=True, cancel=_("Stay"))
        )

    def back(self) -> None:
        """Leave; ask first where something would be lost."""
        self.unless_dirty(self.close)
