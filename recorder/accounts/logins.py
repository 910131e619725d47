"""Logins: a name and a secret become a session, or the same refusal for whatever is wrong (A6)."""

import logging
import time
from collections.abc import Callable

from recorder.accounts.blocks import Blocks
from recorder.accounts.caller import Door
from recorder.accounts.directory import Directory
from recorder.accounts.errors import Blocked, CodeNeeded, WrongLogin, WrongScreenLock, WrongSecond
from recorder.accounts.gate import Gate
from recorder.accounts.lockout import Lockout
from recorder.accounts.people import People
from recorder.accounts.recovery_codes import RecoveryCodes
from recorder.accounts.screen_locks import ScreenLocks
from recorder.accounts.second_factors import SecondFactors
from recorder.accounts.sessions import Login, Sessions
from recorder.accounts.store import AccountStore
from recorder.accounts.turnstile import Turnstile
from recorder.client.strength import is_weak
from recorder.client.words import _
from recorder.settings.settings import Author, Settings

log = logging.getLogger(__name__)

Refused = Callable[[str, str], None]
TRIES_AT_SCREEN = "screen lock of {user}"
"""Under this name wrong patterns and digits at the screen are counted: they lock neither password nor network."""


class Logins:
    """Checks secrets and begins sessions. Takes its time: never call from an event loop."""

    def __init__(
        self,
        store: AccountStore,
        settings: Settings,
        people: People,
        directory: Directory,
        gate: Gate,
        blocks: Blocks,
        sessions: Sessions,
        locks: ScreenLocks,
        second: SecondFactors,
        codes: RecoveryCodes,
        turnstile: Turnstile,
        lockout: Lockout,
    ) -> None:
        self._store = store
        self._settings = settings
        self._people = people
        self._directory = directory
        self._gate = gate
        self._blocks = blocks
        self._sessions = sessions
        self._locks = locks
        self._second = second
        self._codes = codes
        self._turnstile = turnstile
        self._lockout = lockout
        self.refused: list[Refused] = []
        """Called with the name and the place of every wrong login, in the thread that checked it."""

    def log_in(self, user: str, password: str, door: Door, source: str, code: str = "") -> tuple[str, Login]:
        """Check a password and begin a session; `code` is the second factor, which the network needs where it is set.

        Raises `WrongLogin`, `CodeNeeded`, `WrongSecond`, `LockedOut`, `Blocked`, `Busy`.
        """
        # One name for the lockout, however it was written.
        user, began_s = user[:64].strip().lower(), time.monotonic()
        if not door.is_local:
            if left_s := self._blocks.left_s(user, source):
                raise Blocked(minutes=-(-left_s // 60))
            self._lockout.check(user, source)
        known, person = self._store.credential(user), self._people.person(user)
        fits = self._turnstile.fits(known.record if known else None, password) and known is not None
        if person is not None and person.directory:
            fits = self._directory.fits(user, password)
        # Whoever may not log in learns no more than a guesser.
        if not fits or person is None or not self._gate.lets_in(person, door, source):
            if not door.is_local:
                self._lockout.failed(user, source)
            log.warning("A login was refused at the %s door from %s.", door.name.lower(), source)
            self.tell_refused(user, source)
            if not door.is_local:
                self._directory.refuse_late(began_s)
            raise WrongLogin
        if known is not None and not person.directory and known.weak != (weak := is_weak(password, user)):
            # What is easy to guess was judged by another version, or on another recorder.
            self._store.judge(known, weak=weak)
        if not door.is_local:
            self._check_second(user, code, source)
            self._lockout.passed(user, source)
        if door is Door.SCREEN:
            self._locks.forgive(user)
            self._lockout.passed(TRIES_AT_SCREEN.format(user=user), source)
        return self._begin(user, door, source, directory=person.directory)

    def log_in_at_screen(self, user: str, secret: str) -> tuple[str, Login]:
        """Check a pattern or six digits, at the screen alone; raises `WrongScreenLock`, `TriedTooOften`, `Busy`."""
        user, source = user[:64].strip().lower(), Door.SCREEN.value
        tries = TRIES_AT_SCREEN.format(user=user)
        self._lockout.check(tries, source, everywhere=False)
        fits = self._locks.fits(user, secret)
        if not fits or not self._gate.lets_in_by_name(user, Door.SCREEN, source):
            self._lockout.failed(tries, source, everywhere=False)
            self.tell_refused(user, source)
            raise WrongScreenLock
        self._lockout.passed(tries, source)
        return self._begin(user, Door.SCREEN, source)

    def tell_refused(self, user: str, source: str) -> None:
        """Tell who listens of a wrong login."""
        for listener in self.refused:
            listener(user, source)

    def _begin(self, user: str, door: Door, source: str, *, directory: bool = False) -> tuple[str, Login]:
        with self._settings.together():
            person = self._people.person(user)
            if directory and (person is None or not person.directory):
                # Meanwhile the recorder has a user of this name: he is somebody else (A19).
                raise WrongLogin
            self._settings.noted("session", user, _("begun"), Author(user, f"{door.value}:{source}"))
            return self._sessions.begin(user, door, source)

    def _check_second(self, user: str, code: str, source: str) -> None:
        """Ask for the second factor where there is one; wrong ones count as wrong passwords (A16)."""
        if not self._second.is_on(user):
            return
        if not code:
            raise CodeNeeded
        if self._second.spend(user, code) or self._codes.spend(user, code):
            return
        self._lockout.failed(user, source)
        self.tell_refused(user, source)
        raise WrongSecond
