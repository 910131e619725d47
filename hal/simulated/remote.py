"""A remote in a hand before the virtual front panel."""

from hal.kinds.key import KeyAction
from hal.kinds.remote import Remote, RemoteEvent, RemoteKey, RemoteState
from hal.kinds.verbs import gesture
from hal.machine import Machine
from hal.simulated.breakable import Breakable


class SimulatedRemote(Breakable[RemoteState], Remote):
    """A receiver that sees the remote's light while it is whole."""

    def __init__(self, name: str, machine: Machine) -> None:
        super().__init__(name)
        del machine

    def open(self) -> None:
        """Come online."""
        self.require_whole()
        self.come_online()

    def close(self) -> None:
        """Go."""

    @gesture
    def press(self, *, key: RemoteKey) -> None:
        """Press a key."""
        self._see(key, KeyAction.PRESSED)

    @gesture
    def release(self, *, key: RemoteKey) -> None:
        """Release it."""
        self._see(key, KeyAction.RELEASED)

    def _see(self, key: RemoteKey, action: KeyAction) -> None:
        if self.state.online:
            self.tell(RemoteEvent(self.name, key=key, action=action))


DRIVER = SimulatedRemote
