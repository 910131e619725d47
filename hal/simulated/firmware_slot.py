"""Two slots of which one runs."""

from hal.errors import Refused
from hal.kinds.firmware_slot import FirmwareSlot, FirmwareSlotState
from hal.machine import Machine
from hal.simulated.breakable import Breakable


class SimulatedFirmwareSlot(Breakable[FirmwareSlotState], FirmwareSlot):
    """A slot; all of one board know each other."""

    def __init__(self, name: str, machine: Machine, *, booted: bool = False, version: str = "") -> None:
        super().__init__(name)
        slots = machine.world.setdefault("firmware_slots", [])
        assert isinstance(slots, list)
        self._all: list[SimulatedFirmwareSlot] = slots
        self._all.append(self)
        self._found = FirmwareSlotState(name, booted=booted, good=True, next=booted, version=version)

    def open(self) -> None:
        """Find the slot as it was left."""
        self.require_whole()
        found = self._found
        self.come_online(booted=found.booted, good=found.good, next=found.next, version=found.version)

    def close(self) -> None:
        """Go."""
        if self.state.online:
            self._found = self.state

    def mark_good(self) -> None:
        """Let it start."""
        self.require_online()
        self.change(good=True)

    def mark_bad(self) -> None:
        """Let it never start."""
        self.require_online()
        if self.state.booted and not any(slot.state.good for slot in self._all if slot is not self):
            raise Refused(f"{self.name} runs, and no other firmware is good")
        self.change(good=False, next=False)

    def start_next(self) -> None:
        """Let it start at the next boot."""
        self.require_online()
        if not self.state.good:
            raise Refused(f"{self.name} is marked bad; install it again, or mark it good")
        for slot in self._all:
            slot.change(next=slot is self)


DRIVER = SimulatedFirmwareSlot
