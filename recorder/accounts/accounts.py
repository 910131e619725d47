"""Who may in: the first administrator, and logins. Checking passwords takes its time: never call from an event loop."""

import logging
import threading
from collections.abc import Callable
from datetime import datetime
from zoneinfo import ZoneInfo

from recorder.accounts.api_keys import PREFIX, ApiKey, ApiKeys, NewKey
from recorder.accounts.caller import Caller, Door, Role
from recorder.accounts.errors import AlreadySetUp, SamePassword, WrongCode, WrongLogin
from recorder.accounts.lockout import Lockout
from recorder.accounts.own_credentials import OwnCredentials
from recorder.accounts.password import Passwords, check_new
from recorder.accounts.people import People
from recorder.accounts.questions import Questions
from recorder.accounts.recovery import Recovery
from recorder.accounts.recovery_codes import LETTERS, RecoveryCodes, plain, written
from recorder.accounts.resets import Resets
from recorder.accounts.sessions import Login, Sessions
from recorder.accounts.store import AccountStore, Credential
from recorder.accounts.turnstile import Turnstile
from recorder.client.clock import SECOND_US, Clock
from recorder.client.errors import NotFound, Refused
from recorder.client.words import _
from recorder.settings.pages.date_time import DateTime
from recorder.settings.pages.user import User
from recorder.settings.rights import NONE
from recorder.settings.settings import Author, Settings

log = logging.getLogger(__name__)

ADMIN = "admin"
SETUP = "set-up code"
"""Under this name, which no account can have, wrong codes are counted."""
CODE_LENGTH = 8


class Accounts:
    """Accounts, sessions and lockout of one recorder."""

    def __init__(
        self, store: AccountStore, settings: Settings, clock: Clock, passwords: Passwords | None = None
    ) -> None:
        self.sessions = Sessions(store, clock)
        self.keys = ApiKeys(store, clock)
        self.people = People(settings, store.holders, self._forget)
        self._settings = settings
        self._store = store
        self._clock = clock
        self._turnstile = Turnstile(passwords or Passwords())
        self._lockout = Lockout(store, clock)
        self._code = ""
        self._set_up_lock = threading.Lock()
        self.refused: list[Callable[[str, str], None]] = []
        """Called with the name and the place of every wrong login, in the thread that checked it."""
        self.narrowed: Callable[[], object] = lambda: None
        """Called when somebody was thrown out: what he was granted must end too."""
        questions = Questions(store, self._turnstile)
        self.recovery = Recovery(RecoveryCodes(store, clock), questions, Resets(store, clock), self._lockout)
        self.recovery.let_in = self._may_come_in
        self.recovery.set_anew = self._recovered
        self.recovery.refused = self._tell_refused
        self.own = OwnCredentials(self.recovery, settings, self._check_settled)
        self._take_over()

    def _take_over(self) -> None:
        """Bring passwords and users together: what an older version or a power cut between the two left."""
        for name in self._store.holders():
            if self.people.person(name) is None:
                if name == ADMIN:
                    self.people.make_administrator(name)
                else:
                    self._store.forget(name)

    def needs_setup(self) -> bool:
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
        if not self.needs_setup():
            raise AlreadySetUp
        check_new(password)
        if not door.is_local:
            self._lockout.check(SETUP, source)
            if not self._turnstile.fits(self._code or None, plain(code)):
                self._lockout.failed(SETUP, source)
                raise WrongCode
        self.make_administrator(password)
        return self.sessions.begin(ADMIN, door, source)

    def make_administrator(self, password: str) -> None:
        """Make the first account; raises `AlreadySetUp`, `BadPassword`."""
        check_new(password)
        record = self._turnstile.record(password)
        with self._set_up_lock:
            if not self.needs_setup():
                raise AlreadySetUp
            self.people.make_administrator(ADMIN)
            self._store.keep(Credential(ADMIN, record, self._clock.now_us()))
            self._code = ""
        log.info("The administrator's password was set.")

    def log_in(self, user: str, password: str, door: Door, source: str) -> tuple[str, Login]:
        """Check a password and begin a session; raises `WrongLogin`, `LockedOut`, `Busy`."""
        # One name for the lockout, however it was written.
        user = user[:64].strip().lower()
        if not door.is_local:
            self._lockout.check(user, source)
        known, person = self._store.credential(user), self.people.person(user)
        fits = self._turnstile.fits(known.record if known else None, password)
        # Whoever may not log in learns no more than a guesser.
        if not fits or known is None or person is None or not person.is_let_in(door, source, self._local_now):
            if not door.is_local:
                self._lockout.failed(user, source)
            log.warning("A login was refused at the %s door from %s.", door.name.lower(), source)
            self._tell_refused(user, source)
            raise WrongLogin
        if not door.is_local:
            self._lockout.passed(user, source)
        self._settings.noted("session", user, _("begun"), Author(user, f"{door.value}:{source}"))
        return self.sessions.begin(user, door, source)

    def _tell_refused(self, user: str, source: str) -> None:
        for listener in self.refused:
            listener(user, source)

    def _may_come_in(self, user: str, door: Door, source: str) -> bool:
        person = self.people.person(user)
        known = self._store.credential(user)
        return known is not None and person is not None and person.is_let_in(door, source, self._local_now)

    def caller(self, token: str, door: Door, source: str) -> Caller | None:
        """Give the caller that a token stands for at this door; None where it stands for nobody (any more)."""
        if token.startswith(PREFIX):
            return self._program(self.keys.find(token), door, source)
        login = self.sessions.find(token, door)
        return self._caller(login, source) if login is not None else None

    def again_of(self, login: Login) -> Caller:
        """Give the caller of a session that has just begun; raises `WrongLogin` where it is over already."""
        found = self._caller(login, login.source)
        if found is None:
            raise WrongLogin
        return found

    def kick(self, session: str, author: Author) -> None:
        """End somebody's session; raises `NotFound`, and `MoreThanOwn` for one who may more than the author."""
        login = next((one for one in self.sessions.all() if one.id == session), None)
        if login is None:
            raise NotFound(what=_("session {id}").format(id=session))
        self.people.check_power(author, login.user)
        self._settings.remark(User, login.user, "session", _("ended"), author)
        self.sessions.end(login.hash)
        self.narrowed()

    def again(self, caller: Caller) -> Caller | None:
        """Give a caller as he stands now, for what goes on after his call; asking is no sign of life."""
        if caller.key:
            return self._program(self.keys.living(caller.key), caller.door, caller.source)
        login = self.sessions.living(caller.token_hash)
        return self._caller(login, caller.source) if login is not None else None

    def _program(self, key: ApiKey | None, door: Door, source: str) -> Caller | None:
        """Give the caller of a key, which is of use over the network alone (A13)."""
        person = self.people.person(key.user) if key is not None else None
        if key is None or person is None or door is not Door.WEB or self.must_change(key.user):
            return None
        if not person.is_let_in(door, source, self._local_now):
            return None
        rights = person.rights.within(key.rights)
        oldest_us = person.oldest_us(self._clock.now_us())
        return Caller(key.user, Role.USER, door, source, rights, key.ends_us, "", oldest_us, key.id)

    def make_key(self, user: str, wanted: NewKey, author: Author) -> tuple[str, ApiKey]:
        """Make a key for a user and give its token; raises `NotFound`, `MoreThanOwn`, `TooManyKeys`."""
        with self._settings.together():
            self.people.check_power(author, user)
            token, made = self.keys.make(user, wanted)
            self._settings.remark(User, user, "api_key", _("{title} made").format(title=wanted.title), author)
        return token, made

    def keys_of(self, user: str, author: Author) -> list[ApiKey]:
        """Give the keys of a user; raises `NotFound`, `MoreThanOwn`."""
        self.people.check_power(author, user)
        return self.keys.of(user)

    def remove_key(self, user: str, key: str, author: Author) -> None:
        """Remove a key of a user; raises `NotFound`, `MoreThanOwn`."""
        with self._settings.together():
            self.people.check_power(author, user)
            if not self.keys.remove(user, key):
                raise NotFound(what=_("key {id}").format(id=key))
            self._settings.remark(User, user, "api_key", _("{id} removed").format(id=key), author)
        self.narrowed()

    def _caller(self, login: Login, source: str) -> Caller | None:
        person = self.people.person(login.user)
        if person is None or not person.is_let_in(login.door, source, self._local_now):
            return None
        known = self._store.credential(login.user)
        rights = NONE if known is None or known.must_change else person.rights
        role = Role.ADMIN if person.may_all else Role.USER
        expires_us = self.sessions.expires_us(login)
        oldest_us = person.oldest_us(self._clock.now_us())
        return Caller(login.user, role, login.door, source, rights, expires_us, login.hash, oldest_us)

    def _local_now(self) -> datetime:
        """The time on the wall of the recorder."""
        zone = ZoneInfo(self._settings.get(DateTime).zone)
        return datetime.fromtimestamp(self._clock.now_us() / SECOND_US, zone)

    def must_change(self, name: str) -> bool:
        """Whether a user has to set a password of his own before anything else."""
        known = self._store.credential(name)
        return known is not None and known.must_change

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

    def _check_own(self, caller: Caller, password: str) -> None:
        """See that it is still the caller himself who sits there; wrong tries count as those of a login."""
        if not caller.token_hash:
            raise NotFound(what=_("user who is logged in here"))
        if not caller.door.is_local:
            self._lockout.check(caller.name, caller.source)
        known = self._store.credential(caller.name)
        if not self._turnstile.fits(known.record if known else None, password):
            if not caller.door.is_local:
                self._lockout.failed(caller.name, caller.source)
            self._tell_refused(caller.name, caller.source)
            raise WrongLogin

    def _check_settled(self, caller: Caller, password: str) -> None:
        """As `_check_own`; who must set a password of his own does that first."""
        if self.must_change(caller.name):
            raise Refused(what=_("set a password of your own first"))
        self._check_own(caller, password)

    def _recovered(self, name: str, new: str, spend: Callable[[], None], place: str) -> None:
        """Set a password for who has proved himself otherwise (A14)."""
        record = self._turnstile.record(new)
        with self._settings.together():
            self._settings.remark(User, name, "password", _("set anew by recovery"), Author(name, place))
            with self._store.transaction():
                spend()
                self._store.keep(Credential(name, record, self._clock.now_us()))
        self.sessions.end_all(name)
        self.narrowed()

    def set_password(self, name: str, new: str, author: Author, *, must_change: bool = True) -> None:
        """Set the password of another user; his sessions end. Raises `NotFound`, `MoreThanOwn`, `BadPassword`."""
        check_new(new)
        self.people.check_power(author, name)
        self._set(name, new, "", author, must_change=must_change)

    def _set(self, name: str, new: str, session: str, author: Author, *, must_change: bool = False) -> None:
        record = self._turnstile.record(new)
        # Held against a change of the user meanwhile, and with its line in the audit or not at all.
        with self._settings.together():
            self.people.check_power(author, name)
            self._settings.remark(User, name, "password", _("set"), author)
            self._store.keep(Credential(name, record, self._clock.now_us(), must_change))
        self.sessions.end_all(name, session)
        self.narrowed()

    def has_password(self, name: str) -> bool:
        """Whether a user can log in with a password."""
        return self._store.credential(name) is not None

    def _forget(self, name: str) -> None:
        self.sessions.end_all(name)
        self._store.forget(name)

    def log_out(self, caller: Caller) -> None:
        """End the caller's session."""
        if caller.token_hash:
            self.sessions.end(caller.token_hash)
