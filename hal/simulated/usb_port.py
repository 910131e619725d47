"""A USB port into which a hand pushes sticks, with files on them that the hand put there."""

from typing import Annotated

from msgspec import Meta

from hal.errors import BadRequest
from hal.kinds.usb_port import UsbPort, UsbPortState
from hal.kinds.verbs import gesture
from hal.machine import Machine
from hal.simulated.breakable import Breakable
from hal.simulated.pocket import CAPACITY_BYTES, Stick, pocket_of

DISK = "stick-"
"""What the kernel calls a simulated stick, before the name of its port."""
LONGEST_PART = 32768
"""Bytes of a file in one request; a line to hal holds twice as much."""


class SimulatedUsbPort(Breakable[UsbPortState], UsbPort):
    """A port of the simulated board."""

    poll_s = 1.0

    def __init__(self, name: str, machine: Machine) -> None:
        super().__init__(name)
        self._pocket = pocket_of(machine.world)

    def open(self) -> None:
        """Look whether a stick is in."""
        self.require_whole()
        self.become(self._seen())

    def close(self) -> None:
        """Go."""

    def poll(self) -> None:
        """See how full it is."""
        self.become(self._seen())

    def _seen(self) -> UsbPortState:
        state = UsbPortState(self.name, online=True, reason="")
        place = self._pocket.at(self.name)
        if place is None:
            return state
        used = sum(one.bytes for stick in self._pocket.sticks() if stick.port == self.name for one in stick.files)
        return UsbPortState(
            self.name,
            online=True,
            reason="",
            occupied=True,
            disk=f"{DISK}{self.name}",
            label=place.name,
            model="Simulated stick",
            serial=place.name,
            capacity_bytes=CAPACITY_BYTES,
            free_bytes=max(0, CAPACITY_BYTES - used),
            place=str(place),
            writing=self._pocket.is_writing(self.name),
        )

    def _moved(self) -> None:
        if self.state.online:
            self.poll()

    @gesture
    def insert(self, *, label: str = "") -> None:
        """Push a stick in: one of the pocket, or a new one."""
        self._pocket.insert(self.name, label)
        self._moved()

    @gesture
    def pull(self) -> None:
        """Pull the stick out, whatever is going on."""
        self._pocket.pull(self.name)
        self._moved()

    @gesture
    def sticks(self) -> tuple[Stick, ...]:
        """List all sticks, in ports and in the pocket, with their files."""
        return self._pocket.sticks()

    @gesture
    def put(self, *, label: str, file: str, content: bytes, begins: bool = True) -> None:
        """Write a file on a stick in the pocket, or go on with it."""
        if len(content) > LONGEST_PART:
            raise BadRequest(f"A part of a file is at most {LONGEST_PART} bytes")
        self._pocket.put(label, file, content, begins=begins)

    @gesture
    def read(
        self, *, label: str, file: str, offset: Annotated[int, Meta(ge=0)] = 0, most: Annotated[int, Meta(ge=1)]
    ) -> bytes:
        """Read a part of a file of a stick; empty at its end."""
        return self._pocket.read(label, file, offset, min(most, LONGEST_PART))


DRIVER = SimulatedUsbPort
