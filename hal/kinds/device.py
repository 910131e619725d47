"""What every device has: a name on its board, a state that is pushed, and a life of open and close."""

from abc import ABC, abstractmethod
from collections.abc import Callable
from typing import Generic, TypeVar

State = TypeVar("State")


class Device(ABC, Generic[State]):
    """One device of a board. No I/O happens before `open`.

    Its state is an immutable dataclass with `kind`, `name`, `online` and `reason` (empty while online).
    """

    def __init__(self, name: str) -> None:
        self.name = name
        self._listeners: list[Callable[[State], None]] = []

    @abstractmethod
    def open(self) -> None:
        """Take hold of the device; a failure makes it offline with a reason, it does not raise."""

    @abstractmethod
    def close(self) -> None:
        """Let go of the device, in its safe state."""

    @property
    @abstractmethod
    def state(self) -> State:
        """How the device is now."""

    def watch(self, listener: Callable[[State], None]) -> None:
        """Call the listener with the new state at every change."""
        self._listeners.append(listener)

    def changed(self) -> None:
        """Tell the listeners; for the drivers."""
        state = self.state
        for listener in self._listeners:
            listener(state)
