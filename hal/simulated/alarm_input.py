"""A contact that a person at the screen, or a test, closes."""

from dataclasses import replace

from hal.errors import Offline
from hal.kinds.alarm_input import AlarmInput, AlarmInputState


class SimulatedAlarmInput(AlarmInput):
    """An input whose contact is moved by `simulate`."""

    def __init__(self, name: str) -> None:
        super().__init__(name)
        self._state = AlarmInputState(name)

    def open(self) -> None:
        """Come online with the contact at rest."""
        self._become(AlarmInputState(self.name, online=True, reason=""))

    def close(self) -> None:
        """Go."""
        self._become(AlarmInputState(self.name, reason="closed"))

    @property
    def state(self) -> AlarmInputState:
        """How the contact is now."""
        return self._state

    def simulate(self, *, active: bool) -> None:
        """Move the contact, as the door it hangs on would."""
        if not self._state.online:
            raise Offline(f"Input {self.name}: {self._state.reason}")
        self._become(replace(self._state, active=active))

    def _become(self, state: AlarmInputState) -> None:
        if state != self._state:
            self._state = state
            self.changed()
