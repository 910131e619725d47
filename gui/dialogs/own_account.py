"""One's own account: the password, what counts beside it, and the ways back in."""

from collections.abc import Callable, Sequence

from gui.dialogs.own_password import OwnPassword
from gui.dialogs.own_questions import DropQuestions, OwnQuestions
from gui.dialogs.recovery_codes import NewCodes
from gui.dialogs.screen_lock import DropLock, SetPattern, SetPin
from gui.dialogs.second_factor import BeginSecond, DropSecond
from gui.dialogs.sheet import Sheet
from gui.session import Session
from gui.toolkit.button import Button, Look
from gui.toolkit.label import Label
from gui.toolkit.layout import Column, Row
from gui.toolkit.page import Page
from gui.toolkit.screen import words_of
from gui.toolkit.theme import FIELD, SECOND, Type
from gui.toolkit.widget import Widget
from recorder.client.answers import Credentials, Question
from recorder.client.words import _

LOCKS = {"pattern": _("Pattern"), "pin": _("PIN"), "": _("Only the password")}


Tool = tuple[str, str, Callable[[], Page]]
"""Name and words of a button, and what it opens."""


class OwnAccount(Sheet):
    """A row for each: how it stands, and what can be done."""

    wide = 760.0

    def __init__(self, session: Session) -> None:
        super().__init__(_("Account of {user}").format(user=session.user), name="own-account")
        self.session = session
        self.default_focus = "own-password"
        self.found: Credentials | None = None
        self.questions: Sequence[Question] = ()
        self.problem = ""

    def opened(self) -> None:
        """Ask how it stands."""
        self._ask()

    def uncovered(self) -> None:
        """Something may have been set."""
        self._ask()

    def _ask(self) -> None:
        api = self.session.api
        self.work(lambda: (api.credentials(), api.questions()), self._show, self._failed)

    def _show(self, found: tuple[Credentials, Sequence[Question]]) -> None:
        if found != (self.found, self.questions):
            self.found, self.questions = found
            self.rebuild()

    def _failed(self, error: Exception) -> None:
        self.problem = words_of(error)
        self.rebuild()

    def content(self) -> list[Widget]:
        """The rows."""
        session, found = self.session, self.found
        change: Tool = ("own-password", _("Change"), self._password)
        rows = [self._row(_("Password"), _("Asked for everywhere"), [change])]
        if found is None:
            return [*rows, Label(self.problem or _("Loading…"), Type.SMALL, SECOND, lines=3, name="problem")]
        lock: list[Tool] = [
            ("set-pattern", _("Pattern"), lambda: SetPattern(session)),
            ("set-pin", _("PIN"), lambda: SetPin(session)),
        ]
        if found.screen_lock:
            lock.append(("drop-lock", _("Remove"), lambda: DropLock(session)))
        second: Tool = (
            ("drop-second", _("Remove"), lambda: DropSecond(session))
            if found.second_factor
            else ("begin-second", _("Set up"), lambda: BeginSecond(session))
        )
        asked: list[Tool] = [("own-questions", _("Choose"), self._choose_questions)]
        if found.questions:
            asked.append(("drop-questions", _("Remove"), lambda: DropQuestions(session)))
        return [
            *rows,
            self._row(_("At this screen"), LOCKS.get(found.screen_lock, found.screen_lock), lock),
            self._row(_("Second factor over the network"), _("On") if found.second_factor else _("Off"), [second]),
            self._row(
                _("One-time codes"),
                _("{count} left").format(count=found.codes_left),
                [("new-codes", _("Make anew"), lambda: NewCodes(session))],
            ),
            self._row(_("Questions"), _("Chosen") if found.questions else _("None"), asked),
        ]

    def buttons(self) -> list[Widget]:
        """The way out."""
        return [Button(_("Close"), self.close, name="close", look=Look.PRIMARY, width=140)]

    def _password(self) -> Page:
        return OwnPassword(self.session)

    def _choose_questions(self) -> Page:
        chosen = self.found.questions if self.found is not None else ()
        return OwnQuestions(self.session, self.questions, chosen)

    def _row(self, title: str, state: str, tools: Sequence[Tool]) -> Widget:
        words = Column([Label(title), Label(state, Type.SMALL, SECOND)], gap=2, grow=1)
        push = self.session.screen.navigator.push
        buttons = [Button(label, lambda make=make: push(make()), name=name) for name, label, make in tools]
        return Row([words, *buttons], gap=10, pad=(14, 8), ground=FIELD, radius=8)
