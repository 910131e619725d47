"""The kernel's input devices (linux/input.h): events of 24 bytes, alone for whoever grabs them.

The numbers are equal on x86-64 and aarch64 (notes/appliance.md §1.2).
"""

import errno
import fcntl
import os
import struct
from dataclasses import dataclass
from pathlib import Path
from typing import Protocol

from hal.errors import BadAnswer, Offline

EVENT = struct.Struct("qqHHi")
EV_SYN, EV_KEY, EV_REL, EV_ABS, EV_SND = 0, 1, 2, 3, 0x12
SYN_DROPPED = 3
"""The kernel's queue ran over: what is down must be asked anew."""
SND_TONE = 2
"""The value is the frequency in Hz; 0 is silence."""
RELEASED, PRESSED, REPEATED = 0, 1, 2
EVIOCGRAB = 0x40044590
EVIOCGNAME = 0x81004506
EVIOCGKEY = 0x80604518
EVIOCGBIT_KEY = 0x80604521
EVIOCGPROP = 0x80044509
EVIOCGABS = 0x80184540
"""The range of axis 0; that of axis n has a number that is larger by n."""
AXIS = struct.Struct("=6i")
PROPERTY_POINTER = 0
"""A touchpad, whose places are none on the screen (linux/input-event-codes.h, INPUT_PROP_POINTER)."""
KEY_BYTES = 96
MOST_AT_ONCE = 64


@dataclass(frozen=True, slots=True)
class InputEvent:
    """One event, at a time of the kernel's clock (µs)."""

    type: int
    code: int
    value: int
    at_us: int = 0

    def packed(self) -> bytes:
        """As the kernel reads it."""
        return EVENT.pack(self.at_us // 1_000_000, self.at_us % 1_000_000, self.type, self.code, self.value)


def parse(data: bytes) -> list[InputEvent]:
    """Give the events of a read; raises `BadAnswer` when it is no whole number of them."""
    if len(data) % EVENT.size:
        raise BadAnswer("half an input event", data)
    return [
        InputEvent(kind, code, value, seconds * 1_000_000 + micros)
        for seconds, micros, kind, code, value in EVENT.iter_unpack(data)
    ]


class InputNode(Protocol):
    """One open input device. Calls raise `OSError` when it is gone."""

    def fileno(self) -> int:
        """Give the descriptor that becomes readable when events wait."""
        ...

    def events(self) -> list[InputEvent]:
        """Give the events that wait; none is an empty list."""
        ...

    def down(self) -> frozenset[int]:
        """Give the codes of the keys that are down now."""
        ...

    def keys(self) -> frozenset[int]:
        """Give the codes of the keys that the device has."""
        ...

    def place_range(self) -> tuple[tuple[int, int], tuple[int, int]] | None:
        """Give the least and most value across and down of a device that tells places on the screen; None of others."""
        ...

    def send(self, event: InputEvent, /) -> None:
        """Send an event to the device, such as a tone."""
        ...

    def close(self) -> None:
        """Let go."""
        ...


class EventDevice:
    """An open `/dev/input/eventN`; with `grab` nobody else gets its events, no console and no desktop."""

    def __init__(self, path: Path, *, grab: bool, writes: bool = False) -> None:
        flags = os.O_NONBLOCK | os.O_CLOEXEC | (os.O_RDWR if writes else os.O_RDONLY)
        try:
            self._descriptor = os.open(path, flags)
        except OSError as error:
            raise Offline(f"{path}: {error.strerror}") from None
        if grab:
            try:
                fcntl.ioctl(self._descriptor, EVIOCGRAB, 1)
            except OSError as error:
                self.close()
                words = "another program holds it" if error.errno == errno.EBUSY else error.strerror
                raise Offline(f"{path}: {words}") from None

    @property
    def name(self) -> str:
        """What the device calls itself."""
        answer = fcntl.ioctl(self._descriptor, EVIOCGNAME, bytes(256))
        return answer.split(b"\0")[0].decode(errors="replace")

    def fileno(self) -> int:
        """Give the descriptor that becomes readable when events wait."""
        return self._descriptor

    def events(self) -> list[InputEvent]:
        """Give the events that wait."""
        try:
            data = os.read(self._descriptor, EVENT.size * MOST_AT_ONCE)
        except BlockingIOError:
            return []
        if not data:
            raise OSError(errno.ENODEV, "the input device is gone")
        return parse(data)

    def down(self) -> frozenset[int]:
        """Give the codes of the keys that are down now."""
        return _bits(fcntl.ioctl(self._descriptor, EVIOCGKEY, bytes(KEY_BYTES)))

    def keys(self) -> frozenset[int]:
        """Give the codes of the keys that the device has."""
        return _bits(fcntl.ioctl(self._descriptor, EVIOCGBIT_KEY, bytes(KEY_BYTES)))

    def place_range(self) -> tuple[tuple[int, int], tuple[int, int]] | None:
        """Give the least and most value across and down of a touch screen or tablet; None of mice and touchpads."""
        try:
            properties = int.from_bytes(fcntl.ioctl(self._descriptor, EVIOCGPROP, bytes(4)), "little")
            axes = [AXIS.unpack(fcntl.ioctl(self._descriptor, EVIOCGABS + axis, bytes(AXIS.size))) for axis in (0, 1)]
        except OSError:
            return None
        (_x, left, right, *_), (_y, top, bottom, *_) = axes
        if properties >> PROPERTY_POINTER & 1 or right <= left or bottom <= top:
            return None
        return (left, right), (top, bottom)

    def send(self, event: InputEvent, /) -> None:
        """Send an event to the device."""
        os.write(self._descriptor, event.packed())

    def close(self) -> None:
        """Let go."""
        os.close(self._descriptor)


def _bits(bitmap: bytes) -> frozenset[int]:
    return frozenset(8 * at + bit for at, byte in enumerate(bitmap) for bit in range(8) if byte >> bit & 1)


def open_keys(path: Path) -> InputNode:
    """Open and grab an input device; raises `Offline`."""
    return EventDevice(path, grab=True)


def open_sound(path: Path) -> InputNode:
    """Open a beeper to send it tones; raises `Offline`."""
    return EventDevice(path, grab=False, writes=True)
