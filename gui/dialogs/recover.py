"""The password is forgotten: a new one by a one-time code, or by the answers to one's questions (D-ACC-09)."""

from collections.abc import Callable, Sequence

from gui.dialogs.new_password import NewPassword
from gui.dialogs.sheet import Sheet
from gui.session import Session
from gui.toolkit.button import Button
from gui.toolkit.label import Label
from gui.toolkit.notices import Tone
from gui.toolkit.page import Page
from gui.toolkit.screen import words_of
from gui.toolkit.text_field import TextField
from gui.toolkit.theme import SECOND, Type
from gui.toolkit.widget import Widget
from recorder.client import answers
from recorder.client.words import _


def forgotten(owner: Page, session: Session, user: str) -> None:
    """Let who has forgotten his password set another one."""

    def asked(questions: Sequence[answers.Question]) -> None:
        push = owner.screen.navigator.push
        if not questions:
            push(RecoverByCode(session, user))
            return
        by_answers = RecoverByAnswers(session, user, questions)
        push(WaysBack(lambda: push(RecoverByCode(session, user)), lambda: push(by_answers)))

    def failed(error: Exception) -> None:
        owner.screen.notices.say(words_of(error), Tone.BAD)

    owner.work(lambda: session.api.questions(user) if user else [], asked, failed)


class WaysBack(Sheet):
    """Which way."""

    def __init__(self, by_code: Callable[[], object], by_answers: Callable[[], object]) -> None:
        words = _("With one of your one-time codes, or with the answers to your questions.")
        super().__init__(_("Set the password anew"), words, name="ways-back")
        self._ways = {"by-code": (_("One-time code"), by_code), "by-answers": (_("Answer questions"), by_answers)}
        self.default_focus = "by-code"

    def buttons(self) -> list[Widget]:
        """Out, and the ways."""
        found: list[Widget] = [Button(_("Cancel"), self.close, name="cancel")]
        found += [Button(words, lambda go=go: self._go(go), name=name) for name, (words, go) in self._ways.items()]
        return found

    def _go(self, way: Callable[[], object]) -> None:
        self.close()
        way()


class Recover(NewPassword):
    """What both ways share: whose password it is, and what is said afterwards."""

    def __init__(self, session: Session, user: str, words: str) -> None:
        super().__init__(_("Set the password anew"), words, _("Set password"), name="recover")
        self.session = session
        self.user = TextField(user, name="recover-user", label=_("User"), longest=64, on_submit=self.to_first)
        self.default_focus = "recover-user"

    def to_first(self) -> None:
        """Go on to what is asked first."""
        self.screen.focus_on(self.password)

    def whose(self) -> str:
        """The user as written."""
        return self.user.written.strip()

    def saved(self) -> None:
        """Say so; who it was logs in with it."""
        self.session.last_user = self.whose()
        self.screen.notices.say(_("The password is set. Log in with it."), Tone.GOOD)


class RecoverByCode(Recover):
    """With a code that was written down."""

    def __init__(self, session: Session, user: str) -> None:
        words = _("One-time codes were shown when the recorder was set up. Each counts once.")
        super().__init__(session, user, words)
        self.code = TextField("", name="code", label=_("One-time code"), longest=24, on_submit=super().to_first)
        self.default_focus = "code" if user else "recover-user"

    def to_first(self) -> None:
        """The code."""
        self.screen.focus_on(self.code)

    def first(self) -> list[Widget]:
        """User and code."""
        return [
            Label(_("User"), Type.SMALL, SECOND),
            self.user,
            Label(_("One-time code"), Type.SMALL, SECOND),
            self.code,
        ]

    def check(self) -> str:
        """Both are needed."""
        return "" if self.whose() and self.code.written else _("Write the user and one of the one-time codes.")

    def save(self, password: str) -> None:
        """Set it."""
        self.session.api.recover(self.whose(), password, code=self.code.written)


class RecoverByAnswers(Recover):
    """With the answers to one's questions, all of them."""

    def __init__(self, session: Session, user: str, questions: Sequence[answers.Question]) -> None:
        super().__init__(session, user, _("All answers must be right. Capitals and spaces do not matter."))
        self.answers = {one.name: TextField("", name=f"answer-{one.name}", label=one.words) for one in questions}
        self.questions = questions
        self.default_focus = f"answer-{questions[0].name}"

    def first(self) -> list[Widget]:
        """A field below each question."""
        found: list[Widget] = []
        for one in self.questions:
            found += [Label(one.words, Type.SMALL, SECOND, lines=2), self.answers[one.name]]
        return found

    def check(self) -> str:
        """None may be left out."""
        return "" if all(one.written for one in self.answers.values()) else _("Answer all questions.")

    def save(self, password: str) -> None:
        """Set it."""
        told = {name: one.written for name, one in self.answers.items()}
        self.session.api.recover(self.whose(), password, told=told)
