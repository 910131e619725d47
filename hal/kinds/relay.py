"""Alarm outputs: contacts that close (D-ALM-08)."""

from abc import abstractmethod
from dataclasses import dataclass

from hal.kinds.device import Device, DeviceState
from hal.kinds.verbs import verb


@dataclass(frozen=True)
class RelayState(DeviceState):
    """One alarm output."""

    closed: bool = False
    kind: str = "relay"


class Relay(Device[RelayState]):
    """A contact that can be closed and opened. Its safe state is open."""

    kind = "relay"
    state_type = RelayState

    @verb()
    @abstractmethod
    def switch(self, *, closed: bool) -> None:
        """Close or open the contact; raises `Offline`."""
