"""A dome that does what it is told on the wire: it knows only the bytes it is sent.

It understands what common domes find out by themselves: Pelco-D and its extended commands, Pelco-P, VISCA, DH-SD. It is
written from what is on the wire, without the tables of the encoder. It never stops by itself, as the worst real ones.
"""

import math
from collections.abc import Callable
from functools import reduce
from operator import xor

from hal.simulated.dome_body import FULL_SPEED, ZOOM_SPEED, DomeBody

VISCA_STEPS = 14.4
"""What its VISCA counts in a degree."""


class SimulatedDome(DomeBody):
    """One dome at its address."""

    def __init__(self, address: int, monotonic_s: Callable[[], float], *, inner_xor: bool = False) -> None:
        super().__init__(monotonic_s)
        self.address = address
        self._inner_xor = inner_xor
        self._buffer = bytearray()
        self.heard: list[bytes] = []
        """The last frames for this dome."""

    def take(self, data: bytes) -> bytes:
        """Hear bytes on the line; gives what it answers."""
        self.run()
        self._buffer += data
        answer = b""
        while self._buffer:
            size = self._size()
            if size is None:
                break
            if size:
                answer += self._frame(bytes(self._buffer[:size]))
            del self._buffer[: size or 1]
        return answer

    def _size(self) -> int | None:
        """How long the frame at the begin is; 0: none begins here; None: it is not complete."""
        data, first = self._buffer, self._buffer[0]
        length = {0xFF: 7, 0xA5: 7, 0xA0: 8}.get(first)
        if length is not None:
            if len(data) < length:
                return None
            return length if self._whole(bytes(data[:length])) else 0
        if 0x80 <= first <= 0x8F:
            end = data.find(0xFF)
            if end < 0:
                return None if len(data) < 16 else 0
            return end + 1 if end < 16 else 0
        return 0

    def _whole(self, frame: bytes) -> bool:
        if frame[0] == 0xFF:
            return sum(frame[1:6]) % 256 == frame[6]
        if frame[0] == 0xA5:
            return sum(frame[:6]) % 256 == frame[6]
        covered = frame[1:6] if self._inner_xor else frame[:7]
        return frame[6] == 0xAF and reduce(xor, covered) == frame[7]

    def _frame(self, frame: bytes) -> bytes:
        answer = b""
        if frame[0] == 0xFF and frame[1] == self.address:
            answer = self._pelco(
                frame[2], frame[3], frame[4], frame[5], focus_near=frame[2] & 1, focus_far=frame[3] >> 7
            )
        elif frame[0] == 0xA0 and frame[1] == self.address - 1:
            first = frame[2]
            # P has near, far, open and close one bit further left, and its scan in the place of D's sense bit.
            as_in_d = (first >> 1 & 0x06) | (0x90 if first & 0x20 else 0)
            self._pelco(as_in_d, frame[3], frame[4], frame[5], focus_near=first >> 1 & 1, focus_far=first & 1)
        elif frame[0] == 0xA5 and frame[1] == self.address:
            self._dh(frame[2], frame[3], frame[4])
        elif frame[0] == 0x88:
            return frame[:-2] + b"\x02\xff" if frame[1] == 0x30 else frame
        elif frame[0] == 0x80 + self.address:
            try:
                answer = self._visca(frame[1:-1])
            except KeyError:
                answer = bytes([0x80 + self.address * 16, 0x60, 0x02, 0xFF])
        else:
            return b""
        self.heard = [*self.heard[-31:], frame]
        return answer

    def _pelco(self, c1: int, c2: int, d1: int, d2: int, *, focus_near: int, focus_far: int) -> bytes:
        if c2 & 1:
            return self._extended(c2, d1, d2)
        if c1 & 0x90 == 0x90:
            self._scan = 20.0
            return b""
        pan = (c2 >> 1 & 1) - (c2 >> 2 & 1)
        tilt = (c2 >> 3 & 1) - (c2 >> 4 & 1)
        zoom = (c2 >> 5 & 1) - (c2 >> 6 & 1)
        if self.menu:
            self._menu(-tilt, ok=bool(c1 >> 1 & 1), out=bool(c1 >> 2 & 1))
            return b""
        self._move(pan * _share(d1, 0x3F), tilt * _share(d2, 0x3F), float(zoom))
        self.focus, self.iris = focus_far - focus_near, (c1 >> 1 & 1) - (c1 >> 2 & 1)
        return b""

    def _extended(self, c2: int, d1: int, d2: int) -> bytes:
        value = d1 << 8 | d2
        match c2:
            case 0x03 if d2 in {0x5C, 0x5D}:
                self.limits[d2 - 0x5C] = self.signed_pan
            case 0x03 | 0x07 if d2 == 0x5F:
                self._open_menu()
            case 0x03:
                self._keep(d2)
            case 0x05:
                self.presets.pop(d2, None)
            case 0x07:
                self._call(d2)
            case 0x09 | 0x0B:
                self._switch(d2, on=c2 == 0x09)
            case 0x0F:
                self._reset()
            case 0x1F:
                self._record(d2)
            case 0x21:
                self._recording = None
            case 0x23:
                self._play(d2)
            case 0x4B:
                self._go((value / 100, self.tilt, self.zoom))
            case 0x4D:
                degrees = value / 100
                self._go((self._heading()[0], -degrees if degrees <= 180 else 360 - degrees, self._heading()[2]))
            case 0x4F:
                self._go((*self._heading()[:2], value / 0xFFFF))
            case 0x51 | 0x53 | 0x55:
                told = {0x51: self.pan * 100, 0x53: -self.tilt % 360 * 100, 0x55: self.zoom * 0xFFFF}[c2]
                reply = bytes([self.address, 0, c2 + 8, *(round(told) & 0xFFFF).to_bytes(2)])
                return b"\xff" + reply + bytes([sum(reply) % 256])
            case _:
                pass
        return b""

    def _call(self, number: int) -> None:
        match number:
            case 0x21:
                self._go(((self.pan + 180) % 360, self.tilt, self.zoom))
            case 0x22:
                self._go((0.0, self.tilt, self.zoom))
            case 0x60:
                self._rest()
            case 0x63:
                self._scan = 20.0
            case 0x4C:
                self._begin_tour(1)
            case _ if number in self.presets:
                self._go(self.presets[number])
            case _:
                pass

    def _dh(self, command: int, d1: int, d2: int) -> None:
        if command in {0x50, 0x60, 0x40, 0x41, 0x42, 0x44, 0x48}:
            zoom = {0x41: 1.0, 0x42: -1.0}.get(command, 0.0)
            if command == 0x40:
                self.focus = self.iris = 0
            self._move(self.speed[0] / FULL_SPEED, self.speed[1] / FULL_SPEED, zoom)
            self.focus = {0x44: 1, 0x48: -1}.get(command, self.focus)
            self.iris = {0x50: 1, 0x60: -1}.get(command, self.iris)
        elif command < 0x10:
            pan, tilt = (command & 1) - (command >> 1 & 1), (command >> 3 & 1) - (command >> 2 & 1)
            self._move(pan * _share(d1, 0x3F), tilt * _share(d2, 0x3F), self.speed[2] / ZOOM_SPEED)
        elif command == 0x81 and d2 > 0x80:
            self.limits[(d2 - 0x81) % 2] = self.signed_pan
        elif command == 0x81:
            self._keep(d2)
        elif command == 0x82 and d2 == 0x51:
            self.tours.clear()
        elif command == 0x82 and d1 == 0 and d2 in self.presets:
            del self.presets[d2]
        elif command == 0x83 and d2 == 0x63:
            self._begin_tour(d1 + 1)
        elif command == 0x83 and (d2 == 0x5A or (d1, d2) == (0, 0x62)):
            self._rest()
        elif command == 0x83 and (d2 > 0x90 or (d1, d2) == (1, 0x62)):
            self._scan = 20.0
        elif command == 0x83:
            self._call(d2) if d2 in self.presets else None
        elif command == 0x84:
            self.tours.setdefault(d1 + 1, []).append(d2)
        elif command == 0x85:
            {0: self._play, 1: self._record}.get(d2, self._end)(d1)
        elif command == 0x87 and d2 == 0x0A:
            self._go(((self.pan + 180) % 360, self.tilt, self.zoom))
        elif command == 0x87 and d2 == 0x0B:
            self._reset()
        elif command in {0x87, 0x88}:
            self._switch(d2, on=command == 0x87)
        elif command == 0x89 and d1 == 1:
            self._open_menu()
        elif command == 0x89 and self.menu:
            self._menu({0x04: -1, 0x05: 1}.get(d1, 0), ok=d1 == 0x08, out=d1 == 0)

    def _visca(self, body: bytes) -> bytes:
        reply = bytes([0x80 + self.address * 16])
        match list(body):
            case [0x09, 0x06, 0x12]:
                return (
                    reply
                    + b"\x50"
                    + _nibbles(self.signed_pan * VISCA_STEPS)
                    + _nibbles(self.tilt * VISCA_STEPS)
                    + b"\xff"
                )
            case [0x09, 0x04, 0x47]:
                return reply + b"\x50" + _nibbles(self.zoom * 0x4000) + b"\xff"
            case [0x09, 0x00, 0x02]:
                return reply + b"\x50\x00\x01\x05\x11\x02\x00\x02\xff"
            case [0x01, 0x06, 0x01, pan, tilt, across, along]:
                right, up = {1: -1, 2: 1, 3: 0}[across], {1: 1, 2: -1, 3: 0}[along]
                self._move(right * pan / 0x18, up * tilt / 0x14, self.speed[2] / ZOOM_SPEED)
            case [0x01, 0x06, 0x02, _, _, *at]:
                self._go((_signed(at[:4]) / VISCA_STEPS % 360, _signed(at[4:]) / VISCA_STEPS, self.zoom))
            case [0x01, 0x06, 0x03, _, _, *by]:
                pan = (self.pan + _signed(by[:4]) / VISCA_STEPS) % 360
                self._go((pan, self.tilt + _signed(by[4:]) / VISCA_STEPS, self.zoom))
            case [0x01, 0x06, 0x04]:
                self._go((0.0, 0.0, self.zoom))
            case [0x01, 0x06, 0x05]:
                self._reset()
            case [0x01, 0x04, 0x07, how]:
                sign = {0: 0, 2: 1, 3: -1}[how >> 4 or how]
                self._move(self.speed[0] / FULL_SPEED, self.speed[1] / FULL_SPEED, float(sign))
            case [0x01, 0x04, 0x47, *at]:
                self._go((*self._heading()[:2], _signed(at) / 0x4000))
            case [0x01, 0x04, 0x08, how]:
                self.focus = {0: 0, 2: 1, 3: -1}[how]
            case [0x01, 0x04, 0x0B, how]:
                pass  # a step of the iris
            case [0x01, 0x04, 0x3F, how, number]:
                if how == 2 and number not in self.presets:
                    return reply + b"\x61\x41\xff"
                {0: self._drop, 1: self._keep, 2: self._call_kept}[how](number)
            case [0x01, 0x04, 0x00, how]:
                self.on = how == 2
            case [0x01, 0x04, 0x38 | 0x18, _]:
                pass
            case _:
                return reply + b"\x60\x02\xff"
        return reply + b"\x41\xff" + reply + b"\x51\xff"


def _share(speed: int, top: int) -> float:
    """A speed of 0 still creeps."""
    return max(min(speed, top) / top, 0.01)


def _nibbles(value: float) -> bytes:
    whole = math.floor(value + 0.5) & 0xFFFF
    return bytes([whole >> 12, whole >> 8 & 15, whole >> 4 & 15, whole & 15])


def _signed(nibbles: list[int]) -> int:
    value = 0
    for nibble in nibbles:
        value = value * 16 + nibble % 16
    return value - 0x10000 if value >= 0x8000 else value
