"""What can go wrong with a device: always offline with a reason, never None."""

import msgspec

UNREADABLE = (msgspec.MsgspecError, UnicodeDecodeError, RecursionError)
"""What reading foreign JSON may raise: it is none, is not as it should be, is no text, is nested without end."""


class HalError(Exception):
    """The root of the hardware layer's errors; its text is for people."""


class BadBoard(HalError):
    """A board.toml that does not describe a board; the text names the file and the place."""


class Offline(HalError):
    """The device does not answer; the text says why."""


class BadAnswer(Offline):
    """The device answered nonsense; the text shows the bytes."""

    def __init__(self, what: str, answer: bytes) -> None:
        super().__init__(f"{what}: {answer[:64].hex(' ')}")


class Unsupported(HalError):
    """The device is there, and cannot do this; the text says what it cannot."""


class UnknownDevice(HalError):
    """No device of this kind and name is on this board."""


class BadRequest(HalError):
    """A request that no verb understands; the text names the field."""


class Refused(HalError):
    """The asking user may not do this; it was written to the audit."""


def words_of(error: Exception) -> str:
    """Say what went wrong without the kernel's numbers: a driver's own words, or what the kernel said of which file."""
    if not isinstance(error, OSError) or not error.strerror:
        return str(error)
    return f"{error.filename}: {error.strerror}" if error.filename else error.strerror
