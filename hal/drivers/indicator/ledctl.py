"""The light of a bay by ledctl(8) of ledmon, which knows SES-2, NPEM, VMD and IPMI backplanes."""

from pathlib import Path

from hal.drivers.indicator.bay import MEANING, BayLight
from hal.errors import Offline
from hal.kinds.indicator import Colour, Light, Meaning
from hal.machine import Machine

PATTERNS = {Meaning.LOCATE: "locate", Meaning.FAULT: "failure", Meaning.REBUILD: "rebuild"}
"""The names of IBPI (SFF-8489) that ledctl takes."""
NORMAL = "normal"
PATIENCE_S = 2.5


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
        """Run ledctl."""
        del colour
        pattern = PATTERNS[MEANING[light]] if light in MEANING else NORMAL
        ended = self._machine.run(["ledctl", f"{pattern}={self._machine.dev / self._path}"], PATIENCE_S)
        if ended.status:
            raise Offline(f"ledctl: {ended.complaint or ended.status}")


DRIVER = LedCtl
