"""Addresses as they may stand in files and commands of root: of the plain kind, and nothing behind a `%`.

Behind that, `ipaddress` takes anything for the zone of an IPv6 address (RFC 4007), a new line and a rule of one's own
too.
"""

import ipaddress

Address = ipaddress.IPv4Address | ipaddress.IPv6Address
Interface = ipaddress.IPv4Interface | ipaddress.IPv6Interface
Net = ipaddress.IPv4Network | ipaddress.IPv6Network


def address(told: str) -> Address:
    """Parse an address; raises ValueError."""
    return ipaddress.ip_address(_without_zone(told))


def interface(told: str) -> Interface:
    """Parse an address with its prefix; raises ValueError."""
    return ipaddress.ip_interface(_without_zone(told))


def network(told: str, *, strict: bool = True) -> Net:
    """Parse a net; raises ValueError, with `strict` also where bits of hosts are set."""
    return ipaddress.ip_network(_without_zone(told), strict=strict)


def _without_zone(told: str) -> str:
    if "%" in told:
        raise ValueError(f"{told[:64]!r} has a zone, which no address here needs")
    return told
