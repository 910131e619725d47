"""Multicast groups: where a camera sends to, as SETUP or the description tells it, and how they are joined (RFC 3376).

IPv4 only: no camera was met that multicasts by IPv6.
"""

import ipaddress
import socket
import struct
from collections.abc import Mapping
from dataclasses import dataclass

from recorder.rtsp.errors import Unreachable
from recorder.rtsp.message import number
from recorder.rtsp.offer import Offer
from recorder.rtsp.sdp import SessionDescription

_ADD_SOURCE_MEMBERSHIP, _MULTICAST_ALL = 39, 49
"""Linux, <linux/in.h>; Python does not name them."""
_MEMBERSHIP, _SOURCE_MEMBERSHIP = struct.Struct("4s4s"), struct.Struct("4s4s4s")
_LINK_CONTROL = ipaddress.IPv4Network("224.0.0.0/24")
FIRST_PORT = 1024
DEFAULT_TTL = 1


@dataclass(frozen=True)
class Group:
    """A group and the port of its RTP; RTCP is on the next. `source` is the only sender to be heard, or ""."""

    address: str
    port: int
    source: str = ""
    ttl: int = DEFAULT_TTL
    report_port: int = 0

    def __post_init__(self) -> None:
        if not self.report_port:
            object.__setattr__(self, "report_port", self.port + 1)


def told(transport: Mapping[str, str]) -> Group | None:
    """Read the group out of a Transport header (RFC 2326 §12.39); None where there is none, or one that may not be."""
    ports = transport.get("port", "")
    first, _, second = ports.partition("-")
    return _group(
        transport.get("destination", ""), first, transport.get("source", ""), transport.get("ttl", ""), second
    )


def described(description: SessionDescription, offer: Offer) -> Group | None:
    """Read the group of a track out of the description: `c=`, `m=` and `a=source-filter` (RFC 4570); None likewise."""
    section = next((one for one in description.media if one.control == offer.control), None)
    if section is None:
        return None
    words = (section.connection or description.connection).split()
    if len(words) != 3 or words[:2] != ["IN", "IP4"]:
        return None
    address, _, rest = words[2].partition("/")
    wanted = section.attribute("source-filter") or next(
        (one.value for one in description.attributes if one.name == "source-filter"), ""
    )
    return _group(address, str(section.port), source_of(wanted, address), rest.partition("/")[0])


def source_of(value: str, address: str) -> str:
    """Give the first source that a filter includes for a group; "" where it does not speak of it."""
    words = value.split()
    if len(words) < 5 or words[0] != "incl" or words[1:3] != ["IN", "IP4"] or words[3] not in {address, "*"}:
        return ""
    return words[4]


def _group(address: str, port: str, source: str, ttl: str, report_port: str = "") -> Group | None:
    try:
        group = ipaddress.IPv4Address(address)
    except ValueError:
        return None
    first = number(port, 65534)
    if not group.is_multicast or group in _LINK_CONTROL or first is None or first < FIRST_PORT:
        return None
    second = number(report_port, 65535)
    return Group(
        str(group),
        first,
        _unicast(source),
        number(ttl, 255) or DEFAULT_TTL,
        second if second is not None and second >= FIRST_PORT and second != first else first + 1,
    )


def _unicast(text: str) -> str:
    try:
        found = ipaddress.IPv4Address(text)
    except ValueError:
        return ""
    return "" if found.is_multicast or found.is_unspecified else str(found)


def join(group: Group, local: str) -> tuple[socket.socket, socket.socket]:
    """Open the sockets of a group on the interface that has the address `local`; raises `Unreachable`."""
    try:
        rtp = _joined(group, group.port, local)
        try:
            return rtp, _joined(group, group.report_port, local)
        except OSError:
            rtp.close()
            raise
    except OSError as error:
        raise Unreachable(reason=f"the multicast group {group.address} cannot be joined ({error.strerror})") from error


def _joined(group: Group, port: int, local: str) -> socket.socket:
    one = socket.socket(socket.AF_INET, socket.SOCK_DGRAM | socket.SOCK_NONBLOCK)
    try:
        interface, address = socket.inet_aton(local), socket.inet_aton(group.address)
        # Other streams of the camera may have the same group.
        one.setsockopt(socket.SOL_SOCKET, socket.SO_REUSEADDR, 1)
        # Bound to the group, and heard of no other that somebody on this machine joined: nothing else gets in.
        one.setsockopt(socket.IPPROTO_IP, _MULTICAST_ALL, 0)
        one.bind((group.address, port))
        if group.source:
            wanted = _SOURCE_MEMBERSHIP.pack(address, interface, socket.inet_aton(group.source))
            one.setsockopt(socket.IPPROTO_IP, _ADD_SOURCE_MEMBERSHIP, wanted)
        else:
            one.setsockopt(socket.IPPROTO_IP, socket.IP_ADD_MEMBERSHIP, _MEMBERSHIP.pack(address, interface))
        one.setsockopt(socket.IPPROTO_IP, socket.IP_MULTICAST_IF, interface)
        one.setsockopt(socket.IPPROTO_IP, socket.IP_MULTICAST_TTL, group.ttl)
        one.setsockopt(socket.IPPROTO_IP, socket.IP_MULTICAST_LOOP, 0)
    except BaseException:
        one.close()
        raise
    return one
