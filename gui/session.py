"""Who is logged in on the screen, and the way to log in before something protected opens."""

import logging
from typing import TYPE_CHECKING

from gui.toolkit.screen import Screen
from recorder.client.answers import Reset, Status
from recorder.client.answers import Session as Entered
from recorder.client.api import ApiClient, ApiError
from recorder.client.clock import SECOND_US
from recorder.client.errors import NightjarError

if TYPE_CHECKING:
    from collections.abc import Callable

log = logging.getLogger(__name__)
LOOK_S = 10.0
"""How often is looked whether nobody has used the screen for long."""
UNAUTHORISED = 401


class Session:
    """The login of the local screen; jobs use `api`, which carries its token. `log_in` and `set_up` block."""

    def __init__(self, api: ApiClient, screen: Screen) -> None:
        self.api = api
        self.screen = screen
        self.user = ""
        self.last_user = "admin"
        self.must_change = False
        """Somebody else set the password that was just typed: nothing is allowed before another one."""
        self.resets: tuple[Reset, ...] = ()
        """Passwords that were reset, and that this user was not told of yet."""
        self.recovery_codes: tuple[str, ...] = ()
        """One-time codes that came with the first password, until they were shown."""
        self._age_us = 0
        self.idle_min = Status.idle_logout_min
        """Minutes without input until nobody is logged in any more; 0 is never. Set by whoever follows control."""
        self.hidden: frozenset[int] | None = None
        """The channels that are not for who is logged in; None: as for nobody."""
        self.on_change: Callable[[], object] | None = None
        screen.after(LOOK_S, self._look)

    @property
    def logged_in(self) -> bool:
        """Whether somebody is."""
        return bool(self.user)

    def log_in(self, user: str, password: str) -> None:
        """Log in; raises `NightjarError`. On a worker thread."""
        self._entered(self.api.log_in(user, password))

    def log_in_at_screen(self, user: str, secret: str) -> None:
        """Log in with a pattern or six digits; raises `NightjarError`. On a worker thread."""
        self._entered(self.api.log_in_at_screen(user, secret))

    def screen_lock(self, user: str) -> str:
        """What a user draws or types in place of his password: `pattern`, `pin`, or nothing. On a worker thread."""
        try:
            return self.api.screen_lock(user)
        except NightjarError as error:
            log.info("only the password is asked for: %s", error)
            return ""

    @property
    def since_us(self) -> int:
        """From when on recordings exist for who is logged in (UTC)."""
        return self.screen.clock.now_us() - self._age_us if self._age_us else 0

    def set_up(self, password: str) -> None:
        """Set the administrator's password and log in; raises `NightjarError`. On a worker thread."""
        self._entered(self.api.set_up(password))

    def _entered(self, found: Entered) -> None:
        self.must_change = found.must_change
        self.resets, self.recovery_codes = found.resets, found.recovery_codes
        self._age_us = self.screen.clock.now_us() - found.since_us if found.since_us else 0
        self.hidden = self._hidden()
        self.user = self.last_user = found.user
        self._mark(found.user if found.watermark else "")
        self._changed()

    def _hidden(self) -> frozenset[int] | None:
        try:
            return frozenset(self.api.status().hidden)
        except NightjarError as error:
            log.info("what is shown after this login is unknown: %s", error)
            return None

    def log_out(self) -> None:
        """Leave: the token is forgotten at once, control is told by a worker."""
        if not self.user:
            return
        self._left()
        gone = ApiClient(self.api.path, self.api.token)
        self.api.token = ""
        top = self.screen.navigator.top
        if top is not None:
            self.screen.work(top, gone.log_out, failed=lambda error: log.info("logging out: %s", error))
        self._changed()

    def _mark(self, words: str) -> None:
        """Lay a name over all pictures, or take it away."""
        if words == self.screen.watermark:
            return
        self.screen.watermark = words

        def draw_again() -> None:
            for page in self.screen.navigator.pages:
                page.invalidate()

        self.screen.post(draw_again)

    def _left(self) -> None:
        self.user, self.hidden = "", None
        self._mark("")
        self.resets, self.recovery_codes, self._age_us = (), (), 0

    def expired(self, error: Exception) -> bool:
        """Say whether an error means that the login is over, and if so forget it."""
        if isinstance(error, ApiError) and error.http_status == UNAUTHORISED:
            self._left()
            self.api.token = ""
            self._changed()
            return True
        return False

    def _changed(self) -> None:
        if self.on_change is not None:
            self.screen.post(self.on_change)

    def _look(self) -> None:
        self.screen.after(LOOK_S, self._look)
        idle_us = self.screen.clock.monotonic_us() - self.screen.last_input_us
        top = self.screen.navigator.top
        if top is not None and self.user and self.idle_min and idle_us > self.idle_min * 60 * SECOND_US:
            # Not in the middle of an export; who may not export has none.
            self.screen.work(top, self._exports, self._leave, lambda _error: self._leave(False))

    def _exports(self) -> bool:
        return any(one.by == self.user and not one.state.over for one in self.api.exports())

    def _leave(self, exporting: bool) -> None:  # noqa: FBT001
        if not exporting:
            self.screen.navigator.home()
            self.log_out()
