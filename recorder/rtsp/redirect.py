"""Where a camera may send us: to itself, or to another machine that gets no password; never back into this one.

A camera is hostile until proven otherwise: without these rules it could have the recorder knock at any address that
the recorder reaches and the camera does not.
"""

import ipaddress
import socket
from dataclasses import replace
from urllib.parse import urljoin

from recorder.rtsp.address import Address, BadAddress, parse
from recorder.rtsp.errors import Faulty

MOST_REDIRECTS = 3
"""In one try to play; more are a loop."""
STATUSES = frozenset({301, 302, 303, 305, 307, 308})
"""RFC 2326 §7.1.1, and those of RFC 7826 §17.3 that mean the same."""
_DISCARD = 9


def follow(asked: Address, location: str) -> Address:
    """Give where a redirect leads; raises `Faulty` where it may not.

    It stays with RTSP, never falls back from encryption to none, and takes user and password only to the same host.
    What user and password the location itself names is passed over.
    """
    text = location.strip()
    try:
        # urljoin knows of no RTSP, and treats it as HTTP when it is called so.
        whole = text if "://" in text else "rtsp" + urljoin("http" + asked.url[4:], text)[4:]
        found = parse(whole)
    except (BadAddress, ValueError) as error:
        raise Faulty(reason="it redirects to what is no address of RTSP") from error
    if asked.tls and not found.tls:
        raise Faulty(reason="it redirects from an encrypted connection to one that is not")
    same = found.host.lower() == asked.host.lower()
    return replace(
        found,
        user=asked.user if same else "",
        password=asked.password if same else "",
        foreign=asked.foreign or not same,
    )


def may_lead_to(address: str) -> bool:
    """Tell whether a redirect to another host may end at this IP address: at no one's own, at no group."""
    try:
        found = ipaddress.ip_address(address.partition("%")[0])
    except ValueError:
        return False
    if isinstance(found, ipaddress.IPv6Address) and found.ipv4_mapped:
        found = found.ipv4_mapped
    if found.is_loopback or found.is_link_local or found.is_multicast or found.is_unspecified or found.is_reserved:
        return False
    return not _is_ours(str(found), socket.AF_INET if found.version == 4 else socket.AF_INET6)


def _is_ours(address: str, family: socket.AddressFamily) -> bool:
    """Tell whether an address is one of this machine: what is sent there would leave from that very address."""
    with socket.socket(family, socket.SOCK_DGRAM) as one:
        try:
            one.connect((address, _DISCARD))
        except OSError:
            return False
        return one.getsockname()[0] == address
