"""Alarm inputs: contacts that somebody else closes (D-ALM-03, D-HW-09)."""

from dataclasses import dataclass
from enum import StrEnum

from hal.kinds.device import Device, DeviceState
from hal.kinds.verbs import verb
from hal.machine import Machine
from hal.memory import Memory

STUCK_AFTER_S = 3600.0
"""How long an input is active before it counts as stuck: a door left open, a cut cable of a contact at rest."""


class InputRole(StrEnum):
    """What an input is wired to."""

    ALARM = "alarm"
    TAMPER = "tamper"
    """The switch that tells an opened case."""


class Rest(StrEnum):
    """How a contact is while nothing happens, as its owner wired it (D-ALM-03)."""

    BOARD = "board"
    """As the board's file says."""
    OPEN = "open"
    CLOSED = "closed"


class InputFault(StrEnum):
    """What is wrong with an input."""

    STUCK = "stuck"
    """Active without a pause for longer than its board allows."""


@dataclass(frozen=True)
class AlarmInputState(DeviceState):
    """One alarm input; `active` is after polarity: a contact that rests closed (`normally_closed`) is active open.

    `rest` is what the owner said of it.
    """

    active: bool = False
    normally_closed: bool = False
    rest: Rest = Rest.BOARD
    role: InputRole = InputRole.ALARM
    faults: frozenset[InputFault] = frozenset()
    kind: str = "alarm_input"


class AlarmInput(Device[AlarmInputState]):
    """A contact that is watched.

    Drivers call `saw` at each debounced edge. Whoever overrides `poll` calls ours. `stuck_after_s` 0 means never.
    `normally_closed` is the board's word; the owner's goes before it, and is kept, so that no start tells a false edge.
    """

    kind = "alarm_input"
    state_type = AlarmInputState

    def __init__(
        self,
        name: str,
        machine: Machine,
        *,
        role: InputRole = InputRole.ALARM,
        normally_closed: bool = False,
        stuck_after_s: float = STUCK_AFTER_S,
    ) -> None:
        super().__init__(name)
        self._monotonic_s = machine.monotonic_s
        self._stuck_after_s = stuck_after_s
        self._stuck_s: float | None = None
        self._closed_by_board = normally_closed
        self._seen: bool | None = None
        """As it was seen last."""
        self._memory = Memory(machine.keep, self.kind, name)
        self.change(role=role)
        self._take(self._memory.recall(Rest, Rest.BOARD))

    @verb()
    def rests(self, *, contact: Rest) -> None:
        """Say how the contact is at rest; kept over restarts, and taken while the input is offline, too."""
        if contact is not self.state.rest:
            self._take(contact)
            self._memory.keep(contact)
            if self.state.online and self._seen is not None:
                self.saw(contact_closed=self._seen)

    def _take(self, contact: Rest) -> None:
        closed = self._closed_by_board if contact is Rest.BOARD else contact is Rest.CLOSED
        self.change(rest=contact, normally_closed=closed)

    def saw(self, *, contact_closed: bool, online: bool | None = None) -> None:
        """Take how the contact is; for the drivers. With `online`, at the end of `open`, that is told with it."""
        self._seen = contact_closed
        active = contact_closed is not self.state.normally_closed
        if active and (online or not self.state.active):
            self._stuck_s = self._monotonic_s() + self._stuck_after_s if self._stuck_after_s > 0 else None
        faults = self.state.faults if active and not online else frozenset[InputFault]()
        if not active:
            self._stuck_s = None
        self.wanted_s = self._stuck_s if InputFault.STUCK not in faults else None
        if online:
            self.come_online(active=active, faults=faults)
        else:
            self.change(active=active, faults=faults)

    def poll(self) -> None:
        """Tell an input that is active for too long."""
        if self._stuck_s is None or InputFault.STUCK in self.state.faults:
            return
        if self._stuck_s <= self._monotonic_s():
            self.change(faults=frozenset({InputFault.STUCK}))
        else:
            self.wanted_s = self._stuck_s
