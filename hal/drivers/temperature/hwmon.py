"""A temperature that the kernel reads: CPUs, boards, disks (drivetemp)."""

from typing import Annotated

import msgspec

from hal.errors import BadAnswer, Offline
from hal.kernel.hwmon import Hwmon
from hal.kinds.temperature import Temperature
from hal.machine import Machine

PLAUSIBLE_MILLICELSIUS = range(-55_000, 150_000)
"""What silicon sensors can measure at all; a chip that tells more was read wrongly."""
Channel = Annotated[int, msgspec.Meta(ge=1, le=64)]


class HwmonTemperature(Temperature):
    """`tempN_input` of a chip. Limits are the board's if it names them, else the chip's."""

    def __init__(
        self,
        name: str,
        machine: Machine,
        *,
        chip: str,
        device: str = "",
        channel: Channel = 1,
        high_celsius: float | None = None,
        critical_celsius: float | None = None,
    ) -> None:
        super().__init__(name)
        self._sys = machine.sys
        self._chip, self._device, self._channel = chip, device, channel
        self._high_celsius, self._critical_celsius = high_celsius, critical_celsius
        self._hwmon: Hwmon | None = None

    def open(self) -> None:
        """Find the chip and read it."""
        self._hwmon = hwmon = Hwmon.find(self._sys, self._chip, self._device)
        high = self._limit(hwmon, "max", self._high_celsius, self.state.high_celsius)
        critical = self._limit(hwmon, "crit", self._critical_celsius, self.state.critical_celsius)
        celsius = self._read(hwmon)
        self.come_online(celsius=celsius, high_celsius=high, critical_celsius=critical)

    def close(self) -> None:
        """Go."""
        self._hwmon = None

    def poll(self) -> None:
        """Read the chip."""
        if self._hwmon:
            self.change(celsius=self._read(self._hwmon))

    def _read(self, hwmon: Hwmon) -> float:
        if hwmon.has(fault := f"temp{self._channel}_fault") and hwmon.number(fault):
            raise Offline("the sensor is broken or not connected")
        told = hwmon.number(f"temp{self._channel}_input")
        if told not in PLAUSIBLE_MILLICELSIUS:
            raise BadAnswer("not a temperature", str(told).encode())
        return told / 1000

    def _limit(self, hwmon: Hwmon, suffix: str, boards: float | None, usual: float) -> float:
        if boards is not None:
            return boards
        attribute = f"temp{self._channel}_{suffix}"
        if hwmon.has(attribute) and 0 < (told := hwmon.number(attribute)) < PLAUSIBLE_MILLICELSIUS.stop:
            return told / 1000
        return usual


DRIVER = HwmonTemperature
