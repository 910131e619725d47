"""What every device has: a name on its board, an inventory, a state that is pushed, and verbs."""

from abc import ABC, abstractmethod
from collections.abc import Callable
from dataclasses import dataclass, replace
from typing import Any, ClassVar, Generic, TypeVar

from hal.errors import Offline


@dataclass(frozen=True)
class DeviceState:
    """How a device is. Kinds add their fields, each with its unit in its name and a default.

    `reason` says in words why it is not online, and is empty while it is.
    """

    name: str
    online: bool = False
    reason: str = "not opened yet"
    kind: str = ""


@dataclass(frozen=True)
class Inventory:
    """What a device is. Empty where the hardware does not tell.

    `unproven` says what the driver was written from and tried with, where that was never the real chip.
    """

    kind: str
    name: str
    driver: str
    bus: str
    unproven: str
    simulated: bool
    model: str = ""
    serial: str = ""
    revision: str = ""
    logs_in: bool = False
    """It is another device in the network, whose password an owner gives by the verb `set_login`."""
    added: bool = False
    """An owner added it to what the board has (`hal.additions`)."""


@dataclass(frozen=True)
class DeviceEvent:
    """Something that happened at a device and is over, such as a pressed key. Kinds add their fields."""

    name: str
    kind: str = ""


State = TypeVar("State", bound=DeviceState)


class Device(ABC, Generic[State]):
    """One device of a board.

    No I/O happens before `open`. `open`, `poll`, `readable`, `close` and all verbs are called by the one worker of the
    device's bus, never at once; `state` may be read from anywhere. What they raise of `HalError` or `OSError` makes the
    device offline with that reason, and it is opened again later.
    """

    kind: ClassVar[str]
    state_type: ClassVar[type[DeviceState]]
    unproven: ClassVar[str] = ""
    """For a driver that was never seen on the real chip: what it was written from, and what it was tried with."""
    look_s: ClassVar[float] = 0.0
    """How long `open` or `poll` may take where that is longer than a bus hangs (`hal.worker`): it runs a program."""
    poll_s: float | None = None
    """How often `poll` is called while online; None: never."""
    wanted_s: float | None = None
    """When `poll` is wanted beside that, by the machine's monotonic clock; forgotten just before `poll` is called."""

    def __init__(self, name: str) -> None:
        self.name = name
        self.model = self.serial = self.revision = ""
        self._state: State = self.state_type(name)  # type: ignore[assignment]
        self._listeners: list[Callable[[State], None]] = []
        self._ears: list[Callable[[DeviceEvent], None]] = []

    @abstractmethod
    def open(self) -> None:
        """Take hold of the device and `become` online; raises `Offline` with the reason."""

    @abstractmethod
    def close(self) -> None:
        """Let go of the device, in its safe state. Also called after a failed `open`; it must not raise."""

    def poll(self) -> None:
        """Look at the device again; called every `poll_s`, and at `wanted_s`."""

    def fileno(self) -> int | None:
        """Give the descriptor that tells, by becoming readable, that the device has something to say.

        It may be another one after every call; the worker asks again each time.
        """
        return None

    def readable(self) -> None:
        """Take what the descriptor has."""

    @property
    def state(self) -> State:
        """How the device is now."""
        return self._state

    def watch(self, listener: Callable[[State], None]) -> None:
        """Call the listener with the new state at every change, in the worker's thread."""
        self._listeners.append(listener)

    def hear(self, ear: Callable[[DeviceEvent], None]) -> None:
        """Call the ear with what happens at the device, in the worker's thread."""
        self._ears.append(ear)

    def become(self, state: State) -> None:
        """Tell the listeners if this is new; for the drivers."""
        if state != self._state:
            self._state = state
            for listener in self._listeners:
                listener(state)

    def change(self, **fields: Any) -> None:
        """Become what we are, with these fields changed; for the drivers."""
        self.become(replace(self._state, **fields))

    def come_online(self, **fields: Any) -> None:
        """Become online; for the drivers, at the end of `open`."""
        self.change(online=True, reason="", **fields)

    def go_offline(self, reason: str) -> None:
        """Become offline. The other fields keep what was last seen."""
        self.change(online=False, reason=reason)

    def require_online(self) -> None:
        """Raise `Offline` while offline; for the verbs."""
        if not self._state.online:
            raise Offline(f"{self.name}: {self._state.reason}")

    def tell(self, event: DeviceEvent) -> None:
        """Tell the ears what happened; for the drivers."""
        for ear in self._ears:
            ear(event)
