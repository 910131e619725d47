"""A contact that a person at the front panel, or a test, closes."""

from hal.kinds.alarm_input import STUCK_AFTER_S, AlarmInput, AlarmInputState, InputRole
from hal.kinds.verbs import gesture
from hal.machine import Machine
from hal.simulated.breakable import Breakable


class SimulatedAlarmInput(Breakable[AlarmInputState], AlarmInput):
    """An input whose contact is moved by a hand, and can stick."""

    def __init__(
        self,
        name: str,
        machine: Machine,
        role: InputRole = InputRole.ALARM,
        *,
        normally_closed: bool = False,
        stuck_after_s: float = STUCK_AFTER_S,
    ) -> None:
        super().__init__(name, machine, role=role, normally_closed=normally_closed, stuck_after_s=stuck_after_s)
        self._contact_closed = normally_closed
        self._sticks = False

    def open(self) -> None:
        """Come online with the contact as it is."""
        self.require_whole()
        self.saw(contact_closed=self._contact_closed, online=True)

    def close(self) -> None:
        """Go."""

    @gesture
    def move(self, *, active: bool) -> None:
        """Move the contact, as the door it hangs on would."""
        if not self._sticks:
            self._contact_closed = active is not self.state.normally_closed
        if self.state.online:
            self.saw(contact_closed=self._contact_closed)

    @gesture
    def stick(self, *, stuck: bool = True) -> None:
        """Weld the contact as it is, or free it; moving the door does nothing meanwhile."""
        self._sticks = stuck


DRIVER = SimulatedAlarmInput
