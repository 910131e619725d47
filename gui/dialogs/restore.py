"""A recorder that is not set up has a disk with the settings of one: restored, or started new (P-ADM-11)."""

from collections.abc import Callable, Sequence
from datetime import tzinfo
from functools import partial

from gui.dialogs.sheet import Sheet
from gui.session import Session
from gui.toolkit.button import Button, Look
from gui.toolkit.label import Label
from gui.toolkit.layout import Column, Row
from gui.toolkit.notices import Tone
from gui.toolkit.screen import words_of
from gui.toolkit.text_field import TextField
from gui.toolkit.theme import DANGER, FIELD, SECOND, Type
from gui.toolkit.widget import Widget
from gui.wall.moments import moment
from recorder.client.answers.configuration import SetupBackup
from recorder.client.words import _

SHOWN = 4
"""Recorders whose disks somebody put into one."""


class RestoreOffer(Sheet):
    """Which settings there are. The result is True once some are restored."""

    wide = 700.0

    def __init__(self, session: Session, found: Sequence[SetupBackup], zone: tzinfo) -> None:
        words = _("They come back with the password that an administrator of that recorder had. Recordings stay.")
        super().__init__(_("A disk has settings"), words, name="restore-offer")
        self.session = session
        self.found = found[:SHOWN]
        self._zone = zone
        self.default_focus = "restore-0"

    def content(self) -> list[Widget]:
        """A line and a button for each."""
        return [self._row(at, one) for at, one in enumerate(self.found)]

    def _row(self, at: int, one: SetupBackup) -> Widget:
        when = moment(one.made_us, self._zone)
        where = _("On disk {disk}, as of {time}").format(disk=one.disk, time=when)
        words = [Label(_("“{name}”").format(name=one.name), lines=2, name=f"found-{at}")]
        words.append(Label(where, Type.SMALL, SECOND, lines=2))
        do = Button(_("Restore"), partial(self._restore, one), name=f"restore-{at}", look=Look.PRIMARY)
        return Row([Column(words, gap=2, grow=1), do], gap=10, pad=(14, 8), ground=FIELD, radius=8)

    def buttons(self) -> list[Widget]:
        """The way without."""
        return [Button(_("Start new"), self.close, name="start-new")]

    def _restore(self, one: SetupBackup) -> None:
        self.screen.navigator.push(Restore(self.session, one), then=self._ended)

    def _ended(self, done: object) -> None:
        if done:
            self.close(True)


class Restore(Sheet):
    """Who he was, and his password. The result is True when it is restored."""

    def __init__(self, session: Session, backup: SetupBackup) -> None:
        words = _("An administrator of “{name}” restores it with the password of then.").format(name=backup.name)
        super().__init__(_("Restore the settings"), words, name="restore")
        self.session = session
        self.backup = backup
        self.default_focus = "restore-password"
        self.user = TextField("admin", name="restore-user", label=_("User"), longest=64, on_submit=self._next)
        self.password = TextField(
            "", name="restore-password", label=_("Password"), secret=True, longest=128, on_submit=self._submit
        )
        self.problem = Label("", Type.SMALL, DANGER, lines=4, name="problem")
        self.problem.visible = False
        self.enter = Button(_("Restore"), self._submit, name="enter", look=Look.PRIMARY)

    def content(self) -> list[Widget]:
        """User and password."""
        return [
            Label(_("User"), Type.SMALL, SECOND),
            self.user,
            Label(_("Password"), Type.SMALL, SECOND),
            self.password,
            self.problem,
        ]

    def buttons(self) -> list[Widget]:
        """Out, and do it."""
        return [Button(_("Cancel"), self.close, name="cancel"), self.enter]

    def _next(self) -> None:
        self.screen.focus_on(self.password)

    def _submit(self) -> None:
        user, password = self.user.written.strip(), self.password.written
        if not user or not password:
            self._say(_("Enter user and password."))
            return
        self._say("")
        self.enter.enabled = False
        work: Callable[[], None] = partial(self.session.api.restore_backup, self.backup.id, user, password)
        self.once(work, self._done, self._refused)

    def _say(self, words: str) -> None:
        self.problem.say(words)
        self.problem.visible = bool(words)

    def _done(self, _nothing: object) -> None:
        self.session.last_user = self.user.written.strip()
        self.screen.notices.say(_("The settings are restored. The recorder starts anew; then log in."), Tone.GOOD)
        self.close(True)

    def _refused(self, error: Exception) -> None:
        self.enter.enabled = True
        self.password.set("")
        self._say(words_of(error))
        self.screen.focus_on(self.password)
