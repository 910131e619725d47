"""Where the machine's power comes from: power supplies that say they are good, and UPS (D-HW-16)."""

from dataclasses import dataclass
from enum import StrEnum

from hal.kinds.device import Device, DeviceState


class PowerSource(StrEnum):
    """What feeds the machine through this supply."""

    MAINS = "mains"
    BATTERY = "battery"
    NOTHING = "nothing"


@dataclass(frozen=True)
class SupplyState(DeviceState):
    """One supply. Battery figures are None where it has no battery or does not tell them."""

    source: PowerSource = PowerSource.MAINS
    low_battery: bool = False
    replace_battery: bool = False
    charge_percent: float | None = None
    runtime_s: float | None = None
    load_percent: float | None = None
    kind: str = "supply"


class Supply(Device[SupplyState]):
    """A supply that is looked at every two seconds. It has no verbs."""

    kind = "supply"
    state_type = SupplyState
    poll_s = 2.0
