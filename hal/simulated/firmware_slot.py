"""Two slots of which one runs."""

from hal.errors import Refused
from hal.kinds.firmware_slot import FirmwareSlot, FirmwareSlotState
from hal.machine import Machine
from hal.simulated.breakable import Breakable
from hal.simulated.flash import flash_of


class SimulatedFirmwareSlot(Breakable[FirmwareSlotState], FirmwareSlot):
    """A slot; all of one board share what is in them."""

    poll_s = 1.0

    def __init__(self, name: str, machine: Machine, *, booted: bool = False, version: str = "") -> None:
        super().__init__(name)
        self._flash = flash_of(machine.world)
        self._flash.know(name, version, booted=booted)
        self._flash.booting.append(self._booted)

    def open(self) -> None:
        """Find the slot as it was left."""
        self.require_whole()
        self.come_online(**self._look())

    def close(self) -> None:
        """Go."""

    def poll(self) -> None:
        """See what was installed."""
        self.change(**self._look())

    def _booted(self) -> None:
        if self.state.online:
            self.poll()

    def _look(self) -> dict[str, object]:
        now = self._flash.look()
        slot = now.slots[self.name]
        is_next = now.next == self.name
        return {"booted": now.booted == self.name, "good": slot.good, "next": is_next, "version": slot.version}

    def mark_good(self) -> None:
        """Let it start."""
        self.require_online()
        with self._flash.edit() as now:
            slot = now.slots[self.name]
            slot.good = slot.confirmed = True
        self.poll()

    def mark_bad(self) -> None:
        """Let it never start."""
        self.require_online()
        with self._flash.edit() as now:
            others = [name for name, slot in now.slots.items() if slot.good and name != self.name]
            if now.booted == self.name and not others:
                raise Refused(f"{self.name} runs, and no other firmware is good")
            now.slots[self.name].good = False
            if now.next == self.name and others:
                now.next = others[0]
        self.poll()

    def start_next(self) -> None:
        """Let it start at the next boot."""
        self.require_online()
        with self._flash.edit() as now:
            if not now.slots[self.name].good:
                raise Refused(f"{self.name} is marked bad; install it again, or mark it good")
            now.next = self.name
        self.poll()


DRIVER = SimulatedFirmwareSlot
