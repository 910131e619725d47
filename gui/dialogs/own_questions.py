"""Three questions of one's own, by which a forgotten password is set anew at this screen (D-ACC-08)."""

from collections.abc import Sequence
from typing import Any

from gui.dialogs.proved import Proved
from gui.session import Session
from gui.toolkit.notices import Tone
from gui.toolkit.select import Option, Select
from gui.toolkit.text_field import TextField
from gui.toolkit.widget import Widget
from recorder.client import answers
from recorder.client.words import _

ASKED = 3


class OwnQuestions(Proved):
    """Choose three, and answer them."""

    wide = 640.0

    def __init__(self, session: Session, questions: Sequence[answers.Question], chosen: Sequence[str]) -> None:
        words = _("Whoever knows all three answers and stands here sets your password anew. One-time codes are safer.")
        super().__init__(session, _("Your questions"), words, _("Set questions"), name="own-questions")
        names = [*chosen, *(one.name for one in questions if one.name not in chosen)][:ASKED]
        options = [Option(one.name, one.words) for one in questions]
        self.asked = [Select(options, name, name=f"question-{at}", steps=False) for at, name in enumerate(names)]
        self.told = [TextField("", name=f"answer-{at}", label=_("Answer")) for at in range(len(names))]
        self.default_focus = "question-0"

    def rest(self) -> list[Widget]:
        """A choice and a field, three times."""
        return [one for pair in zip(self.asked, self.told, strict=True) for one in pair]

    def check(self) -> str:
        """All must be answered, and no question twice."""
        if len({one.value for one in self.asked}) < len(self.asked):
            return _("Choose three different questions.")
        return "" if all(one.written.strip() for one in self.told) else _("Answer all questions.")

    def act(self, password: str) -> None:
        """Set them."""
        told = {str(one.value): field.written for one, field in zip(self.asked, self.told, strict=True)}
        self.session.api.set_questions(password, told)

    def acted(self, result: Any) -> None:
        """Say so."""
        del result
        self.session.screen.notices.say(_("The questions are set."), Tone.GOOD)


class DropQuestions(Proved):
    """No questions any more."""

    def __init__(self, session: Session) -> None:
        words = _("A forgotten password is then set anew with a one-time code alone.")
        super().__init__(session, _("Remove the questions?"), words, _("Remove"), name="drop-questions")

    def act(self, password: str) -> None:
        """Remove them."""
        self.session.api.set_questions(password, {})

    def acted(self, result: Any) -> None:
        """Say so."""
        del result
        self.session.screen.notices.say(_("The questions are removed."), Tone.GOOD)
