"""A fan behind a PWM output of a monitoring chip."""

from typing import Annotated

import msgspec

from hal.kernel.hwmon import Hwmon
from hal.kinds.fan import Fan
from hal.machine import Machine

FULL_PWM = 255
FULL_SPEED, MANUAL = 0, 1
"""`pwmN_enable`: no control, which is full speed; and control by us."""
STALLS_AFTER = 3
"""Readings of 0 rpm in a row before a driven fan counts as stalled: it needs some seconds to start."""
Channel = Annotated[int, msgspec.Meta(ge=1, le=16)]


class HwmonFan(Fan):
    """`pwmN` drives it, `fanN_input` counts its turns. Without a counter it never counts as stalled."""

    def __init__(
        self,
        name: str,
        machine: Machine,
        *,
        chip: str,
        device: str = "",
        pwm: Channel = 1,
        counter: Channel | None = None,
        lowest_percent: Annotated[int, msgspec.Meta(ge=0, le=100)] = 20,
    ) -> None:
        super().__init__(name)
        self._sys = machine.sys
        self._chip, self._device, self._pwm = chip, device, pwm
        self._counter = pwm if counter is None else counter
        self._lowest_percent = lowest_percent
        self._hwmon: Hwmon | None = None
        self._stood = 0

    def open(self) -> None:
        """Take the fan over, at full speed."""
        self._hwmon = hwmon = Hwmon.find(self._sys, self._chip, self._device)
        hwmon.write(f"pwm{self._pwm}", FULL_PWM)
        if hwmon.has(enable := f"pwm{self._pwm}_enable"):
            hwmon.write(enable, MANUAL)
        self._stood = 0
        self.come_online(duty_percent=100, rpm=self._rpm(hwmon), stalled=False)

    def close(self) -> None:
        """Leave it at full speed."""
        hwmon, self._hwmon = self._hwmon, None
        if hwmon is None:
            return
        try:
            hwmon.write(f"pwm{self._pwm}", FULL_PWM)
            if hwmon.has(enable := f"pwm{self._pwm}_enable"):
                hwmon.write(enable, FULL_SPEED)
        except OSError:
            return  # the chip is gone; a fan without a master runs at full speed by itself

    def poll(self) -> None:
        """Count its turns."""
        if not (hwmon := self._hwmon):
            return
        rpm = self._rpm(hwmon)
        counts = hwmon.has(f"fan{self._counter}_input")
        self._stood = self._stood + 1 if counts and not rpm and self.state.duty_percent else 0
        self.change(rpm=rpm, stalled=self._stood >= STALLS_AFTER)

    def set_duty(self, *, percent: int) -> None:
        """Drive the fan; never less than what keeps it turning, unless off."""
        self.require_online()
        if self._hwmon:
            driven = max(percent, self._lowest_percent) if percent else 0
            self._hwmon.write(f"pwm{self._pwm}", round(FULL_PWM * driven / 100))
            self.change(duty_percent=driven)

    def _rpm(self, hwmon: Hwmon) -> int:
        return hwmon.number(turns) if hwmon.has(turns := f"fan{self._counter}_input") else 0


DRIVER = HwmonFan
