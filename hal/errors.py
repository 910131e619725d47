"""What can go wrong with a device: always offline with a reason, never None."""


class HalError(Exception):
    """The root of the hardware layer's errors; its text is for people."""


class BadBoard(HalError):
    """A board.toml that does not describe a board; the text names the place."""


class Offline(HalError):
    """The device does not answer; the text says why."""


class UnknownDevice(HalError):
    """No device of this kind and name is on this board."""


class BadRequest(HalError):
    """A request that no verb of the daemon understands."""
