"""The first administrator: his password is set once, at the recorder, or over the network with the set-up code."""

import logging
import threading

from recorder.accounts.caller import Door
from recorder.accounts.errors import AlreadySetUp, WrongCode
from recorder.accounts.lockout import Lockout
from recorder.accounts.password import check_new
from recorder.accounts.people import People
from recorder.accounts.recovery_codes import LETTERS, plain, written
from recorder.accounts.sessions import Login, Sessions
from recorder.accounts.store import AccountStore, Credential
from recorder.accounts.turnstile import Turnstile
from recorder.client.clock import Clock
from recorder.client.strength import is_weak

log = logging.getLogger(__name__)

ADMIN = "admin"
SETUP = "set-up code"
"""Under this name, which no account can have, wrong codes are counted."""
CODE_LENGTH = 8


class FirstRun:
    """What is done once in the life of a recorder. The set-up code lives as long as the process."""

    def __init__(
        self,
        store: AccountStore,
        people: People,
        sessions: Sessions,
        turnstile: Turnstile,
        lockout: Lockout,
        clock: Clock,
    ) -> None:
        self._store = store
        self._people = people
        self._sessions = sessions
        self._turnstile = turnstile
        self._lockout = lockout
        self._clock = clock
        self._code = ""
        self._lock = threading.Lock()

    def is_due(self) -> bool:
        """Whether nobody has set the administrator's password yet."""
        return self._store.is_empty()

    def new_code(self) -> str:
        """Make a set-up code, which makes the one before void; only its hash is kept, and only in memory."""
        code = written(LETTERS, CODE_LENGTH)
        self._code = self._turnstile.record(plain(code))
        return code

    def set_up(self, password: str, code: str, door: Door, source: str) -> tuple[str, Login]:
        """Make the administrator and log in; over the network only with the set-up code.

        Raises `AlreadySetUp`, `BadPassword`, `WrongCode`, `LockedOut`, `Busy`.
        """
        if not self.is_due():
            raise AlreadySetUp
        check_new(password)
        self.check_code(code, door, source)
        self.make_administrator(password)
        return self._sessions.begin(ADMIN, door, source)

    def check_code(self, code: str, door: Door, source: str) -> None:
        """See that who sets it up over the network knows the set-up code; raises `WrongCode`, `LockedOut`, `Busy`."""
        if door.is_local:
            return
        self._lockout.check(SETUP, source)
        if not self._turnstile.fits(self._code or None, plain(code)):
            self._lockout.failed(SETUP, source)
            raise WrongCode

    def make_administrator(self, password: str) -> None:
        """Make the first account; raises `AlreadySetUp`, `BadPassword`."""
        check_new(password)
        record = self._turnstile.record(password)
        with self._lock:
            if not self.is_due():
                raise AlreadySetUp
            self._people.make_administrator(ADMIN)
            self._store.keep(Credential(ADMIN, record, self._clock.now_us(), weak=is_weak(password, ADMIN)))
            self._code = ""
        log.info("The administrator's password was set.")

    def take_over(self) -> None:
        """Bring passwords and users together: what an older version or a power cut between the two left."""
        for name in self._store.holders():
            if self._people.person(name) is None:
                if name == ADMIN:
                    self._people.make_administrator(name)
                else:
                    self._store.forget(name)
