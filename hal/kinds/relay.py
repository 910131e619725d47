"""Alarm outputs: contacts that close (D-ALM-08)."""

from abc import abstractmethod
from dataclasses import dataclass

from hal.kinds.device import Device


@dataclass(frozen=True)
class RelayState:
    """One alarm output."""

    name: str
    closed: bool = False
    online: bool = False
    reason: str = "not opened yet"
    kind: str = "relay"


class Relay(Device[RelayState]):
    """A contact that can be closed and opened. Its safe state is open."""

    @abstractmethod
    def switch(self, *, closed: bool) -> None:
        """Close or open the contact; raises `Offline`."""
