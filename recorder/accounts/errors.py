"""How a login is refused, in words that tell an owner what to do and a guesser nothing."""

from recorder.client.errors import NightjarError
from recorder.client.words import _


class NotLoggedIn(NightjarError):
    """Nobody is logged in here, or the session is over."""

    status = 401
    words = _("Log in first.")


class WrongLogin(NightjarError):
    """User and password do not belong together."""

    status = 401
    words = _("User or password is wrong.")


class LockedOut(NightjarError):
    """Too many wrong passwords from one place, or for one account over the network."""

    status = 429
    words = _("Too many wrong tries. Wait {seconds} s, or log in at the recorder itself.")


class Busy(NightjarError):
    """More logins wait than can be checked."""

    status = 429
    words = _("Too many logins at once. Try again in a few seconds.")


class BadPassword(NightjarError):
    """A new password that does not keep the rules."""

    status = 422
    words = _("A password needs {allowed}.")

    def __init__(self) -> None:
        self.field = "password"
        self.allowed = _("8 to 128 printable characters")
        super().__init__(allowed=self.allowed)


class AlreadySetUp(NightjarError):
    """The administrator's password was set before."""

    status = 409
    words = _("The recorder is set up already. Log in with the administrator's password.")


class WrongCode(NightjarError):
    """The set-up code does not fit."""

    status = 403
    words = _("The set-up code is wrong. It was shown when the recorder started; a restart shows a new one.")
