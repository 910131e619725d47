"""Setting passwords: one's own, somebody else's, and that of who has forgotten his (A7, A14)."""

from collections.abc import Callable

from recorder.accounts.caller import Caller
from recorder.accounts.errors import SamePassword, WrongLogin
from recorder.accounts.lockout import Lockout
from recorder.accounts.password import check_new
from recorder.accounts.people import People
from recorder.accounts.screen_locks import ScreenLocks
from recorder.accounts.sessions import Sessions
from recorder.accounts.store import AccountStore, Credential
from recorder.accounts.turnstile import Turnstile
from recorder.client.clock import Clock
from recorder.client.errors import NotFound, Refused
from recorder.client.strength import is_weak
from recorder.client.words import _
from recorder.settings.pages.user import User
from recorder.settings.settings import Author, Settings


class PasswordChanges:
    """Sets passwords with their line in the audit; the sessions of their user end.

    `refused` is called with the name and the place of a wrong one, `narrowed` when what somebody was granted must end.
    """

    def __init__(
        self,
        store: AccountStore,
        settings: Settings,
        people: People,
        sessions: Sessions,
        locks: ScreenLocks,
        turnstile: Turnstile,
        lockout: Lockout,
        clock: Clock,
        refused: Callable[[str, str], None],
        narrowed: Callable[[], object],
    ) -> None:
        self._store = store
        self._settings = settings
        self._people = people
        self._sessions = sessions
        self._locks = locks
        self._turnstile = turnstile
        self._lockout = lockout
        self._clock = clock
        self._refused = refused
        self._narrowed = narrowed

    def change_own(self, caller: Caller, old: str, new: str) -> None:
        """Change the caller's own password; all his other sessions end.

        Raises `WrongLogin`, `BadPassword`, `SamePassword`, `LockedOut`, `Busy`.
        """
        check_new(new)
        self._check_own(caller, old)
        if new == old:
            raise SamePassword
        # Who must change his password may do nothing else yet, but this he may.
        who = Author(caller.name, f"{caller.door.value}:{caller.source}")
        self._set(caller.name, new, caller.token_hash, who)

    def check_settled(self, caller: Caller, password: str) -> None:
        """See that it is still the caller himself who sits there, and that his password is his own.

        Raises `Refused`, `WrongLogin`, `NotFound`, `LockedOut`, `Busy`.
        """
        if caller.must_change:
            raise Refused(what=_("set a password of your own first"))
        self._check_own(caller, password)

    def set_anew(self, name: str, new: str, spend: Callable[[], None], place: str) -> None:
        """Set a password for who has proved himself otherwise (A14); `spend` takes what he proved it with."""
        record = self._turnstile.record(new)
        with self._settings.together():
            self._settings.remark(User, name, "password", _("set anew by recovery"), Author(name, place))
            with self._store.transaction():
                spend()
                self._store.keep(Credential(name, record, self._clock.now_us(), weak=is_weak(new, name)))
                self._locks.forget(name)
        self._sessions.end_all(name)
        self._narrowed()

    def set_password(self, name: str, new: str, author: Author, *, must_change: bool = True) -> None:
        """Set the password of another user; his sessions end. Raises `NotFound`, `MoreThanOwn`, `BadPassword`."""
        check_new(new)
        self._people.check_power(author, name)
        self._set(name, new, "", author, must_change=must_change)

    def _check_own(self, caller: Caller, password: str) -> None:
        """Check the caller's password; wrong tries count as those of a login."""
        if not caller.token_hash:
            raise NotFound(what=_("user who is logged in here"))
        if not caller.door.is_local:
            self._lockout.check(caller.name, caller.source)
        known = self._store.credential(caller.name)
        if not self._turnstile.fits(known.record if known else None, password):
            if not caller.door.is_local:
                self._lockout.failed(caller.name, caller.source)
            self._refused(caller.name, caller.source)
            raise WrongLogin

    def _set(self, name: str, new: str, session: str, author: Author, *, must_change: bool = False) -> None:
        record = self._turnstile.record(new)
        # Held against a change of the user meanwhile, and with its line in the audit or not at all.
        with self._settings.together():
            self._people.check_power(author, name)
            self._settings.remark(User, name, "password", _("set"), author)
            self._store.keep(Credential(name, record, self._clock.now_us(), must_change, is_weak(new, name)))
            if author.who != name:
                # Who knew the pattern must not come in by it where the password was set for a reason.
                self._locks.forget(name)
        self._sessions.end_all(name, session)
        self._narrowed()
