"""`python3 lights.py NAME...`: makes lights of the kernel, and prints how bright it makes them.

Each line is a name, a brightness from 0 to 255, and the time in seconds (struct uleds_user_dev of linux/uleds.h).
"""

import os
import select
import struct
import sys
import time

BRIGHTEST = 255


def main() -> None:
    lights: dict[int, str] = {}
    poller = select.poll()
    for name in sys.argv[1:]:
        light = os.open("/dev/uleds", os.O_RDWR)
        os.write(light, struct.pack("64si", name.encode(), BRIGHTEST))
        lights[light] = name
        poller.register(light, select.POLLIN)
    print("shine", flush=True)
    while True:
        for light, _events in poller.poll():
            (brightness,) = struct.unpack("i", os.read(light, 4))
            print(lights[light], brightness, f"{time.monotonic():.6f}", flush=True)


if __name__ == "__main__":
    main()
