"""Back in without the password: with a code that was written down; before the recorder with answers, key or stick.

Who has proved himself sets a new password of his own user, and nothing else comes of it: no session begins, a second
factor stays. It stands in the audit and is told to every user (A14).
"""

from collections.abc import Callable, Mapping

from recorder.accounts.caller import Door
from recorder.accounts.errors import KeyNotHeld, NoAdministrator, StickNotIn, WrongRecovery
from recorder.accounts.lockout import Lockout
from recorder.accounts.password import check_new
from recorder.accounts.questions import Questions
from recorder.accounts.recovery_codes import RecoveryCodes
from recorder.accounts.recovery_stick import RecoveryStick, StickKey
from recorder.accounts.reset_key import ResetKey
from recorder.accounts.resets import Resets

TRIES_OF = "recovery of {user}"
"""Under this name, which no account can have, wrong codes and answers are counted: a lock of them locks no login."""
SetAnew = Callable[[str, str, Callable[[], None], str], None]
"""Sets a password for a user once something is spent; with user, password, what spends it, and the place."""


class Recovery:
    """The ways back in."""

    def __init__(
        self,
        codes: RecoveryCodes,
        questions: Questions,
        resets: Resets,
        key: ResetKey,
        stick: RecoveryStick,
        lockout: Lockout,
    ) -> None:
        self.codes = codes
        self.key = key
        self.stick = stick
        self.questions = questions
        self.resets = resets
        self._lockout = lockout
        self.let_in: Callable[[str, Door, str], bool] = lambda _user, _door, _source: False
        """Whether a user may come in now, and from there."""
        self.administers: Callable[[str], bool] = lambda _user: False
        """Whether a user of the recorder may everything."""
        self.set_anew: SetAnew | None = None
        self.refused: Callable[[str, str], None] = lambda _user, _source: None
        self.asks: Callable[[], bool] = lambda: True
        """Whether questions are a way back in on this recorder."""

    def asked(self, user: str) -> tuple[str, ...]:
        """Give the questions that a user is asked at the screen, where names are no secret."""
        return self.questions.of(user[:64].strip().lower()) if self.asks() else ()

    def by_code(self, user: str, code: str, new: str, door: Door, source: str) -> None:
        """Set a new password with a code; raises `BadPassword`, `WrongRecovery`, `LockedOut`."""

        def spend() -> None:
            if not self.codes.spend(user, code):
                raise WrongRecovery

        check_new(new)
        user = self._begin(user, door, source)
        if not self.codes.has(user, code) or not self.let_in(user, door, source):
            raise self._wrong(user, door, source)
        self._finish(user, new, "code", f"{door.value}:{source}", spend)
        self._lockout.passed(TRIES_OF.format(user=user), source)

    def by_answers(self, user: str, answers: Mapping[str, str], new: str) -> None:
        """Set a new password with answers, at the screen alone; raises `BadPassword`, `WrongRecovery`, `LockedOut`."""
        check_new(new)
        door, source = Door.SCREEN, Door.SCREEN.value
        user = self._begin(user, door, source)
        fits = self.questions.fit(user, answers)
        if not fits or not self.asks() or not self.let_in(user, door, source):
            raise self._wrong(user, door, source)
        self._finish(user, new, "answers", f"{door.value}:{source}", lambda: None)
        self._lockout.passed(TRIES_OF.format(user=user), source)

    def by_key(self, user: str, new: str) -> None:
        """Set a new password of an administrator once the reset key was held, at the screen alone.

        Raises `BadPassword`, `KeyNotHeld`, `NoAdministrator`.
        """

        def spend() -> None:
            if not self.key.spend():
                raise KeyNotHeld

        check_new(new)
        if not self.key.left_s:
            raise KeyNotHeld
        self._finish_administrator(user, new, "key", spend)

    def by_stick(self, user: str, new: str, found: StickKey | None) -> None:
        """Set a new password of an administrator with the stick that is in, at the screen alone; it is used up then.

        Raises `BadPassword`, `StickNotIn`, `NoAdministrator`.
        """

        def spend() -> None:
            if found is None or not self.stick.spend(found):
                raise StickNotIn

        check_new(new)
        if found is None:
            raise StickNotIn
        self._finish_administrator(user, new, "stick", spend)

    def _begin(self, user: str, door: Door, source: str) -> str:
        user = user[:64].strip().lower()
        self._lockout.check(TRIES_OF.format(user=user), source, everywhere=not door.is_local)
        return user

    def _wrong(self, user: str, door: Door, source: str) -> WrongRecovery:
        self._lockout.failed(TRIES_OF.format(user=user), source, everywhere=not door.is_local)
        self.refused(user, source)
        return WrongRecovery()

    def _finish_administrator(self, user: str, new: str, way: str, spend: Callable[[], None]) -> None:
        user = user[:64].strip().lower()
        if not self.administers(user):
            raise NoAdministrator
        self._finish(user, new, way, f"{Door.SCREEN.value}:{Door.SCREEN.value}", spend)

    def _finish(self, user: str, new: str, way: str, place: str, spend: Callable[[], None]) -> None:
        def spent() -> None:
            spend()
            self.resets.note(user, way, place)

        assert self.set_anew is not None
        self.set_anew(user, new, spent, place)
