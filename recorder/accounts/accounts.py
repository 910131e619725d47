"""Who may in: the first administrator, and logins. Checking passwords takes its time: never call from an event loop."""

import logging
import secrets
import threading
from typing import TYPE_CHECKING

from recorder.accounts.caller import Caller, Door, Role
from recorder.accounts.errors import AlreadySetUp, Busy, WrongCode, WrongLogin
from recorder.accounts.lockout import Lockout
from recorder.accounts.password import Passwords, check_new
from recorder.accounts.sessions import Login, Sessions
from recorder.accounts.store import Account, AccountStore
from recorder.client.clock import Clock

if TYPE_CHECKING:
    from collections.abc import Callable

log = logging.getLogger(__name__)

ADMIN = "admin"
SETUP = "set-up code"
"""Under this name, which no account can have, wrong codes are counted."""
# No 0 and O, 1, I and L: read off a screen and typed.
CODE_LETTERS = "23456789ABCDEFGHJKMNPQRSTUVWXYZ"
CODE_LENGTH = 8
AT_ONCE = 2
WAITING = 16


class Accounts:
    """Accounts, sessions and lockout of one recorder."""

    def __init__(self, store: AccountStore, clock: Clock, passwords: Passwords | None = None) -> None:
        self.sessions = Sessions(store, clock)
        self._store = store
        self._clock = clock
        self._passwords = passwords or Passwords()
        self._lockout = Lockout(store, clock)
        self._code = ""
        self._queue = threading.BoundedSemaphore(WAITING)
        self._slots = threading.BoundedSemaphore(AT_ONCE)
        self._set_up_lock = threading.Lock()
        self.refused: list[Callable[[str, str], None]] = []
        """Called with the name and the place of every wrong login, in the thread that checked it."""

    def needs_setup(self) -> bool:
        """Whether nobody has set the administrator's password yet."""
        return self._store.is_empty()

    def new_code(self) -> str:
        """Make a set-up code, which makes the one before void; only its hash is kept, and only in memory."""
        letters = "".join(secrets.choice(CODE_LETTERS) for _each in range(CODE_LENGTH))
        self._code = self._passwords.record(letters)
        return f"{letters[:4]}-{letters[4:]}"

    def set_up(self, password: str, code: str, door: Door, source: str) -> tuple[str, Login]:
        """Make the administrator and log in; over the network only with the set-up code.

        Raises `AlreadySetUp`, `BadPassword`, `WrongCode`, `LockedOut`, `Busy`.
        """
        if not self.needs_setup():
            raise AlreadySetUp
        check_new(password)
        if not door.is_local:
            self._lockout.check(SETUP, source)
            typed = code.upper().replace("-", "").replace(" ", "")
            if not self._fits(self._code or None, typed):
                self._lockout.failed(SETUP, source)
                raise WrongCode
        self.make_administrator(password)
        return self.sessions.begin(ADMIN, Role.ADMIN, door, source)

    def make_administrator(self, password: str) -> None:
        """Make the first account; raises `AlreadySetUp`, `BadPassword`."""
        check_new(password)
        record = self._passwords.record(password)
        with self._set_up_lock:
            if not self.needs_setup():
                raise AlreadySetUp
            self._store.add(Account(ADMIN, Role.ADMIN.value, record, self._clock.now_us()))
            self._code = ""
        log.info("The administrator's password was set.")

    def log_in(self, user: str, password: str, door: Door, source: str) -> tuple[str, Login]:
        """Check a password and begin a session; raises `WrongLogin`, `LockedOut`, `Busy`."""
        user = user[:64]
        if not door.is_local:
            self._lockout.check(user, source)
        account = self._store.account(user)
        if not self._fits(account.record if account else None, password) or account is None:
            if not door.is_local:
                self._lockout.failed(user, source)
            log.warning("A login was refused at the %s door from %s.", door.name.lower(), source)
            for listener in self.refused:
                listener(user, source)
            raise WrongLogin
        if not door.is_local:
            self._lockout.passed(user, source)
        return self.sessions.begin(account.name, Role(account.role), door, source)

    def log_out(self, caller: Caller) -> None:
        """End the caller's session."""
        if caller.token_hash:
            self.sessions.end(caller.token_hash)

    def _fits(self, record: str | None, password: str) -> bool:
        # Each check takes 64 MiB: a flood of logins is turned away before it costs memory.
        if not self._queue.acquire(blocking=False):
            raise Busy
        try:
            with self._slots:
                return self._passwords.fits(record, password)
        finally:
            self._queue.release()
