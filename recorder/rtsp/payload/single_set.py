"""The one parameter set of codecs that have no ids: MJPEG's frame header, MPEG-4 part 2's configuration."""


class SingleSet:
    """The set that counts; `changed` stays until `take`. What speaks of damaged ones is `malformed`."""

    def __init__(self, data: bytes = b"") -> None:
        self.changed = bool(data)
        self.malformed = 0
        self._data = data

    def offer(self, data: bytes) -> None:
        """Let this set count from now on."""
        if data != self._data:
            self._data = data
            self.changed = True

    def take(self) -> tuple[bytes, ...]:
        """Give the set, if there is one, and take `changed` back."""
        self.changed = False
        return (self._data,) if self._data else ()
