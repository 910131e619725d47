"""Outputs that switch something: alarm contacts and 12 V for a siren or a lamp (D-ALM-08, D-HW-10)."""

import time
from abc import abstractmethod
from collections.abc import Callable
from dataclasses import dataclass
from enum import StrEnum

from hal.errors import BadRequest
from hal.kinds.device import Device, DeviceState
from hal.kinds.verbs import verb

LONGEST_CLOSED_S = 86_400.0
"""How long a pulse or what is left of an alarm may last; what shall stay longer is switched by hand."""
SHORTEST_PULSE_S = 0.02
"""A shorter pulse is over before the contact of a small relay has moved."""


class RelayRole(StrEnum):
    """What an output is wired to."""

    ALARM_OUTPUT = "alarm_output"
    """A free contact."""
    SWITCHED_12V = "switched_12v"
    """A terminal that supplies 12 V while closed."""


@dataclass(frozen=True)
class RelayState(DeviceState):
    """One output.

    `closed` is after polarity, as the alarm is meant: an output that rests closed (`normally_closed`) has its terminals
    parted while `closed`. `timed` says that it opens by itself.
    """

    closed: bool = False
    timed: bool = False
    normally_closed: bool = False
    role: RelayRole = RelayRole.ALARM_OUTPUT
    kind: str = "relay"


class Relay(Device[RelayState]):
    """An output that can be closed and opened, for good or for a time. Its safe state is open.

    A driver calls the constructor with what its board says, and brings `drive`; whoever overrides `poll` calls ours.
    """

    kind = "relay"
    state_type = RelayState

    def __init__(
        self,
        name: str,
        monotonic_s: Callable[[], float] = time.monotonic,
        *,
        role: RelayRole = RelayRole.ALARM_OUTPUT,
        normally_closed: bool = False,
    ) -> None:
        super().__init__(name)
        self._monotonic_s = monotonic_s
        self._opens_s: float | None = None
        self.change(role=role, normally_closed=normally_closed)

    @abstractmethod
    def drive(self, *, closed: bool) -> None:
        """Move the contact; for the drivers. `closed` is after polarity."""

    @verb()
    def switch(self, *, closed: bool) -> None:
        """Close or open the contact until told otherwise; raises `Offline`."""
        self.require_online()
        self._move(closed=closed, opens_s=None)

    @verb()
    def pulse(self, *, for_s: float) -> None:
        """Close the contact and open it after this time; raises `Offline`, `BadRequest`."""
        self.require_online()
        self._check(for_s, SHORTEST_PULSE_S)
        self._move(closed=True, opens_s=self._monotonic_s() + for_s)

    @verb()
    def release(self, *, after_s: float) -> None:
        """Leave a closed contact closed this long after an alarm, then open it; raises `Offline`, `BadRequest`."""
        self.require_online()
        self._check(after_s, 0)
        if self.state.closed:
            self._move(closed=after_s > 0, opens_s=self._monotonic_s() + after_s if after_s else None)

    def poll(self) -> None:
        """Open the contact if its time is over."""
        if self._opens_s is None:
            return
        if self._opens_s <= self._monotonic_s():
            self._move(closed=False, opens_s=None)
        else:
            self.wanted_s = self._opens_s

    def rest(self) -> None:
        """Forget all times; for the drivers, at the begin of `open` and in `close`."""
        self._opens_s = self.wanted_s = None
        self.change(closed=False, timed=False)

    def _move(self, *, closed: bool, opens_s: float | None) -> None:
        self.drive(closed=closed)
        self._opens_s = self.wanted_s = opens_s
        self.change(closed=closed, timed=opens_s is not None)

    def _check(self, seconds: float, least_s: float) -> None:
        if not least_s <= seconds <= LONGEST_CLOSED_S:
            raise BadRequest(f"{self.name}: the time must be {least_s:g} to {LONGEST_CLOSED_S:.0f} s, not {seconds:g}")
