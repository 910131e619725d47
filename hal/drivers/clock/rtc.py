"""The kernel's real-time clock, /dev/rtcN, kept in UTC."""

import errno
import fcntl
import os
import struct

from hal.errors import Offline
from hal.kernel import rtc
from hal.kinds.clock import Battery, Clock, trusted
from hal.machine import Machine


class RtcClock(Clock):
    """Every look opens the device for a moment: only one may hold it, and the system sets it too."""

    def __init__(self, name: str, machine: Machine, *, device: str = "rtc0") -> None:
        super().__init__(name)
        self._path = machine.dev / device
        self._wall_s = machine.wall_s

    def open(self) -> None:
        """Read the clock."""
        self.come_online(**self._look())

    def close(self) -> None:
        """Go."""

    def poll(self) -> None:
        """Read the clock again."""
        self.change(**self._look())

    def set(self, *, wall_s: float) -> None:
        """Set the clock."""
        self.require_online()
        self._ask(rtc.SET_TIME, rtc.pack_time(wall_s))
        self.change(**self._look())

    def _look(self) -> dict[str, object]:
        battery = self._battery()
        try:
            shown = rtc.unpack_time(self._ask(rtc.READ_TIME, bytes(rtc.TIME.size)))
        except ValueError:
            return {"offset_s": 0.0, "battery": battery, "trusted": False}
        except OSError as error:
            if error.errno != errno.EINVAL:
                raise
            # The kernel's driver saw that the clock had stopped, as it does without power; it goes on when it is set.
            return {"offset_s": 0.0, "battery": Battery.EMPTY, "trusted": False}
        offset_s = round(shown - self._wall_s(), 0)
        return {"offset_s": offset_s, "battery": battery, "trusted": trusted(shown, battery)}

    def _battery(self) -> Battery:
        try:
            (flags,) = struct.unpack("I", self._ask(rtc.READ_VOLTAGE, bytes(4)))
        except OSError:
            return Battery.UNKNOWN  # this clock cannot tell
        if flags & (rtc.BACKUP_EMPTY | rtc.DATA_INVALID):
            return Battery.EMPTY
        return Battery.LOW if flags & rtc.BACKUP_LOW else Battery.GOOD

    def _ask(self, request: int, argument: bytes) -> bytes:
        try:
            file = os.open(self._path, os.O_RDONLY | os.O_CLOEXEC)
        except OSError as error:
            raise Offline(f"{self._path}: {error.strerror}") from None
        try:
            return fcntl.ioctl(file, request, argument)
        finally:
            os.close(file)


DRIVER = RtcClock
