"""A device that is what the kernel shows of its disks: it looks when one comes or goes, and now and then."""

from abc import abstractmethod
from typing import Generic

from hal.errors import Offline
from hal.kinds.device import Device, State
from hal.machine import Machine


class BlockWatch(Device[State], Generic[State]):
    """What bays and USB ports share; a driver says what it sees."""

    poll_s = 2.0

    def __init__(self, name: str, machine: Machine) -> None:
        """No I/O here."""
        super().__init__(name)
        self._machine = machine
        self._events = machine.block_events()

    @abstractmethod
    def _seen(self) -> State:
        """Say what is there now."""

    def open(self) -> None:
        """Come online with what is there; raises `Offline`."""
        if not (self._machine.sys / "block").is_dir():
            raise Offline("the kernel shows no disks")
        self._events.open()
        self.poll()

    def close(self) -> None:
        """Look no more."""
        self._events.close()

    def fileno(self) -> int | None:
        """Give what tells of disks that come and go."""
        return self._events.fileno()

    def readable(self) -> None:
        """A disk came, was mounted, or went."""
        self._events.drain()
        self.poll()

    def poll(self) -> None:
        """Look."""
        self.become(self._seen())
