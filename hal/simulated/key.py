"""Keys under a finger at the virtual front panel."""

from hal.errors import BadRequest
from hal.kinds.key import Key, KeyState
from hal.kinds.verbs import gesture
from hal.machine import Machine
from hal.simulated.breakable import Breakable


class SimulatedKey(Breakable[KeyState], Key):
    """The keys of a case."""

    def __init__(self, name: str, machine: Machine, keys: tuple[str, ...] = ("power", "reset")) -> None:
        super().__init__(name, machine.monotonic_s)
        self._keys = keys
        self._world = machine.world

    def open(self) -> None:
        """Come online."""
        self.require_whole()
        self.come_online()

    def close(self) -> None:
        """Go."""
        self.let_go()

    @gesture
    def press(self, *, key: str) -> None:
        """Put a finger on a key."""
        if key not in self._keys:
            raise BadRequest(f"{self.name} has no key {key}")
        if key == "power" and callable(push := self._world.get("power button")):
            push()
        if self.state.online:
            self.went_down(key)

    @gesture
    def release(self, *, key: str) -> None:
        """Lift the finger."""
        self.went_up(key)


DRIVER = SimulatedKey
