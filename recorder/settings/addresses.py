"""Addresses from which somebody may log in: IPv4, IPv6, networks of both, and MAC addresses."""

import re
from collections.abc import Sequence
from ipaddress import IPv4Address, IPv6Address, IPv6Network, ip_address, ip_network
from typing import Annotated

from pydantic import AfterValidator

from recorder.client.words import _
from recorder.settings.errors import NotAllowed

MOST = 32
LONGEST = 1000
_MAC = re.compile(r"[0-9a-f]{2}(:[0-9a-f]{2}){5}", re.ASCII)


def parts(text: str) -> Sequence[str]:
    """Give the addresses of a list with commas between them."""
    return [one.strip() for one in text.split(",") if one.strip()]


def _checked(text: str) -> str:
    found: list[str] = []
    for one in parts(text):
        mac = one.lower().replace("-", ":")
        if _MAC.fullmatch(mac):
            found.append(mac)
            continue
        try:
            network = ip_network(one, strict=False)
        except ValueError:
            raise NotAllowed(
                _("{text} is no address.").format(text=one[:60]),
                _("addresses as 192.168.1.7, networks as 192.168.1.0/24, or MAC addresses, with commas between them"),
            ) from None
        found.append(str(network.network_address) if network.num_addresses == 1 else str(network))
    if len(found) > MOST:
        raise NotAllowed(_("There are more than {most} addresses.").format(most=MOST))
    return ", ".join(found)


AddressList = Annotated[str, AfterValidator(_checked)]
"""Addresses with commas between them, in their shortest writing; empty is anywhere."""


def plain(source: str) -> IPv4Address | IPv6Address | None:
    """Read the address of a caller; IPv4 within IPv6 becomes IPv4, and None is no address."""
    try:
        found = ip_address(source.partition("%")[0])
    except ValueError:
        return None
    return found.ipv4_mapped or found if isinstance(found, IPv6Address) else found


def includes(allowed: str, source: str, macs: frozenset[str]) -> bool:
    """Whether a caller comes from one of these addresses; `macs` are those that his address has on the wire."""
    address = plain(source)
    for one in parts(allowed):
        if _MAC.fullmatch(one):
            if one in macs:
                return True
        elif address is not None:
            network = ip_network(one)
            if isinstance(network, IPv6Network) == isinstance(address, IPv6Address) and address in network:
                return True
    return False
