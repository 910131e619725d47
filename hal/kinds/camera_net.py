"""The net of the cameras at the recorder's own ports: who sits where, under which address (D-NET-19).

A *seat* is a camera's lasting place: its number, its address, and by the number the channel it is bound to. A camera
that is new at port n gets seat n, or the first free one. It is known by its MAC and keeps its seat at whatever port it
comes back.
"""

from abc import abstractmethod
from dataclasses import dataclass
from typing import Annotated

import msgspec

from hal.kinds.device import Device, DeviceState
from hal.kinds.verbs import verb

Mac = Annotated[str, msgspec.Meta(pattern=r"^[0-9a-f]{2}(:[0-9a-f]{2}){5}\Z")]
MOST_SEATS = 64
"""As many channels as the largest recorder has; a net full of strangers cannot take more."""
SeatNumber = Annotated[int, msgspec.Meta(ge=1, le=MOST_SEATS)]


@dataclass(frozen=True)
class Seat:
    """One camera. `port`: where it is now, 0 for nowhere; `leased`: it took its address; `hostname`: its own word."""

    number: int
    mac: str
    address: str
    port: int = 0
    leased: bool = False
    hostname: str = ""


@dataclass(frozen=True)
class CameraNetState(DeviceState):
    """The net. `first_address` is that of seat 1, the others follow; `strangers` are MACs that found no free seat."""

    own_address: str = ""
    first_address: str = ""
    seats: tuple[Seat, ...] = ()
    strangers: tuple[str, ...] = ()
    kind: str = "camera_net"

    def at(self, port: int) -> Seat | None:
        """Who is at a port."""
        return next((seat for seat in self.seats if seat.port == port), None)


class CameraNet(Device[CameraNetState]):
    """A net, looked at every second."""

    kind = "camera_net"
    state_type = CameraNetState
    poll_s = 1.0

    @verb()
    @abstractmethod
    def seat(self, *, mac: Mac, number: SeatNumber) -> None:
        """Give a camera this seat, as a replacement or by the owner's wish; raises `Refused` if another has it."""

    @verb()
    @abstractmethod
    def forget(self, *, mac: Mac) -> None:
        """Free the seat of a camera that will not come back; one that does is new."""
