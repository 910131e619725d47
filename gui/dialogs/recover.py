"""The password is forgotten: a new one by a one-time code, by answers, by reset key or stick (D-ACC-09, D-MNT-14)."""

from abc import abstractmethod
from collections.abc import Callable, Mapping, Sequence

from gui.dialogs.new_password import NewPassword
from gui.dialogs.sheet import Sheet
from gui.session import Session
from gui.toolkit.button import Button
from gui.toolkit.label import Label
from gui.toolkit.notices import Tone
from gui.toolkit.page import Page
from gui.toolkit.screen import words_of
from gui.toolkit.text_field import TextField
from gui.toolkit.theme import GOOD, SECOND, Type
from gui.toolkit.widget import Widget
from recorder.client import answers
from recorder.client.words import _

LOOK_S = 1.0
"""How often is looked whether the key was held, or the stick is in."""


def forgotten(owner: Page, session: Session, user: str) -> None:
    """Let who has forgotten his password set another one; with it he then logs in, in the field `password`."""

    def ended(done: object) -> None:
        if done:
            owner.screen.focus_on("password")

    def push(page: Page) -> None:
        owner.screen.navigator.push(page, then=ended)

    def asked(questions: Sequence[answers.Question]) -> None:
        ways: dict[str, tuple[str, Callable[[], object]]] = {
            "by-code": (_("One-time code"), lambda: push(RecoverByCode(session, user)))
        }
        if questions:
            ways["by-answers"] = (_("Answer questions"), lambda: push(RecoverByAnswers(session, user, questions)))
        ways["by-key"] = (_("Reset key"), lambda: push(RecoverByKey(session, user)))
        ways["by-stick"] = (_("Recovery stick"), lambda: push(RecoverByStick(session, user)))
        owner.screen.navigator.push(WaysBack(ways))

    def failed(error: Exception) -> None:
        owner.screen.notices.say(words_of(error), Tone.BAD)

    owner.work(lambda: session.api.questions(user) if user else [], asked, failed)


class WaysBack(Sheet):
    """Which way."""

    wide = 640.0

    def __init__(self, ways: Mapping[str, tuple[str, Callable[[], object]]]) -> None:
        words = _("The code was shown when the recorder was set up. Reset key and stick are for administrators.")
        super().__init__(_("Set the password anew"), words, name="ways-back")
        self._ways = ways
        self.default_focus = "by-code"

    def content(self) -> list[Widget]:
        """The ways, one below the other."""
        return [Button(words, lambda go=go: self._go(go), name=name) for name, (words, go) in self._ways.items()]

    def buttons(self) -> list[Widget]:
        """Out."""
        return [Button(_("Cancel"), self.close, name="cancel")]

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


class RecoverAtHand(Recover):
    """With something that is done to the recorder itself, for an administrator: whether it was done stands above."""

    def __init__(self, session: Session, user: str, words: str, *, name: str) -> None:
        super().__init__(session, user or "admin", words)
        self._state = Label("", Type.BODY, SECOND, lines=2, name=name)
        self.default_focus = "password"

    @abstractmethod
    def look(self) -> tuple[bool, str]:
        """See whether it was done, and say so; on a worker, raises `NightjarError`."""

    def opened(self) -> None:
        """See whether it was done."""
        self._look()

    def first(self) -> list[Widget]:
        """Whether it was done, and the user."""
        return [self._state, Label(_("Administrator"), Type.SMALL, SECOND), self.user]

    def check(self) -> str:
        """Who it is."""
        return "" if self.whose() else _("Write the name of an administrator.")

    def _look(self) -> None:
        if self.shown_on is not None:
            self.work(self.look, self._seen, lambda error: self._seen((False, words_of(error))))

    def _seen(self, found: tuple[bool, str]) -> None:
        if self.shown_on is not None:
            done, words = found
            self._state.say(words, GOOD if done else SECOND)
            self.screen.after(LOOK_S, self._look)


class RecoverByKey(RecoverAtHand):
    """With the reset key of the case."""

    def __init__(self, session: Session, user: str) -> None:
        words = _(
            "Hold the reset key at the recorder's case for five seconds while it runs. For ten minutes the password of "
            "an administrator can be set here. Settings, users and recordings stay; every user is told."
        )
        super().__init__(session, user, words, name="key-state")

    def look(self) -> tuple[bool, str]:
        """Whether it was held."""
        left_s = self.session.api.reset_key().left_s
        if not left_s:
            return False, _("The key was not held yet.")
        return True, _("The key was held. You have {minutes} min.").format(minutes=-(-left_s // 60))

    def save(self, password: str) -> None:
        """Set it."""
        self.session.api.recover(self.whose(), password, key=True)


class RecoverByStick(RecoverAtHand):
    """With the stick that was made for that."""

    def __init__(self, session: Session, user: str) -> None:
        words = _(
            "While the recovery stick is in, the password of an administrator can be set here, once. Settings, users "
            "and recordings stay; every user is told."
        )
        super().__init__(session, user, words, name="stick-state")

    def look(self) -> tuple[bool, str]:
        """Whether it is in."""
        found = self.session.api.recovery_stick()
        return found.fits, found.words

    def save(self, password: str) -> None:
        """Set it."""
        self.session.api.recover(self.whose(), password, stick=True)
