"""Temperatures of chips, boards and disks (D-MNT-05)."""

from dataclasses import dataclass
from enum import StrEnum

from hal.kinds.device import Device, DeviceState


class Heat(StrEnum):
    """What a temperature means for the hardware."""

    NORMAL = "normal"
    HIGH = "high"
    CRITICAL = "critical"


@dataclass(frozen=True)
class TemperatureState(DeviceState):
    """One sensor. The limits are the chip's own, or the board's where it has none."""

    celsius: float = 0.0
    high_celsius: float = 80.0
    critical_celsius: float = 95.0
    kind: str = "temperature"

    @property
    def heat(self) -> Heat:
        """What this temperature means."""
        if self.celsius >= self.critical_celsius:
            return Heat.CRITICAL
        return Heat.HIGH if self.celsius >= self.high_celsius else Heat.NORMAL


class Temperature(Device[TemperatureState]):
    """A sensor that is read every two seconds. It has no verbs."""

    kind = "temperature"
    state_type = TemperatureState
    poll_s = 2.0
