"""`python3 chip.py BUS`: the other side of chips that i2c-stub plays; sets and reads registers.

Each line of its input is `{"address", "register", "data"}` to write bytes from a register on, or `{"address",
"register", "count"}` to read; what it prints are the bytes there afterwards, in hex. It asks the kernel by SMBus
requests of its own (linux/i2c-dev.h, linux/i2c.h), also for what a driver holds.
"""

import ctypes
import fcntl
import json
import os
import struct
import sys

SLAVE_FORCE, SMBUS = 0x0706, 0x0720
READ, WRITE = 1, 0
BYTE_DATA = 2


class Chips:
    """All chips of one bus."""

    def __init__(self, bus: str) -> None:
        self._bus = os.open(f"/dev/{bus}", os.O_RDWR)
        self._data = ctypes.create_string_buffer(34)

    def _ask(self, way: int, register: int) -> None:
        fcntl.ioctl(self._bus, SMBUS, struct.pack("BBIP", way, register, BYTE_DATA, ctypes.addressof(self._data)))

    def write(self, address: int, register: int, data: bytes) -> None:
        fcntl.ioctl(self._bus, SLAVE_FORCE, address)
        for at, byte in enumerate(data):
            self._data[0] = byte
            self._ask(WRITE, register + at)

    def read(self, address: int, register: int, count: int) -> bytes:
        fcntl.ioctl(self._bus, SLAVE_FORCE, address)
        found = bytearray()
        for at in range(count):
            self._ask(READ, register + at)
            found += self._data[0]
        return bytes(found)


def main() -> None:
    chips = Chips(sys.argv[1])
    for line in sys.stdin:
        asked = json.loads(line)
        at, register = asked["address"], asked["register"]
        data = bytes.fromhex(asked.get("data", ""))
        chips.write(at, register, data)
        print(chips.read(at, register, asked.get("count", len(data))).hex(" "), flush=True)


if __name__ == "__main__":
    main()
