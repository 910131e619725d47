"""A sheet that does something to one's own account: the password is asked for once more, so that it is oneself."""

from abc import abstractmethod
from typing import Any

from gui.dialogs.sheet import Sheet
from gui.session import Session
from gui.toolkit.button import Button, Look
from gui.toolkit.label import Label
from gui.toolkit.screen import words_of
from gui.toolkit.text_field import TextField
from gui.toolkit.theme import DANGER, SECOND, Type
from gui.toolkit.widget import Widget
from recorder.client.words import _


class Proved(Sheet):
    """Override `rest`, `check`, `act` and `acted`. The result is True when it is done."""

    def __init__(self, session: Session, title: str, words: str, do: str, *, name: str) -> None:
        super().__init__(title, words, name=name)
        self.session = session
        self.default_focus = "proof"
        self.proof = TextField(
            "", name="proof", label=_("Your password"), secret=True, longest=128, on_submit=self.submit
        )
        self.problem = Label("", Type.SMALL, DANGER, lines=4, name="problem")
        self.problem.visible = False
        self.enter = Button(do, self.submit, name="enter", look=Look.PRIMARY)

    def rest(self) -> list[Widget]:
        """What is asked beside the password, above it."""
        return []

    def check(self) -> str:
        """What is wrong with that; "" where nothing is."""
        return ""

    @abstractmethod
    def act(self, password: str) -> Any:
        """Do it, on a worker; raises `NightjarError`."""

    @abstractmethod
    def acted(self, result: Any) -> None:
        """Say that it is done; the sheet is closed already."""

    def content(self) -> list[Widget]:
        """All that is asked."""
        return [*self.rest(), Label(_("Your password"), Type.SMALL, SECOND), self.proof, self.problem]

    def buttons(self) -> list[Widget]:
        """Out, and do it."""
        return [Button(_("Cancel"), self.close, name="cancel"), self.enter]

    def say(self, words: str) -> None:
        """Say what is wrong."""
        self.problem.say(words)
        self.problem.visible = bool(words)

    def submit(self) -> None:
        """Do it, if all is there."""
        password = self.proof.written
        wrong = self.check() or ("" if password else _("Write your password, too."))
        self.say(wrong)
        if not wrong:
            self.enter.enabled = False
            self.once(lambda: self.act(password), self._done, self._refused)

    def _done(self, result: Any) -> None:
        self.close(True)
        self.acted(result)

    def _refused(self, error: Exception) -> None:
        self.enter.enabled = True
        self.say(words_of(error))
        self.once_more()

    def once_more(self) -> None:
        """Have the password written anew: it may have been the wrong one."""
        self.proof.set("")
        self.screen.focus_on(self.proof)
