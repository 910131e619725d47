"""What every simulator has: it can break, and be mended."""

from typing import Generic

from hal.errors import Offline
from hal.kinds.device import Device, State
from hal.kinds.verbs import gesture


class Breakable(Device[State], Generic[State]):
    """A simulator whose hardware can be gone. Its `open` and verbs begin with `require_whole`."""

    _broken = ""

    @gesture
    def break_down(self, *, reason: str = "does not answer") -> None:
        """Let the hardware answer no more."""
        self._broken = reason or "does not answer"
        self.go_offline(self._broken)

    @gesture
    def mend(self) -> None:
        """Let the hardware answer again; it is found when it is next opened."""
        self._broken = ""
        self.open()

    def require_whole(self) -> None:
        """Raise `Offline` while broken; for `open`."""
        if self._broken:
            raise Offline(self._broken)
