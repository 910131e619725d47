"""A net behind a TUN device whose every address has a manner of its own: `python road.py DEVICE`; it says when it is.

Echo requests come from the kernel and answers go to it as from any wire; what is done to them says the last number of
the address (`MANNERS`). It shares no code with the product.
"""

import fcntl
import heapq
import os
import select
import struct
import sys
import time

TUNSETIFF, IFF_TUN, IFF_NO_PI = 0x400454CA, 1, 0x1000
MANNERS = {
    2: "well",
    3: "loses",
    4: "delays",
    5: "doubles",
    6: "lies",
    7: "cuts",
    8: "others",
    9: "late",
    10: "forbids",
    11: "elsewhere",
    12: "floods",
    13: "nothing",
}
DELAY_S, LATE_S = 0.04, 2.1
MANY = 3000


def checksum(data):
    data += b"\0" * (len(data) % 2)
    total = sum(struct.unpack(f"!{len(data) // 2}H", data))
    while total >> 16:
        total = (total & 0xFFFF) + (total >> 16)
    return ~total & 0xFFFF


def icmp(kind, code, rest):
    head = struct.pack("!BBH", kind, code, 0) + rest
    return struct.pack("!BBH", kind, code, checksum(head)) + rest


def packet(source, to, body):
    head = struct.pack("!BBHHHBBH4s4s", 0x45, 0, 20 + len(body), 0, 0, 64, 1, 0, source, to)
    return head[:10] + struct.pack("!H", checksum(head)) + head[12:] + body


def answers(asked):
    """Give pairs of delay and packet."""
    source, to, message = asked[12:16], asked[16:20], asked[20:]
    sequence = int.from_bytes(message[6:8], "big")

    def reply(rest=message[4:], sender=to):
        return packet(sender, source, icmp(0, 0, rest))

    identifier, count, token = message[4:6], message[6:8], message[8:]
    match MANNERS.get(to[3]):
        case "loses" if sequence % 3 == 0:
            return []
        case "nothing":
            return []
        case "delays":
            return [(DELAY_S, reply())]
        case "doubles":
            return [(0, reply()), (0.01, reply())]
        case "lies":
            wrong = bytes(one ^ 1 for one in token)
            return [(0, reply(identifier + count + wrong)), (0.02, reply())]
        case "cuts":
            return [(0, reply(message[4 : 4 + length])) for length in (4, 5, 11)]
        case "others":
            other = bytes([identifier[0] ^ 1, identifier[1]])
            return [(0, reply(other + count + token)), (0, reply(identifier + b"\xff\xff" + token))]
        case "late":
            return [(LATE_S if sequence == 1 else 0, reply())]
        case "forbids":
            told = icmp(3, 13, bytes(4) + asked[:28])
            return [(0, packet(bytes([*to[:3], 1 << 7]), source, told))]
        case "elsewhere":
            return [(0, reply(sender=bytes([*to[:3], 99])))]
        case "floods":
            return [(0, reply(identifier + count + b"x" * 12))] * MANY + [(0, reply())]
    return [(0, reply())]


def main():
    device = os.open("/dev/net/tun", os.O_RDWR | os.O_NONBLOCK)
    fcntl.ioctl(device, TUNSETIFF, struct.pack("16sH22x", sys.argv[1].encode(), IFF_TUN | IFF_NO_PI))
    print("ready", flush=True)
    waiting = []
    while True:
        rest_s = max(0.0, waiting[0][0] - time.monotonic()) if waiting else None
        if select.select([device], [], [], rest_s)[0]:
            asked = os.read(device, 4096)
            if asked[0] >> 4 == 4 and asked[9] == 1 and asked[20] == 8:
                for delay_s, answer in answers(asked):
                    heapq.heappush(waiting, (time.monotonic() + delay_s, len(waiting), answer))
        while waiting and waiting[0][0] <= time.monotonic():
            os.write(device, heapq.heappop(waiting)[2])


if __name__ == "__main__":
    main()
