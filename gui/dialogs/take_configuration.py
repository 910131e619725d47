"""A configuration from a file: what opens it, what would change with it, and only then is it taken in (D-MNT-11)."""

from functools import partial
from typing import Any

from gui.dialogs.proved import Proved
from gui.dialogs.sheet import Sheet
from gui.session import Session
from gui.toolkit.button import Button, Look
from gui.toolkit.label import Label
from gui.toolkit.notices import Tone
from gui.toolkit.screen import words_of
from gui.toolkit.select import Option, Select
from gui.toolkit.text_field import TextField
from gui.toolkit.theme import DANGER, SECOND, WARNING, Type
from gui.toolkit.widget import Widget
from gui.wall.moments import moment
from recorder.client.answers.configuration import ConfigurationFile, ConfigurationPreview, Difference, Taking
from recorder.client.words import _

SHOWN = 12
"""Differences on one sheet; a browser tells all."""


class LookAtConfiguration(Sheet):
    """Its password, and whether this becomes the same recorder."""

    wide = 640.0

    def __init__(self, session: Session, held: ConfigurationFile, zone: Any) -> None:
        when = moment(held.made_us, zone)
        words = _("The settings of “{name}” from {time}. Nothing is changed yet.").format(name=held.name, time=when)
        super().__init__(_("Import settings"), words, name="look-at-configuration")
        self.session = session
        self.held = held
        self.default_focus = "file-password"
        self.file = TextField(
            "", name="file-password", label=_("Password of the file"), secret=True, longest=128, on_submit=self._submit
        )
        options = [
            Option(Taking.SAME, _("Be that recorder again")),
            Option(Taking.CLONE, _("Be another one like it")),
        ]
        self.taking = Select(options, Taking.SAME if held.same_recorder else Taking.CLONE, name="taking")
        self.problem = Label("", Type.SMALL, DANGER, lines=4, name="problem")
        self.problem.visible = False
        self.enter = Button(_("What would change?"), self._submit, name="enter", look=Look.PRIMARY)

    def content(self) -> list[Widget]:
        """Password and choice."""
        about = _("Another one like it keeps its own name, number, keys, cameras, disks and network.")
        return [
            Label(_("Password of the file"), Type.SMALL, SECOND),
            self.file,
            Label(_("What this recorder becomes"), Type.SMALL, SECOND),
            self.taking,
            Label(about, Type.SMALL, SECOND, lines=2),
            self.problem,
        ]

    def buttons(self) -> list[Widget]:
        """Out, and on."""
        return [Button(_("Cancel"), self.close, name="cancel"), self.enter]

    def _submit(self) -> None:
        self.problem.visible = False
        self.enter.enabled = False
        password, taking = self.file.written, Taking(self.taking.value)
        look = partial(self.session.api.look_at_configuration, self.held.id, password, taking)
        self.once(look, lambda seen: self._seen(seen, password, taking), self._refused)

    def _seen(self, seen: ConfigurationPreview, password: str, taking: Taking) -> None:
        self.close(True)
        self.session.screen.navigator.push(TakeConfiguration(self.session, self.held, seen, password, taking))

    def _refused(self, error: Exception) -> None:
        self.enter.enabled = True
        self.problem.say(words_of(error))
        self.problem.visible = True
        self.screen.focus_on(self.file)


class TakeConfiguration(Proved):
    """What would change, and the administrator's password."""

    wide = 860.0

    def __init__(
        self, session: Session, held: ConfigurationFile, seen: ConfigurationPreview, password: str, taking: Taking
    ) -> None:
        words = _("Users then: {users}. Who they are and their passwords are those of the file.")
        title = _("This would change")
        super().__init__(
            session, title, words.format(users=", ".join(seen.users)), _("Take it in"), name="take-configuration"
        )
        self._take = partial(session.api.take_configuration, held.id, password, taking)
        self._shown = seen

    def rest(self) -> list[Widget]:
        """The differences, the first ones."""
        seen = self._shown
        lines = [told(one) for one in seen.differences[:SHOWN]]
        more = len(seen.differences) - SHOWN + seen.more
        if more > 0:
            lines.append(_("and {count} more; a browser shows all").format(count=more))
        if not lines:
            lines.append(_("No setting changes."))
        found: list[Widget] = [Label(line, Type.SMALL, lines=2) for line in lines]
        found += [
            Label(_("Left out: {words}").format(words=one), Type.SMALL, WARNING, lines=2) for one in seen.left_out[:3]
        ]
        if seen.becomes:
            found.append(
                Label(_("The recorder has the number of that one then, and its disks. It starts anew."), lines=2)
            )
        return found

    def act(self, password: str) -> None:
        """Take it in."""
        self._take(password)

    def acted(self, result: Any) -> None:
        """Say so; users are those of the file now."""
        del result
        self.session.screen.notices.say(
            _("The settings are taken in. The recorder starts anew; then log in."), Tone.GOOD
        )
        self.session.log_out()
        self.session.screen.navigator.home()


def told(one: Difference) -> str:
    """Say one difference."""
    where = "  ".join(filter(None, (one.page, one.item, one.field)))
    if not one.field:
        return _("{where}: goes").format(where=where)
    return f"{where}: {one.old} → {one.new}" if one.old != "null" else f"{where}: {one.new}"
