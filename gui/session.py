"""Who is logged in on the screen, and the way to log in before something protected opens."""

import logging
from typing import TYPE_CHECKING

from gui.toolkit.screen import Screen
from recorder.client.api import ApiClient, ApiError
from recorder.client.clock import SECOND_US
from recorder.client.errors import NightjarError

if TYPE_CHECKING:
    from collections.abc import Callable

log = logging.getLogger(__name__)
LOOK_S = 10.0
"""How often is looked whether nobody has used the screen for long."""
DEFAULT_IDLE_MIN = 10
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
        self.idle_min = DEFAULT_IDLE_MIN
        """Minutes without input until nobody is logged in any more; 0 is never."""
        self.on_change: Callable[[], object] | None = None
        screen.after(LOOK_S, self._look)

    @property
    def logged_in(self) -> bool:
        """Whether somebody is."""
        return bool(self.user)

    def log_in(self, user: str, password: str) -> None:
        """Log in; raises `NightjarError`. On a worker thread."""
        found = self.api.log_in(user, password)
        self.must_change = found.must_change
        self._entered(found.user)

    def set_up(self, password: str) -> None:
        """Set the administrator's password and log in; raises `NightjarError`. On a worker thread."""
        self._entered(self.api.set_up(password).user)

    def _entered(self, user: str) -> None:
        self.user = self.last_user = user
        try:
            values = self.api.page("general").values
            minutes = values.get("idle_logout_min", DEFAULT_IDLE_MIN)
            self.idle_min = minutes if isinstance(minutes, int) and minutes >= 0 else DEFAULT_IDLE_MIN
        except NightjarError:
            log.info("the idle time is unknown; taking %d min", self.idle_min)
        self._changed()

    def log_out(self) -> None:
        """Leave: the token is forgotten at once, control is told by a worker."""
        if not self.user:
            return
        self.user = ""
        gone = ApiClient(self.api.path, self.api.token)
        self.api.token = ""
        top = self.screen.navigator.top
        if top is not None:
            self.screen.work(top, gone.log_out, failed=lambda error: log.info("logging out: %s", error))
        self._changed()

    def expired(self, error: Exception) -> bool:
        """Say whether an error means that the login is over, and if so forget it."""
        if isinstance(error, ApiError) and error.http_status == UNAUTHORISED:
            self.user = ""
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
        return any(not one.state.over for one in self.api.exports())

    def _leave(self, exporting: bool) -> None:  # noqa: FBT001
        if not exporting:
            self.screen.navigator.home()
            self.log_out()
