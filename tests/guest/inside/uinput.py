"""Input devices that a program makes (linux/uinput.h): keys, and the axes of a mouse."""

import fcntl
import os
import struct
import time
from collections.abc import Iterable
from pathlib import Path

from hal.kernel.input import EV_KEY, EV_REL, EV_SYN, InputEvent

_SET_EVBIT, _SET_KEYBIT, _SET_RELBIT = 0x40045564, 0x40045565, 0x40045566
_CREATE, _DESTROY, _SYSNAME = 0x5501, 0x5502, 0x8040552C
_USER_DEV = struct.Struct("80sHHHHI256s")
APPEARS_S = 60.0


class Uinput:
    """One device, of a name and with some keys, until it is closed."""

    def __init__(self, name: str, keys: Iterable[int], axes: Iterable[int] = ()) -> None:
        self._out = os.open("/dev/uinput", os.O_WRONLY | os.O_CLOEXEC)
        for kind, ioctl, codes in ((EV_KEY, _SET_KEYBIT, keys), (EV_REL, _SET_RELBIT, axes)):
            for code in codes:
                fcntl.ioctl(self._out, _SET_EVBIT, kind)
                fcntl.ioctl(self._out, ioctl, code)
        os.write(self._out, _USER_DEV.pack(name.encode(), 3, 1, 1, 1, 0, b"") + bytes(3 * 64 * 4))
        fcntl.ioctl(self._out, _CREATE)
        called = fcntl.ioctl(self._out, _SYSNAME, bytes(64)).rstrip(b"\0").decode()
        self._place = Path("/sys/devices/virtual/input") / called
        self.node = self._find()

    def _find(self) -> Path:
        end = time.monotonic() + APPEARS_S
        while True:
            for one in self._place.glob("event*"):
                if (node := Path("/dev/input") / one.name).exists():
                    return node
            assert time.monotonic() < end, f"{self._place} has no node"
            time.sleep(0.05)

    def send(self, kind: int, code: int, value: int) -> None:
        """Send an event and its report."""
        os.write(self._out, InputEvent(kind, code, value).packed() + InputEvent(EV_SYN, 0, 0).packed())

    def press(self, code: int) -> None:
        """Push a key down."""
        self.send(EV_KEY, code, 1)

    def release(self, code: int) -> None:
        """Let it go."""
        self.send(EV_KEY, code, 0)

    def close(self) -> None:
        """Unplug it."""
        fcntl.ioctl(self._out, _DESTROY)
        os.close(self._out)
