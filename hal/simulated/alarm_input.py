"""A contact that a person at the front panel, or a test, closes."""

from hal.kinds.alarm_input import AlarmInput, AlarmInputState
from hal.kinds.verbs import gesture
from hal.machine import Machine
from hal.simulated.breakable import Breakable


class SimulatedAlarmInput(Breakable[AlarmInputState], AlarmInput):
    """An input whose contact is moved by a hand."""

    def __init__(self, name: str, machine: Machine) -> None:
        super().__init__(name)
        del machine
        self._contact = False

    def open(self) -> None:
        """Come online with the contact at rest."""
        self.require_whole()
        self.come_online(active=self._contact)

    def close(self) -> None:
        """Go."""

    @gesture
    def move(self, *, active: bool) -> None:
        """Move the contact, as the door it hangs on would."""
        self._contact = active
        if self.state.online:
            self.change(active=active)


DRIVER = SimulatedAlarmInput
