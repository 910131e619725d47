"""Adding a camera, and its user and password: short forms from the schema of the channel page."""

from abc import ABC, abstractmethod
from collections.abc import Mapping
from dataclasses import replace
from typing import TYPE_CHECKING, Any

from gui.dialogs.sheet import Sheet
from gui.forms.controls import Surroundings
from gui.forms.form import Form
from gui.forms.schema import Field, fields_of
from gui.toolkit.button import Button, Look
from gui.toolkit.label import Label
from gui.toolkit.notices import Tone
from gui.toolkit.theme import DANGER, SECOND, Type
from gui.toolkit.widget import Widget
from recorder.client.answers import Channel, Document
from recorder.client.api import ApiError
from recorder.client.words import _

if TYPE_CHECKING:
    from gui.rooms import Rooms

ASKED = ("url", "user", "password", "name", "sub_url")
"""What is asked of a new camera, in this order; the rest has defaults."""


class ChannelSheet(Sheet, ABC):
    """Some fields of the channel page; the form arrives after it opened."""

    wide = 740.0

    def __init__(self, rooms: "Rooms", title: str, words: str, *, name: str) -> None:
        super().__init__(title, words, name=name)
        self.rooms = rooms
        self.form: Form | None = None
        self.default_focus = "cancel"
        self.problem = Label("", Type.SMALL, DANGER, lines=4, name="problem")
        self.problem.visible = False
        self.enter = Button(_("OK"), self._go, name="enter", look=Look.PRIMARY)
        self.enter.enabled = False

    def content(self) -> list[Widget]:
        """The form, once it is there."""
        if self.form is None:
            return [Label(_("Loading…"), Type.BODY, SECOND, name="loading"), self.problem]
        return [self.form, self.problem]

    def buttons(self) -> list[Widget]:
        """Out, and do it."""
        return [Button(_("Cancel"), self.close, name="cancel"), self.enter]

    def fill(self, fields: tuple[Field, ...], values: Mapping[str, Any]) -> None:
        """Show the form."""
        self.form = Form(fields, values, Surroundings({}), flat=True)
        self.enter.enabled = True
        self.rebuild()
        if fields and self.screen.navigator.top is self:
            self.screen.focus_on(fields[0].name)

    def say(self, words: str) -> None:
        """Say what is wrong below the form."""
        self.problem.say(words)
        self.problem.visible = bool(words)

    def _go(self) -> None:
        form = self.form
        if form is None:
            return
        self.say("")
        if form.check():
            self.screen.focus_on(form.first_problem())
            return
        self.enter.enabled = False
        self.send(form)

    @abstractmethod
    def send(self, form: Form) -> None:
        """Do what the sheet is for."""
        ...

    def refused(self, error: Exception) -> None:
        """Say it at the field, or below."""
        self.enter.enabled = True
        if self.rooms.recover(self, error, self._go):
            return
        words = self.rooms.words(error)
        if self.form is not None and isinstance(error, ApiError) and self.form.refuse(error.field, words):
            self.screen.focus_on(self.form.first_problem())
        else:
            self.say(words)

    def failed(self, error: Exception) -> None:
        """The form could not be had."""
        if not self.rooms.recover(self, error, self.opened):
            self.say(self.rooms.words(error))


class AddCamera(ChannelSheet):
    """Address, login and name of a new camera; it records round the clock at once."""

    def __init__(self, rooms: "Rooms") -> None:
        words = _("Enter its RTSP address. It is shown and recorded at once.")
        super().__init__(rooms, _("Add a camera"), words, name="add-camera-sheet")
        self.enter.label = _("Add")

    def opened(self) -> None:
        """Ask for the schema."""
        self.work(lambda: self.rooms.api.page_schema("channel"), self._schema, self.failed)

    def _schema(self, schema: Mapping[str, Any]) -> None:
        known = {field.name: field for field in fields_of(schema)}
        fields = tuple(replace(known[name], order=at) for at, name in enumerate(ASKED) if name in known)
        self.fill(fields, {field.name: field.default for field in fields})

    def send(self, form: Form) -> None:
        """Add it."""
        values = {name: value for name, value in form.values().items() if value not in {None, ""}}
        self.once(lambda: self.rooms.api.add_channel(**values), self._added, self.refused)

    def _added(self, channel: Channel) -> None:
        self.screen.notices.say(_("“{name}” was added.").format(name=channel.name), Tone.GOOD)
        self.rooms.settings_changed()
        self.close(True)


class CameraLogin(ChannelSheet):
    """User and password of one camera."""

    def __init__(self, rooms: "Rooms", channel: int) -> None:
        words = _("They are tried as soon as they are saved, also after the camera refused others.")
        super().__init__(
            rooms, _("User and password of camera {channel}").format(channel=channel), words, name="camera-login"
        )
        self.channel = channel
        self.enter.label = _("Save")

    def opened(self) -> None:
        """Ask for schema and user."""
        api = self.rooms.api
        self.work(lambda: (api.page_schema("channel"), api.page("channel", self.channel)), self._found, self.failed)

    def _found(self, found: tuple[Mapping[str, Any], Document]) -> None:
        schema, document = found
        fields = tuple(one for one in fields_of(schema, document.read_only) if one.name in {"user", "password"})
        self.fill(fields, {**document.values, "password": ""})

    def send(self, form: Form) -> None:
        """Store them; media tries again by itself."""
        values = form.values()
        self.once(lambda: self.rooms.api.set_page("channel", values, channel=self.channel), self._stored, self.refused)

    def _stored(self, _document: Document) -> None:
        self.screen.notices.say(_("Saved. Connecting…"), Tone.GOOD)
        self.close(True)
