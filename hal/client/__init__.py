"""What recorder and gui import of the hardware layer: a connection to the hal process."""

from pathlib import Path
from typing import Any

from hal.client.connection import HAL_USER, Connection, HalRefused, HalUnavailable
from hal.client.messages import event_from, inventory_from, state_from
from hal.kinds.device import DeviceEvent, DeviceState, Inventory

__all__ = [
    "DeviceEvent",
    "DeviceState",
    "HalClient",
    "HalRefused",
    "HalUnavailable",
    "Inventory",
]


class HalClient(Connection):
    """A blocking connection to hal.sock; devices come as their kinds' dataclasses."""

    def __init__(self, path: Path, timeout_s: float = 10.0) -> None:
        super().__init__(path, timeout_s, frozenset({"state", "event"}), HAL_USER)

    def inventory(self) -> list[Inventory]:
        """List what the devices of the board are."""
        return [inventory_from(said) for said in self.request(op="inventory")["inventory"]]

    def devices(self) -> list[DeviceState]:
        """List how the devices of the board are."""
        return [state_from(said) for said in self.request(op="inventory")["devices"]]

    def call(self, kind: str, name: str, verb: str, **args: Any) -> Any:
        """Ask a device for something, as its kind's method of that name says; raises `HalUnavailable` with words."""
        return self.request(op="call", kind=kind, name=name, verb=verb, args=args)["result"]

    def simulate(self, kind: str, name: str, gesture: str, **args: Any) -> Any:
        """Do with a simulated device what a hand would do; raises `HalUnavailable` at a real one."""
        return self.request(op="simulate", kind=kind, name=name, gesture=gesture, args=args)["result"]

    def watch(self) -> list[DeviceState]:
        """Ask for changes from now on; gives the states of now. `next` waits for each change."""
        return [state_from(said) for said in self.request(op="watch")["devices"]]

    def next(self) -> DeviceState | DeviceEvent:
        """Wait for the next change or event after `watch`; raises `HalUnavailable` after the time-out."""
        while not self.pushed:
            self.keep(self.read())
        said = self.pushed.popleft()
        return state_from(said["device"]) if said["op"] == "state" else event_from(said["event"])
