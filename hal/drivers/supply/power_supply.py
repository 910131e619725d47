"""A power supply or battery that the kernel knows (Documentation/ABI/testing/sysfs-class-power)."""

import re
from pathlib import Path

from hal.errors import Offline
from hal.kinds.supply import PowerSource, Supply
from hal.machine import Machine

NAME = re.compile(r"[A-Za-z0-9._:-]{1,64}")
LOW = {"Low", "Critical"}


class KernelSupply(Supply):
    """One folder of /sys/class/power_supply, of the type Mains, UPS or Battery."""

    def __init__(self, name: str, machine: Machine, *, supply: str) -> None:
        super().__init__(name)
        self._folder = machine.sys / "class/power_supply" / supply if NAME.fullmatch(supply) else None

    def open(self) -> None:
        """Look whether it is there."""
        if self._folder is None or not self._folder.is_dir():
            raise Offline("the kernel knows no such supply")
        self.model, self.serial = _word(self._folder / "model_name"), _word(self._folder / "serial_number")
        self.come_online(**self._look(self._folder))

    def close(self) -> None:
        """Go."""

    def poll(self) -> None:
        """Look again."""
        if self._folder:
            self.change(**self._look(self._folder))

    def _look(self, folder: Path) -> dict[str, object]:
        kind = _word(folder / "type")
        if kind == "Mains":
            return {"source": PowerSource.MAINS if _word(folder / "online") == "1" else PowerSource.NOTHING}
        if kind not in {"UPS", "Battery"}:
            raise Offline("it is neither a mains supply, nor a UPS, nor a battery")
        discharging = _word(folder / "status") == "Discharging"
        charge = _word(folder / "capacity")
        return {
            "source": PowerSource.BATTERY if discharging else PowerSource.MAINS,
            "low_battery": _word(folder / "capacity_level") in LOW,
            "replace_battery": _word(folder / "health") in {"Dead", "Unspecified failure"},
            "charge_percent": float(charge) if charge.isdecimal() and int(charge) <= 100 else None,
        }


def _word(path: Path) -> str:
    try:
        return path.read_bytes()[:64].decode(errors="replace").strip()
    except FileNotFoundError:
        return ""


DRIVER = KernelSupply
