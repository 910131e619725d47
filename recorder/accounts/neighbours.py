"""Which MAC address an IPv4 address of our own network has, as the kernel learned it (`/proc/net/arp`)."""

from pathlib import Path

ARP = Path("/proc/net/arp")
COMPLETE = 0x2
"""ATF_COM of <linux/if_arp.h>: the entry was answered."""
LONGEST = 1 << 20


def macs_of(address: str, table: Path = ARP) -> frozenset[str]:
    """Give the MAC addresses that answered for an address; none where it is not in our own network."""
    try:
        with table.open(encoding="ascii", errors="replace") as file:
            lines = file.read(LONGEST).splitlines()[1:]
    except OSError:
        return frozenset()
    found: set[str] = set()
    for line in lines:
        columns = line.split()
        if len(columns) < 6 or columns[0] != address:
            continue
        try:
            answered = int(columns[2], 16) & COMPLETE
        except ValueError:
            continue
        if answered:
            found.add(columns[3].lower())
    return frozenset(found)
