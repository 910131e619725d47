"""`python3 send_remote.py SCANCODE...`: send scancodes of a remote (NEC) by the loopback receiver (linux/lirc.h)."""

import fcntl
import os
import struct
import sys

SET_SEND_MODE, MODE_SCANCODE, PROTO_NEC = 0x40046911, 8, 9
"""`LIRC_SET_SEND_MODE`, `LIRC_MODE_SCANCODE`, `RC_PROTO_NEC`."""
SCANCODE = struct.Struct("=QHHIQ")


def sender() -> int:
    """Open the receiver whose own sends come back; gives a file descriptor."""
    lirc = os.open("/dev/lirc0", os.O_RDWR)
    fcntl.ioctl(lirc, SET_SEND_MODE, struct.pack("I", MODE_SCANCODE))
    return lirc


def send(lirc: int, scancode: int) -> None:
    """Press and let go a key: address, then command."""
    os.write(lirc, SCANCODE.pack(0, 0, PROTO_NEC, 0, scancode))


def main() -> None:
    lirc = sender()
    for word in sys.argv[1:]:
        send(lirc, int(word, 16))


if __name__ == "__main__":
    main()
