"""How a login is refused, in words that tell an owner what to do and a guesser nothing."""

from recorder.client.errors import NightjarError
from recorder.client.words import _
from recorder.settings.errors import BadSetting


class NotLoggedIn(NightjarError):
    """Nobody is logged in here, or the session is over."""

    status = 401
    words = _("Log in first.")


class WrongLogin(NightjarError):
    """User and password do not belong together."""

    status = 401
    words = _("User or password is wrong.")


class CodeNeeded(NightjarError):
    """The password was right, and a second factor is asked for."""

    status = 401
    words = _("Enter the six digits that your authenticator shows, or a one-time code.")


class WrongSecond(NightjarError):
    """The second factor does not fit."""

    status = 401
    words = _("This code does not count. Each counts once; wait for the next one, and see that both clocks are right.")


class WrongScreenLock(NightjarError):
    """Pattern or digits at the screen are wrong."""

    status = 401
    words = _("That is not it. Try again, or log in with the password.")


class BadScreenLock(NightjarError):
    """A pattern or digits that are too easy."""

    status = 422
    words = _("A pattern needs at least four dots, a PIN six digits that are neither all alike nor in a row.")


class Blocked(NightjarError):
    """Somebody was thrown out for a time."""

    status = 403
    words = _("This user is kept out from here for another {minutes} min. Ask who looks after the recorder.")


class KeyNotHeld(NightjarError):
    """The reset key was not held just now, or the owner lets it do nothing."""

    status = 409
    words = _("Hold the reset key of the recorder for five seconds while it runs, then try again within ten minutes.")


class StickNotIn(NightjarError):
    """No stick is in that lets back in, or the owner lets none do so."""

    status = 409
    words = _("Push in the recovery stick of this recorder. It counts once, and only the one that was made last.")


class NoAdministrator(NightjarError):
    """With reset key or stick only an administrator's password is set."""

    status = 422
    words = _("This is no administrator of the recorder. An administrator sets the passwords of other users.")


class WrongRecovery(NightjarError):
    """Code or answers do not belong to the user."""

    status = 403
    words = _("That does not fit. A code counts once; ask who looks after the recorder for another password.")


class BadAnswers(NightjarError):
    """Answers that would be no way back in."""

    status = 422
    words = _("Answer {asked} questions, each otherwise and with at least {shortest} letters.")


class LockedOut(NightjarError):
    """Too many wrong passwords from one place, or for one account over the network."""

    status = 429
    words = _("Too many wrong tries. Wait {seconds} s, or log in at the recorder itself.")


class TriedTooOften(LockedOut):
    """Too many wrong tries at the screen of what is easier to guess than a password."""

    words = _("Too many wrong tries. Wait {seconds} s, or log in with the password.")


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


class SamePassword(NightjarError):
    """A new password that is the old one."""

    status = 422
    words = _("This is the password that you have. Choose another one.")


class AlreadySetUp(NightjarError):
    """The administrator's password was set before."""

    status = 409
    words = _("The recorder is set up already. Log in with the administrator's password.")


class WrongCode(NightjarError):
    """The set-up code does not fit."""

    status = 403
    words = _("The set-up code is wrong. It was shown when the recorder started; a restart shows a new one.")


class BadName(NightjarError):
    """A name that no user or group can have."""

    status = 422
    words = _("Names are made of 1 to 32 small letters, digits, dots, dashes and underscores; some are taken.")


class UnknownGroup(BadSetting):
    """A user must be in a group that is there."""

    def __init__(self, group: str) -> None:
        problem = _("there is no group named {group}.").format(group=group)
        super().__init__(field="group", title=_("Group"), problem=problem)


class MoreThanOwn(NightjarError):
    """Somebody wants to give a right that he lacks, or to change somebody who has more."""

    status = 403
    words = _("Nobody can give more rights than he has, or change a user who has more.")


class LastAdministrator(NightjarError):
    """Nobody would be left who may all."""

    status = 409
    words = _("One user must stay who may log in at any time and may all. Make another one first.")


class StandingGroup(NightjarError):
    """The groups that are always there stay, and administrators may all."""

    status = 409
    words = _("The group {group} is always there, and administrators may everything.")


class UsedGroup(NightjarError):
    """There are users in a group that is to go."""

    status = 409
    words = _("Users are in this group: {users}. Put them into another one first.")
