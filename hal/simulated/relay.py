"""A contact that clicks in memory."""

from dataclasses import replace

from hal.errors import Offline
from hal.kinds.relay import Relay, RelayState


class SimulatedRelay(Relay):
    """A relay that remembers what it was told."""

    def __init__(self, name: str) -> None:
        super().__init__(name)
        self._state = RelayState(name)

    def open(self) -> None:
        """Come online with the contact open."""
        self._become(RelayState(self.name, online=True, reason=""))

    def close(self) -> None:
        """Open the contact and go."""
        self._become(RelayState(self.name, reason="closed"))

    @property
    def state(self) -> RelayState:
        """How the contact is now."""
        return self._state

    def switch(self, *, closed: bool) -> None:
        """Close or open the contact."""
        if not self._state.online:
            raise Offline(f"Relay {self.name}: {self._state.reason}")
        self._become(replace(self._state, closed=closed))

    def _become(self, state: RelayState) -> None:
        if state != self._state:
            self._state = state
            self.changed()
