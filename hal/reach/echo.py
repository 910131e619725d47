"""Echo requests, their answers, and what the kernel says of those that did not arrive; without I/O.

Written for Linux' datagram sockets of ICMP (icmp(7)): the kernel puts in the identifier and the checksum, and hands
over the message without its IP header, only of answers with our identifier. Sources: RFC 792, RFC 4443 (2.1, 4.1, 4.2),
ip(7) IP_RECVERR with `struct sock_extended_err` of linux/errqueue.h.
"""

import errno
import struct
import sys
from dataclasses import dataclass
from enum import StrEnum
from socket import AF_INET, AF_INET6, inet_ntop

TOKEN_BYTES = 12
"""Drawn for each test: nobody who has not seen a request can make an answer to it."""
_HEADER = struct.Struct("!BBHHH")
"""type, code, checksum, identifier, sequence number"""
_ERROR = struct.Struct("=IBBBBII")
"""ee_errno, ee_origin, ee_type, ee_code, ee_pad, ee_info, ee_data; the offender's sockaddr follows"""
_REQUEST = {AF_INET: 8, AF_INET6: 128}
_REPLY = {AF_INET: 0, AF_INET6: 129}
_LOCAL, _ICMP, _ICMP6 = 1, 2, 3
"""SO_EE_ORIGIN_*: who found out, this machine or somebody on the way."""
_UNREACHABLE = {_ICMP: 3, _ICMP6: 1}
_REFUSED = {_ICMP: {2, 3, 9, 10, 13}, _ICMP6: {1, 4, 5, 6}}
"""Codes of "destination unreachable" that mean: it was not let through, or nobody listens there."""
_NOBODY = {_ICMP: 1, _ICMP6: 3}
"""Said where nobody took the address on the last net."""
LEAST_BYTES = _HEADER.size + TOKEN_BYTES


class Why(StrEnum):
    """What was said of a request that did not arrive."""

    NO_ROUTE = "no_route"
    NOBODY = "nobody"
    """No device on the last net has the address."""
    UNREACHABLE = "unreachable"
    """One of the two above, or a firewall; the kernel does not say which."""
    REFUSED = "refused"
    """A firewall on the way, or the device itself, does not let it in."""
    OWN_FIREWALL = "own_firewall"
    OTHER = "other"


@dataclass(frozen=True)
class Complaint:
    """Why a request did not arrive, and the address of who says so; empty: this machine itself."""

    why: Why
    by: str = ""


def request(family: int, sequence: int, token: bytes) -> bytes:
    """Give an echo request, without identifier and checksum: those are the kernel's."""
    return _HEADER.pack(_REQUEST[AF_INET if family == AF_INET else AF_INET6], 0, 0, 0, sequence) + token


def answered(family: int, message: bytes, token: bytes) -> int | None:
    """Give the sequence number that a message answers; None where it answers none of this test's."""
    if len(message) < LEAST_BYTES:
        return None
    kind, code, _checksum, _identifier, sequence = _HEADER.unpack_from(message)
    reply = _REPLY[AF_INET if family == AF_INET else AF_INET6]
    if kind != reply or code or message[_HEADER.size :] != token:
        return None
    return sequence


def complaint(error: bytes) -> Complaint | None:
    """Read what stands beside a request in the error queue; None where it says nothing of its way."""
    if len(error) < _ERROR.size:
        return None
    number, origin, kind, code, _pad, _info, _data = _ERROR.unpack_from(error)
    if origin == _LOCAL:
        return of_errno(number)
    if origin not in _UNREACHABLE:
        return None
    if kind != _UNREACHABLE[origin]:
        # Time exceeded (a loop on the way), or a packet too big for it.
        return Complaint(Why.OTHER, _offender(error[_ERROR.size :]))
    why = Why.NOBODY if code == _NOBODY[origin] else Why.REFUSED if code in _REFUSED[origin] else Why.NO_ROUTE
    return Complaint(why, _offender(error[_ERROR.size :]))


def of_errno(number: int) -> Complaint:
    """Say why the kernel did not send, or could not connect (errno(3))."""
    match number:
        case errno.EPERM | errno.EACCES:
            return Complaint(Why.OWN_FIREWALL)
        case errno.ECONNREFUSED:
            return Complaint(Why.REFUSED)
        case errno.EHOSTUNREACH | errno.EHOSTDOWN:
            return Complaint(Why.UNREACHABLE)
        case errno.ENETUNREACH | errno.ENETDOWN | errno.EADDRNOTAVAIL:
            return Complaint(Why.NO_ROUTE)
        case _:
            return Complaint(Why.OTHER)


def _offender(address: bytes) -> str:
    """Read a sockaddr (ip(7), ipv6(7)); empty where it is none."""
    if len(address) < 8:
        return ""
    family = int.from_bytes(address[:2], sys.byteorder)
    if family == AF_INET:
        return inet_ntop(AF_INET, address[4:8])
    if family == AF_INET6 and len(address) >= 24:
        return inet_ntop(AF_INET6, address[8:24])
    return ""
