import errno
import struct
from datetime import UTC, datetime

import pytest

from hal.drivers.clock import rtc as driver
from hal.drivers.clock.rtc import RtcClock
from hal.kernel import rtc
from hal.kinds.clock import Battery
from hal.machine import Machine
from tests.hal.contracts.clock import NOW_S, ClockContract
from tests.hal.contracts.device import Rig


class Kernel(Rig):
    """The requests of linux/rtc.h on registers; the numbers stand here as literals."""

    def __init__(self, root, monkeypatch):
        self.path = root / "rtc0"
        self.path.touch()
        self.flags = 0
        self.refuses = None
        self.registers = self.date(datetime.fromtimestamp(NOW_S, UTC))
        monkeypatch.setattr(driver.fcntl, "ioctl", self.ioctl)
        super().__init__(RtcClock("RTC", Machine(dev=root, wall_s=lambda: NOW_S)))

    @staticmethod
    def date(at):
        return struct.pack("9i", at.second, at.minute, at.hour, at.day, at.month - 1, at.year - 1900, 0, 0, 0)

    def ioctl(self, _file, request, argument):
        if request == 0x80247009:
            if self.refuses is not None:
                raise OSError(self.refuses, "Refused")
            return self.registers
        if request == 0x4024700A:
            self.registers, self.refuses = argument, None
            return argument
        assert request == 0x80047013
        if self.flags is None:
            raise OSError(25, "Inappropriate ioctl for device")
        return struct.pack("I", self.flags)

    def shows_s(self):
        second, minute, hour, day, month, year, *_ = struct.unpack("9i", self.registers)
        return datetime(year + 1900, month + 1, day, hour, minute, second, tzinfo=UTC).timestamp()

    def empty_battery(self):
        self.flags = 4

    def lose(self):
        self.path.unlink()


@pytest.fixture
def rig(tmp_path, monkeypatch):
    return Kernel(tmp_path, monkeypatch)


class TestRtc(ClockContract):
    @pytest.mark.covers("D-HW-20")
    @pytest.mark.parametrize(
        ("flags", "battery"), [(0, "good"), (2, "low"), (4, "empty"), (1, "empty"), (None, "unknown")]
    )
    def test_the_battery_is_told(self, rig, flags, battery):
        rig.flags = flags
        rig.device.open()
        assert rig.device.state.battery is Battery(battery)

    def test_a_clock_that_started_in_1970_is_not_trusted(self, rig):
        rig.registers = rig.date(datetime(1970, 1, 1, 0, 0, 7, tzinfo=UTC))
        rig.device.open()
        assert not rig.device.state.trusted

    @pytest.mark.parametrize("place", range(6))
    @pytest.mark.parametrize("value", [-1, 99, 2**31 - 1])
    def test_registers_that_hold_no_date_are_not_trusted(self, rig, place, value):
        numbers = list(struct.unpack("9i", rig.registers))
        numbers[place] = value
        rig.registers = struct.pack("9i", *numbers)
        rig.device.open()
        assert rig.device.state.online
        assert not rig.device.state.trusted

    @pytest.mark.covers("D-HW-20")
    @pytest.mark.parametrize(("flags", "battery"), [(1, "empty"), (None, "empty"), (0, "empty")])
    def test_a_clock_whose_time_the_kernel_refuses_to_tell_is_told_and_can_be_set(self, rig, flags, battery):
        rig.flags, rig.refuses = flags, errno.EINVAL
        rig.device.open()
        assert rig.device.state.online
        assert (rig.device.state.battery, rig.device.state.trusted) == (Battery(battery), False)
        rig.flags = 0
        rig.device.set(wall_s=NOW_S)
        assert (rig.device.state.battery, rig.device.state.trusted) == (Battery.GOOD, True)

    def test_a_clock_that_does_not_answer_is_offline(self, rig):
        rig.refuses = errno.EREMOTEIO
        with pytest.raises(OSError, match="Refused"):
            rig.device.open()


def test_a_leap_day_survives_packing():
    at = datetime(2028, 2, 29, 23, 59, 59, tzinfo=UTC)
    assert rtc.unpack_time(rtc.pack_time(at.timestamp())) == at.timestamp()


def test_the_day_of_the_week_is_set_as_well_because_chips_keep_it():
    """2031-05-06 is a Tuesday, the 126th day of the year; the kernel counts both from 0 (struct rtc_time)."""
    packed = struct.unpack("9i", rtc.pack_time(datetime(2031, 5, 6, 7, 8, 9, tzinfo=UTC).timestamp()))
    assert packed == (9, 8, 7, 6, 4, 131, 2, 125, 0)
