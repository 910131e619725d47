"""The simulated firmware: two slots, which of them runs, which is next, and how often a new one may still try.

A file of the recorder's instance: hal, which shows the slots, and hal-admin, which installs into them, share it.
"""

from pathlib import Path
from typing import TYPE_CHECKING

import msgspec

from hal.simulated.shared_file import SharedFile

if TYPE_CHECKING:
    from collections.abc import Callable

TRIES = 3
"""So often the boot loader starts a firmware that nobody called good."""


class Slot(msgspec.Struct):
    """What is in one."""

    version: str = ""
    good: bool = True
    confirmed: bool = True
    tries: int = 0


class Contents(msgspec.Struct):
    """All slots by name."""

    slots: dict[str, Slot] = {}
    booted: str = ""
    next: str = ""


class Flash(SharedFile[Contents]):
    """The firmware of a board's world."""

    def __init__(self, data: Path | None = None) -> None:
        """`data` is the directory of the recorder's instance; without one it goes with the process."""
        super().__init__(data and data / "hardware" / "flash.json", Contents)
        self.booting: list[Callable[[], None]] = []
        """Called after each boot."""

    def know(self, name: str, version: str, *, booted: bool) -> None:
        """Put a slot there, unless it is."""
        if name in self.look().slots:
            return
        with self.edit() as now:
            now.slots[name] = Slot(version)
            if booted or not now.booted:
                now.booted = now.next = name

    def write(self, version: str) -> str:
        """Install a version into the slot that does not run; gives its name."""
        with self.edit() as now:
            name = next(one for one in now.slots if one != now.booted)
            now.slots[name] = Slot(version, confirmed=False, tries=TRIES)
            return name

    def boot(self) -> None:
        """Start as a boot loader does: the next slot if it may, or else the other."""
        self._choose()
        for one in self.booting:
            one()

    def _choose(self) -> None:
        with self.edit() as now:
            order = [now.next, *(one for one in now.slots if one != now.next)]
            for name in order:
                slot = now.slots.get(name)
                if slot is None or not slot.good:
                    continue
                if not slot.confirmed:
                    if not slot.tries:
                        slot.good = False
                        continue
                    slot.tries -= 1
                now.booted = now.next = name
                return


def flash_of(world: dict[str, object]) -> Flash:
    """Give the firmware of a board's world, the same one to all its simulators."""
    found = world.setdefault("flash", Flash())
    assert isinstance(found, Flash)
    return found
