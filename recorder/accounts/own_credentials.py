"""What somebody logs in with beside his password, as he sets it up himself, after his password once more (A15)."""

from collections.abc import Callable, Mapping
from dataclasses import dataclass

from recorder.accounts.caller import Caller
from recorder.accounts.errors import WrongSecond
from recorder.accounts.recovery import Recovery
from recorder.accounts.screen_locks import LockKind, ScreenLocks
from recorder.accounts.second_factors import SecondFactors
from recorder.accounts.totp import uri
from recorder.client.words import _
from recorder.settings.pages.general import General
from recorder.settings.pages.user import User
from recorder.settings.settings import Author, Settings


@dataclass(frozen=True)
class OwnState:
    """What somebody has set up."""

    codes_left: int
    questions: tuple[str, ...]
    screen_lock: LockKind | None
    second_factor: bool


class OwnCredentials:
    """The credentials of the one who calls. `check` looks at his password and raises what is wrong."""

    def __init__(
        self,
        recovery: Recovery,
        locks: ScreenLocks,
        second: SecondFactors,
        settings: Settings,
        check: Callable[[Caller, str], None],
    ) -> None:
        self._recovery = recovery
        self._locks = locks
        self._second = second
        self._settings = settings
        self._check = check

    def state(self, caller: Caller) -> OwnState:
        """Give what the caller has set up."""
        name, recovery = caller.name, self._recovery
        kind, second = self._locks.kind(name), self._second.is_on(name)
        return OwnState(recovery.codes.left(name), recovery.questions.of(name), kind, second)

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

    def set_lock(self, caller: Caller, password: str, kind: LockKind, secret: str) -> None:
        """Set what the caller draws or types at the screen; raises `BadScreenLock`, and as `_check` does."""
        self._check(caller, password)
        record = self._locks.record(kind, secret)
        with self._settings.together():
            self._note(caller, "screen_lock", _("{kind} set").format(kind=kind.value))
            self._locks.keep(caller.name, kind, record)

    def drop_lock(self, caller: Caller, password: str) -> None:
        """Let only the caller's password count at the screen; raises as `_check` does."""
        self._check(caller, password)
        with self._settings.together():
            self._note(caller, "screen_lock", _("removed"))
            self._locks.forget(caller.name)

    def begin_second(self, caller: Caller, password: str) -> tuple[str, str]:
        """Give the secret of a new second factor, and what an authenticator scans; raises as `_check` does."""
        self._check(caller, password)
        secret = self._second.begin(caller.name)
        return secret, uri(secret, caller.name, self._settings.get(General).recorder_name)

    def confirm_second(self, caller: Caller, code: str) -> None:
        """Take the second factor that was begun, with its first code; raises `WrongSecond`."""
        with self._settings.together():
            self._note(caller, "second_factor", _("set"))
            if not self._second.confirm(caller.name, code):
                raise WrongSecond

    def drop_second(self, caller: Caller, password: str) -> None:
        """Ask the caller for no second factor any more; raises as `_check` does."""
        self._check(caller, password)
        with self._settings.together():
            self._note(caller, "second_factor", _("removed"))
            self._second.forget(caller.name)

    def _note(self, caller: Caller, field: str, words: str) -> None:
        author = Author(caller.name, f"{caller.door.value}:{caller.source}")
        self._settings.remark(User, caller.name, field, words, author)
