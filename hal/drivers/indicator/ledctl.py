"""The light of a bay by ledctl(8) of ledmon, which knows SES-2, NPEM, VMD and IPMI backplanes, and needs root."""

from pathlib import Path

from hal.drivers.indicator.bay import MEANING, BayLight
from hal.errors import Offline
from hal.kinds.indicator import Colour, Light, Meaning
from hal.machine import Machine

PATTERNS = {Meaning.LOCATE: "locate", Meaning.FAULT: "failure", Meaning.REBUILD: "rebuild"}
"""The names of IBPI (SFF-8489) that ledctl takes."""
NORMAL = "normal"


class LedCtl(BayLight):
    """The light beside one disk, which stands at `path`, such as `disk/by-path/pci-0000:03:00.0-sas-phy2-lun-0`."""

    unproven = "Written from the manual of ledctl; no backplane was lit with it yet."

    def __init__(self, name: str, machine: Machine, path: str, group: str = "") -> None:
        super().__init__(name, group or name)
        self._machine = machine
        self._path = Path(path)

    def open(self) -> None:
        """Shine as told."""
        if self._path.is_absolute() or ".." in self._path.parts:
            raise Offline(f"{self._path} must be a path below /dev")
        if not (self._machine.dev / self._path).exists():
            raise Offline("there is no disk in the bay")
        self.light_up()

    def close(self) -> None:
        """Go dark, as far as that is possible."""
        self.rest()

    def shine(self, light: Light, colour: Colour) -> None:
        """Have hal-admin run it."""
        del colour
        pattern = PATTERNS[MEANING[light]] if light in MEANING else NORMAL
        disk = (self._machine.dev / self._path).resolve().name
        self._machine.admin("slot", "light", {"disk": disk, "lamp": pattern})


DRIVER = LedCtl
