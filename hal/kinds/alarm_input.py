"""Alarm inputs: contacts that somebody else closes (D-ALM-03, D-HW-09)."""

import time
from collections.abc import Callable
from dataclasses import dataclass
from enum import StrEnum

from hal.kinds.device import Device, DeviceState

STUCK_AFTER_S = 3600.0
"""How long an input is active before it counts as stuck: a door left open, a cut cable of a contact at rest."""


class InputRole(StrEnum):
    """What an input is wired to."""

    ALARM = "alarm"
    TAMPER = "tamper"
    """The switch that tells an opened case."""


class InputFault(StrEnum):
    """What is wrong with an input."""

    STUCK = "stuck"
    """Active without a pause for longer than its board allows."""


@dataclass(frozen=True)
class AlarmInputState(DeviceState):
    """One alarm input; `active` is after polarity: a contact that rests closed (`normally_closed`) is active open."""

    active: bool = False
    normally_closed: bool = False
    role: InputRole = InputRole.ALARM
    faults: frozenset[InputFault] = frozenset()
    kind: str = "alarm_input"


class AlarmInput(Device[AlarmInputState]):
    """A contact that is watched.

    Drivers call `saw` at each debounced edge. Whoever overrides `poll` calls ours. `stuck_after_s` 0 means never.
    """

    kind = "alarm_input"
    state_type = AlarmInputState

    def __init__(
        self,
        name: str,
        monotonic_s: Callable[[], float] = time.monotonic,
        *,
        role: InputRole = InputRole.ALARM,
        normally_closed: bool = False,
        stuck_after_s: float = STUCK_AFTER_S,
    ) -> None:
        super().__init__(name)
        self._monotonic_s = monotonic_s
        self._stuck_after_s = stuck_after_s
        self._stuck_s: float | None = None
        self.change(role=role, normally_closed=normally_closed)

    def saw(self, *, contact_closed: bool, online: bool | None = None) -> None:
        """Take how the contact is; for the drivers. With `online`, at the end of `open`, that is told with it."""
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
