"""The root of all errors that are told to somebody: a status for the API, words for the screen."""

from typing import ClassVar

import msgspec

from recorder.client.words import _

UNREADABLE = (msgspec.DecodeError, UnicodeDecodeError, RecursionError)
"""What reading foreign JSON may raise: it is none, is not as it should be, is no text, is nested without end."""


class NightjarError(Exception):
    """Something went wrong that a person should read of.

    A subclass names its HTTP `status` and its `words`, a sentence that says what happened and what to do; `{names}` in
    it are filled from the keyword arguments, which stay readable as `details`.
    """

    status: ClassVar[int] = 500
    words: ClassVar[str] = _("Something went wrong.")

    def __init__(self, **details: object) -> None:
        self.details = details
        super().__init__(self.words.format(**details))

    @property
    def code(self) -> str:
        """The stable name of this kind of error in API answers and logs."""
        return type(self).__name__


class Unavailable(NightjarError):
    """A process of the recorder does not answer."""

    status = 503
    words = _("The {process} service is not running. It is restarted by itself; try again in a few seconds.")


class Busy(Unavailable):
    """A process of the recorder runs, and does not answer in time."""

    words = _("The {process} service did not answer in time. It may have much to do; try again in a few seconds.")


class Refused(NightjarError):
    """The caller may not do this."""

    status = 403
    words = _("You are not allowed to do this: {what}.")


class Invalid(NightjarError):
    """A request that does not make sense."""

    status = 422
    words = _("{problem}")


class NotFound(NightjarError):
    """What was asked for does not exist."""

    status = 404
    words = _("There is no {what}.")
