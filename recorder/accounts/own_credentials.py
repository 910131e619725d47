"""What somebody logs in with beside his password, as he sets it up himself, after his password once more (A15)."""

from collections.abc import Callable, Mapping
from dataclasses import dataclass

from recorder.accounts.caller import Caller
from recorder.accounts.recovery import Recovery
from recorder.client.words import _
from recorder.settings.pages.user import User
from recorder.settings.settings import Author, Settings


@dataclass(frozen=True)
class OwnState:
    """What somebody has set up."""

    codes_left: int
    questions: tuple[str, ...]


class OwnCredentials:
    """The credentials of the one who calls. `check` looks at his password and raises what is wrong."""

    def __init__(self, recovery: Recovery, settings: Settings, check: Callable[[Caller, str], None]) -> None:
        self._recovery = recovery
        self._settings = settings
        self._check = check

    def state(self, caller: Caller) -> OwnState:
        """Give what the caller has set up."""
        return OwnState(self._recovery.codes.left(caller.name), self._recovery.questions.of(caller.name))

    def new_codes(self, caller: Caller, password: str) -> tuple[str, ...]:
        """Make the caller's one-time codes anew; raises as `_check` does."""
        self._check(caller, password)
        with self._settings.together():
            self._note(caller, "recovery_codes", _("made anew"))
            return self._recovery.codes.make(caller.name)

    def set_questions(self, caller: Caller, password: str, answers: Mapping[str, str]) -> None:
        """Choose the caller's questions; without answers there are none. Raises `BadAnswers`, and as `_check` does."""
        self._check(caller, password)
        kept = self._recovery.questions.record(answers) if answers else None
        with self._settings.together():
            self._note(caller, "questions", _("set") if kept else _("removed"))
            if kept is None:
                self._recovery.questions.forget(caller.name)
            else:
                self._recovery.questions.keep(caller.name, *kept)

    def _note(self, caller: Caller, field: str, words: str) -> None:
        author = Author(caller.name, f"{caller.door.value}:{caller.source}")
        self._settings.remark(User, caller.name, field, words, author)
