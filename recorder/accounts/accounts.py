"""Who may in: the first administrator, and logins. Checking passwords takes its time: never call from an event loop."""

import logging
import threading
import time
from collections.abc import Callable, Sequence
from pathlib import Path

from recorder.accounts.api_keys import PREFIX, ApiKey, ApiKeys, NewKey
from recorder.accounts.blocks import Blocks
from recorder.accounts.caller import Caller, Door, Role
from recorder.accounts.directory import Directory
from recorder.accounts.errors import (
    AlreadySetUp,
    Blocked,
    CodeNeeded,
    SamePassword,
    WrongCode,
    WrongLogin,
    WrongScreenLock,
    WrongSecond,
)
from recorder.accounts.lockout import Lockout
from recorder.accounts.own_credentials import OwnCredentials
from recorder.accounts.password import Passwords, check_new
from recorder.accounts.people import DAY_US, People, Person
from recorder.accounts.questions import Questions
from recorder.accounts.recovery import Recovery
from recorder.accounts.recovery_codes import LETTERS, RecoveryCodes, plain, written
from recorder.accounts.resets import Resets
from recorder.accounts.screen_locks import ScreenLocks
from recorder.accounts.second_factors import SecondFactors
from recorder.accounts.sessions import Login, Sessions
from recorder.accounts.store import AccountStore, Credential
from recorder.accounts.turnstile import Turnstile
from recorder.client.clock import Clock
from recorder.client.errors import Invalid, NightjarError, NotFound, Refused
from recorder.client.words import _
from recorder.settings.calendar import Calendar
from recorder.settings.pages.login_rules import LoginRules
from recorder.settings.pages.user import LoginHours, User
from recorder.settings.rights import NONE
from recorder.settings.settings import Author, Changed, Settings
from recorder.settings.week import WeekGrid

log = logging.getLogger(__name__)

ADMIN = "admin"
SETUP = "set-up code"
"""Under this name, which no account can have, wrong codes are counted."""
TRIES_AT_SCREEN = "screen lock of {user}"
"""Under this one wrong patterns and digits at the screen are: they lock neither his password nor the network."""
CODE_LENGTH = 8
NO_HELPER = Path("/nonexistent")


class Accounts:
    """Accounts, sessions and lockout of one recorder."""

    def __init__(
        self,
        store: AccountStore,
        settings: Settings,
        clock: Clock,
        passwords: Passwords | None = None,
        helper: Path = NO_HELPER,
    ) -> None:
        """`helper` is the socket of the root helper that asks PAM."""
        self.sessions = Sessions(store, clock)
        self.keys = ApiKeys(store, clock)
        self.people = People(settings, store.holders, self._forget)
        self.directory = Directory(settings, clock, helper)
        self.people.groups_of = self.directory.groups
        self.people.named = self.sessions.end_all
        self._settings = settings
        self._store = store
        self._clock = clock
        self._turnstile = Turnstile(passwords or Passwords())
        self._lockout = Lockout(store, clock, self._rules)
        self._code = ""
        self._kept_rules: LoginRules | None = None
        settings.listen(self._settings_changed)
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
        self.recovery.asks = lambda: self._login_rules().questions
        self.locks = ScreenLocks(store, self._turnstile)
        self.second = SecondFactors(store, settings.seal, clock)
        self.blocks = Blocks(store, clock)
        self.own = OwnCredentials(self.recovery, self.locks, self.second, settings, self._check_settled)
        self._take_over()

    def _login_rules(self) -> LoginRules:
        """The rules as they are now; kept, since they are asked for in every call."""
        found = self._kept_rules
        if found is None:
            try:
                found = self._settings.get(LoginRules)
            except NightjarError:
                # A page that cannot be read must keep nobody out.
                found = LoginRules()
            self._kept_rules = found
        return found

    def _settings_changed(self, changed: Sequence[Changed]) -> None:
        if any(one.page == LoginRules.about.name for one in changed):
            self._kept_rules = None

    def _rules(self) -> tuple[int, int]:
        rules = self._login_rules()
        return rules.tries, rules.lock_s

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

    def log_in(self, user: str, password: str, door: Door, source: str, code: str = "") -> tuple[str, Login]:
        """Check a password and begin a session; `code` is the second factor, which the network needs where it is set.

        Raises `WrongLogin`, `CodeNeeded`, `WrongSecond`, `LockedOut`, `Blocked`, `Busy`.
        """
        # One name for the lockout, however it was written.
        user, began_s = user[:64].strip().lower(), time.monotonic()
        if not door.is_local:
            if left_s := self.blocks.left_s(user, source):
                raise Blocked(minutes=-(-left_s // 60))
            self._lockout.check(user, source)
        known, person = self._store.credential(user), self.people.person(user)
        fits = self._turnstile.fits(known.record if known else None, password) and known is not None
        if person is not None and person.directory:
            fits = self.directory.fits(user, password)
        # Whoever may not log in learns no more than a guesser.
        if not fits or person is None or not self._is_let_in(person, door, source):
            if not door.is_local:
                self._lockout.failed(user, source)
            log.warning("A login was refused at the %s door from %s.", door.name.lower(), source)
            self._tell_refused(user, source)
            if not door.is_local:
                self.directory.refuse_late(began_s)
            raise WrongLogin
        if not door.is_local:
            self._check_second(user, code, source)
            self._lockout.passed(user, source)
        if door is Door.SCREEN:
            self.locks.forgive(user)
            self._lockout.passed(TRIES_AT_SCREEN.format(user=user), source)
        return self._begin(user, door, source, directory=person.directory)

    def log_in_at_screen(self, user: str, secret: str) -> tuple[str, Login]:
        """Check a pattern or six digits, at the screen alone; raises `WrongScreenLock`, `TriedTooOften`, `Busy`."""
        user, source = user[:64].strip().lower(), Door.SCREEN.value
        tries = TRIES_AT_SCREEN.format(user=user)
        self._lockout.check(tries, source, everywhere=False)
        fits = self.locks.fits(user, secret)
        if not fits or not self._may_come_in(user, Door.SCREEN, source):
            self._lockout.failed(tries, source, everywhere=False)
            self._tell_refused(user, source)
            raise WrongScreenLock
        self._lockout.passed(tries, source)
        return self._begin(user, Door.SCREEN, source)

    def _begin(self, user: str, door: Door, source: str, *, directory: bool = False) -> tuple[str, Login]:
        with self._settings.together():
            person = self.people.person(user)
            if directory and (person is None or not person.directory):
                # Meanwhile the recorder has a user of this name: he is somebody else (A19).
                raise WrongLogin
            self._settings.noted("session", user, _("begun"), Author(user, f"{door.value}:{source}"))
            return self.sessions.begin(user, door, source)

    def _check_second(self, user: str, code: str, source: str) -> None:
        """Ask for the second factor where there is one; wrong ones count as wrong passwords (A16)."""
        if not self.second.is_on(user):
            return
        if not code:
            raise CodeNeeded
        if self.second.spend(user, code) or self.recovery.codes.spend(user, code):
            return
        self._lockout.failed(user, source)
        self._tell_refused(user, source)
        raise WrongSecond

    def _tell_refused(self, user: str, source: str) -> None:
        for listener in self.refused:
            listener(user, source)

    def _may_come_in(self, user: str, door: Door, source: str) -> bool:
        person = self.people.person(user)
        known = self._store.credential(user)
        return known is not None and person is not None and self._is_let_in(person, door, source)

    def _is_let_in(self, person: Person, door: Door, source: str) -> bool:
        """Whether somebody may come in now, and from there (A9)."""
        if door is Door.WEB and self.blocks.left_s(person.name, source):
            return False
        return person.is_let_in(door, source, self._shows)

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

    def kick(self, session: str, author: Author, minutes: int = 0) -> None:
        """End somebody's session, and keep him out from its place for a time.

        Raises `NotFound`, `MoreThanOwn` for one who may more than the author, `Invalid` for one at the recorder itself.
        """
        login = next((one for one in self.sessions.all() if one.id == session), None)
        if login is None:
            raise NotFound(what=_("session {id}").format(id=session))
        self.people.check_reach(author, login.user)
        if minutes and login.door is not Door.WEB:
            words = _("Nobody can be kept out before the recorder itself. Log him out, or switch him off.")
            raise Invalid(problem=words)
        words = _("ended, and kept out from {source} for {minutes} min") if minutes else _("ended")
        words = words.format(source=login.source, minutes=minutes)
        self._settings.remark(User, login.user, "session", words, author)
        if minutes:
            self.blocks.begin(login.user, login.source, minutes)
        self.sessions.end(login.hash)
        self.narrowed()

    def unblock(self, user: str, source: str, author: Author) -> None:
        """Let a user in again from a place; raises `NotFound`, `MoreThanOwn`."""
        self.people.check_reach(author, user)
        if not self.blocks.end(user, source):
            raise NotFound(what=_("user {user} who is kept out from there").format(user=user))
        self._settings.remark(User, user, "session", _("let in again from {source}").format(source=source), author)

    def drop_second(self, user: str, author: Author) -> None:
        """Ask a user for no second factor any more, as when his phone is lost; raises `NotFound`, `MoreThanOwn`."""
        with self._settings.together():
            self.people.check_power(author, user)
            self._settings.remark(User, user, "second_factor", _("removed"), author)
            self.second.forget(user)

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
        if not self._is_let_in(person, door, source):
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
        if person is None or not self._is_let_in(person, login.door, source):
            return None
        known = self._store.credential(login.user)
        must_change = known is None or known.must_change or self._is_old(known, login.made_us)
        must_change = must_change and not person.directory
        rights = NONE if must_change else person.rights
        role = Role.ADMIN if person.may_all else Role.USER
        expires_us = self.sessions.expires_us(login)
        oldest_us = person.oldest_us(self._clock.now_us())
        return Caller(
            login.user, role, login.door, source, rights, expires_us, login.hash, oldest_us, must_change=must_change
        )

    def _is_old(self, known: Credential, at_us: int) -> bool:
        """Whether a password had lasted too long when somebody logged in; his session goes on to its end."""
        days = self._login_rules().password_days
        return days > 0 and at_us - known.set_us > days * DAY_US

    def _shows(self, week: WeekGrid[LoginHours]) -> bool:
        """Whether the time on the wall of the recorder is inside a week."""
        return Calendar.of(self._settings).holds(week, self._clock.now_us())

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
        if caller.must_change:
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
                self.locks.forget(name)
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
            if author.who != name:
                # Who knew the pattern must not come in by it where the password was set for a reason.
                self.locks.forget(name)
        self.sessions.end_all(name, session)
        self.narrowed()

    def has_password(self, name: str) -> bool:
        """Whether a user can log in with a password."""
        return self._store.credential(name) is not None

    def _forget(self, name: str) -> None:
        self.sessions.end_all(name)
        self.blocks.forget(name)
        self._store.forget(name)

    def log_out(self, caller: Caller) -> None:
        """End the caller's session."""
        if caller.token_hash:
            self._settings.noted(
                "session", caller.name, _("ended"), Author(caller.name, f"{caller.door.value}:{caller.source}")
            )
            self.sessions.end(caller.token_hash)
