"""Who may in, put together: users, what they log in with, their sessions, and the caller that each call comes from."""

from collections.abc import Callable, Sequence
from pathlib import Path

from recorder.accounts.api_keys import PREFIX
from recorder.accounts.blocks import Blocks
from recorder.accounts.caller import Caller, Door, Role
from recorder.accounts.directory import Directory
from recorder.accounts.errors import MoreThanOwn, WrongLogin
from recorder.accounts.first_run import FirstRun
from recorder.accounts.gate import Gate
from recorder.accounts.lockout import Lockout
from recorder.accounts.logins import Logins
from recorder.accounts.own_credentials import OwnCredentials
from recorder.accounts.password import Passwords
from recorder.accounts.password_changes import PasswordChanges
from recorder.accounts.people import DAY_US, People
from recorder.accounts.programs import Programs
from recorder.accounts.questions import Questions
from recorder.accounts.recovery import Recovery
from recorder.accounts.recovery_codes import RecoveryCodes
from recorder.accounts.recovery_stick import RecoveryStick
from recorder.accounts.reset_key import ResetKey
from recorder.accounts.resets import Resets
from recorder.accounts.screen_locks import ScreenLocks
from recorder.accounts.second_factors import SecondFactors
from recorder.accounts.sessions import Login, Sessions
from recorder.accounts.store import AccountStore, Credential
from recorder.accounts.stream_users import StreamUsers
from recorder.accounts.turnstile import Turnstile
from recorder.client.clock import Clock
from recorder.client.errors import Invalid, NightjarError, NotFound
from recorder.client.words import _
from recorder.settings.pages.login_rules import LoginRules
from recorder.settings.pages.user import User
from recorder.settings.rights import FULL, NONE
from recorder.settings.settings import Author, Changed, Settings

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
        self.narrowed: Callable[[], object] = lambda: None
        """Called when somebody was thrown out: what he was granted must end too."""
        self._settings = settings
        self._store = store
        self._clock = clock
        self._kept_rules: LoginRules | None = None
        settings.listen(self._settings_changed)
        self.sessions = Sessions(store, clock)
        self.people = People(settings, store.holders, self._forget)
        self.people.named = self.sessions.end_all
        self.directory = Directory(settings, clock, helper)
        self.people.groups_of = self.directory.groups
        self.blocks = Blocks(store, clock)
        self.second = SecondFactors(store, settings.seal, clock)
        self.lockout = lockout = Lockout(store, clock, self._rules)
        turnstile = Turnstile(passwords or Passwords())
        self.locks = ScreenLocks(store, turnstile)
        codes, questions = RecoveryCodes(store, clock), Questions(store, turnstile)
        key = ResetKey(clock, lambda: self._login_rules().reset_key)
        stick = RecoveryStick(store, settings.seal, clock, lambda: self._login_rules().recovery_stick)
        self.recovery = Recovery(codes, questions, Resets(store, clock), key, stick, lockout)
        self._gate = Gate(store, self.people, self.blocks, settings, clock)
        self.logins = Logins(
            store,
            settings,
            self.people,
            self.directory,
            self._gate,
            self.blocks,
            self.sessions,
            self.locks,
            self.second,
            codes,
            turnstile,
            lockout,
        )
        self.passwords = PasswordChanges(
            store,
            settings,
            self.people,
            self.sessions,
            self.locks,
            turnstile,
            lockout,
            clock,
            self.logins.tell_refused,
            self._narrowed,
        )
        self.stream_users = StreamUsers(settings, self.people, lockout, clock, self.logins.tell_refused)
        self.programs = Programs(store, self.people, self._gate, settings, clock, self._narrowed)
        self.recovery.let_in = self._gate.lets_in_by_name
        self.recovery.set_anew = self.passwords.set_anew
        self.recovery.refused = self.logins.tell_refused
        self.recovery.administers = self._administers
        self.recovery.asks = lambda: self._login_rules().questions
        self.own = OwnCredentials(self.recovery, self.locks, self.second, settings, self.passwords.check_settled)
        self.first_run = FirstRun(store, self.people, self.sessions, turnstile, lockout, clock)
        self.first_run.take_over()

    def caller(self, token: str, door: Door, source: str) -> Caller | None:
        """Give the caller that a token stands for at this door; None where it stands for nobody (any more)."""
        if token.startswith(PREFIX):
            return self.programs.caller(token, door, source)
        login = self.sessions.find(token, door)
        return self._caller(login, source) if login is not None else None

    def again_of(self, login: Login) -> Caller:
        """Give the caller of a session that has just begun; raises `WrongLogin` where it is over already."""
        found = self._caller(login, login.source)
        if found is None:
            raise WrongLogin
        return found

    def again(self, caller: Caller) -> Caller | None:
        """Give a caller as he stands now, for what goes on after his call; asking is no sign of life."""
        if caller.key:
            return self.programs.again(caller)
        login = self.sessions.living(caller.token_hash)
        return self._caller(login, caller.source) if login is not None else None

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
        """Let a user in again from a place, whether he was thrown out there or must wait after wrong tries.

        Raises `NotFound`, `MoreThanOwn`; a name that no user has is set free by who may everything.
        """
        known = self.people.person(user) is not None
        if known:
            self.people.check_reach(author, user)
        elif author.rights is not None and not author.rights.cover(FULL):
            raise MoreThanOwn
        thrown_out, waits = self.blocks.end(user, source), self.lockout.end(user, source)
        if not thrown_out and not waits:
            raise NotFound(what=_("user {user} who is kept out from there").format(user=user))
        words = _("let in again from {source}").format(source=source)
        self._settings.remark(User, user if known else "", "session", words, author)

    def drop_second(self, user: str, author: Author) -> None:
        """Ask a user for no second factor any more, as when his phone is lost; raises `NotFound`, `MoreThanOwn`."""
        with self._settings.together():
            self.people.check_power(author, user)
            self._settings.remark(User, user, "second_factor", _("removed"), author)
            self.second.forget(user)

    def log_out(self, caller: Caller) -> None:
        """End the caller's session."""
        if caller.token_hash:
            self._settings.noted(
                "session", caller.name, _("ended"), Author(caller.name, f"{caller.door.value}:{caller.source}")
            )
            self.sessions.end(caller.token_hash)

    def credential(self, name: str) -> Credential | None:
        """Give what is kept of a user's password; None where he has none."""
        return self._store.credential(name)

    def must_change(self, name: str) -> bool:
        """Whether a user has to set a password of his own before anything else."""
        known = self._store.credential(name)
        return known is not None and known.must_change

    def _caller(self, login: Login, source: str) -> Caller | None:
        person = self.people.person(login.user)
        if person is None or not self._gate.lets_in(person, login.door, source):
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

    def _administers(self, name: str) -> bool:
        """Whether it is a user of the recorder with a password who may everything, at any time."""
        person = self.people.person(name)
        known = self._store.credential(name) is not None
        return person is not None and known and person.is_administrator and not person.directory

    def _is_old(self, known: Credential, at_us: int) -> bool:
        """Whether a password had lasted too long when somebody logged in; his session goes on to its end."""
        days = self._login_rules().password_days
        return days > 0 and at_us - known.set_us > days * DAY_US

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

    def _rules(self) -> tuple[int, int]:
        rules = self._login_rules()
        return rules.tries, rules.lock_s

    def _settings_changed(self, changed: Sequence[Changed]) -> None:
        if any(one.page == LoginRules.about.name for one in changed):
            self._kept_rules = None

    def _narrowed(self) -> None:
        self.narrowed()

    def _forget(self, name: str) -> None:
        self.sessions.end_all(name)
        self.blocks.forget(name)
        self._store.forget(name)
