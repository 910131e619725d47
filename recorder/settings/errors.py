"""How a change of settings is refused: with the field, and with what would have been allowed."""

from recorder.client.errors import NightjarError
from recorder.client.words import _


class BadSetting(NightjarError):
    """A value that a field does not take. `field` is its name, with dots into its parts; `allowed` is for people."""

    status = 422
    words = _("{title}: {problem}")

    def __init__(self, *, field: str, title: str, problem: str, allowed: str = "") -> None:
        super().__init__(field=field, title=title, problem=problem, allowed=allowed)
        self.field = field
        self.allowed = allowed


class OutOfRange(BadSetting):
    """A value outside of the range or the choices of its field."""

    words = _("{title}: {problem} Allowed: {allowed}.")


class UnknownSetting(BadSetting):
    """A field that the page does not have."""

    words = _("There is no setting named {field} here.")


class ReadOnlySetting(BadSetting):
    """A field that this machine does not let us change."""

    status = 409
    words = _("{title} is set by the operating system of this computer, not by the recorder.")


class Conflict(NightjarError):
    """Somebody else changed the page since it was read."""

    status = 412
    words = _("The page was changed by somebody else meanwhile. Look at it again, then change it.")


class KeepsLess(NightjarError):
    """What is kept until now would go for good, and nobody has agreed to it yet (D-RULE-12)."""

    status = 409
    words = _("{losses}")


class DamagedSettings(NightjarError):
    """What is stored cannot be understood, not even in part."""

    status = 500
    words = _("The stored settings of {page} {item} are damaged. Enter them again.")


class NotAllowed(ValueError):
    """Raised by the checks of a page: what is wrong, and what would be allowed."""

    def __init__(self, problem: str, allowed: str = "") -> None:
        super().__init__(problem)
        self.allowed = allowed
