"""USB sticks that are in the recorder's ports: where exports may go while they are (D-BKP-04)."""

from pathlib import Path

from hal.client import DeviceEvent, DeviceState
from hal.client.follower import Follower
from hal.client.kinds import UsbPortState
from recorder.client.answers import StickStatus


class Sticks:
    """The sticks as the hardware service tells them; read from any thread."""

    def __init__(self, hal: Follower) -> None:
        self.sticks: tuple[StickStatus, ...] = ()
        """Those whose files can be reached."""
        self._hal = hal
        hal.listen(self._heard)

    @property
    def places(self) -> tuple[Path, ...]:
        """The folders of those that can be written."""
        return tuple(Path(one.place) for one in self.sticks if not one.read_only)

    def _heard(self, said: DeviceState | DeviceEvent, _before: DeviceState | None) -> None:
        if isinstance(said, UsbPortState):
            self.sticks = tuple(
                StickStatus(one.name, one.label, one.place, one.capacity_bytes, one.free_bytes, one.read_only)
                for one in self._hal.states(UsbPortState)
                if one.online and one.place
            )
