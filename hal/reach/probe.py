"""Carries out one test: from a name to an address, then request by request until all are answered or missing."""

import ipaddress
import re
import select
import socket
import time
from collections.abc import Callable
from dataclasses import dataclass
from typing import Any

from hal.errors import BadRequest
from hal.reach.line import CannotBegin, EchoLine, Line, PortLine
from hal.reach.series import Problem, Report, Series

LONGEST_NAME = 253
"""Of a host (RFC 1035, 2.3.4), without a dot at its end."""
_NAME = re.compile(r"[A-Za-z0-9_:][A-Za-z0-9_.:-]*(%[A-Za-z0-9_.-]{1,15})?")
"""An address with or without the interface that it holds at, or the name of a host."""
EVERYBODY = ipaddress.IPv4Address("255.255.255.255")


@dataclass(frozen=True)
class Found:
    """An address of a family, as sockets take it."""

    family: int
    to: tuple[Any, ...]


class Stop:
    """Ends a test from another thread."""

    def __init__(self) -> None:
        self.asked = False
        self._ear, self._mouth = socket.socketpair()

    def fileno(self) -> int:
        """Give what becomes readable once the test shall end."""
        return self._ear.fileno()

    def ask(self) -> None:
        """End it at once; also where it has ended already."""
        self.asked = True
        self._mouth.close()

    def close(self) -> None:
        """Let go of both ends, once nobody listens any more."""
        self._mouth.close()
        self._ear.close()


def require_name(told: str) -> str:
    """Give an address or a name as it may be looked up; raises `BadRequest`."""
    name = told.strip().removeprefix("[").removesuffix("]").removesuffix(".")
    if len(name) > LONGEST_NAME or not _NAME.fullmatch(name):
        raise BadRequest(f"{told[:64]!r} is neither an address nor the name of a device")
    return name


def look_up(name: str, port: int) -> Found:
    """Find the address of a name, or read one; blocks for as long as name servers are silent.

    The first in the order of RFC 6724 is taken. Raises `CannotBegin`.
    """
    kind = socket.SOCK_STREAM if port else socket.SOCK_DGRAM
    try:
        try:
            found = socket.getaddrinfo(name, port or None, type=kind, flags=socket.AI_NUMERICHOST)
        except socket.gaierror:
            found = socket.getaddrinfo(name, port or None, type=kind, flags=socket.AI_ADDRCONFIG)
    except socket.gaierror as error:
        silent = error.errno in {socket.EAI_AGAIN, socket.EAI_FAIL, socket.EAI_SYSTEM}
        raise CannotBegin(Problem.NO_NAME_SERVER if silent else Problem.NO_NAME) from None
    except UnicodeError:
        raise CannotBegin(Problem.NO_NAME) from None
    family, _kind, _protocol, _name, to = found[0]
    address = ipaddress.ip_address(str(to[0]))
    if address.version == 6 and address.ipv4_mapped is not None:
        return look_up(str(address.ipv4_mapped), port)
    if address.is_multicast or address.is_unspecified or address == EVERYBODY:
        raise CannotBegin(Problem.NOT_ONE_DEVICE)
    if address.version == 6 and address.is_link_local and not to[-1]:
        raise CannotBegin(Problem.WHICH_NET)
    return Found(family, to)


def open_line(found: Found, port: int) -> Line:
    """Give the way that requests go; raises `CannotBegin`, OSError."""
    return PortLine(found.family, found.to) if port else EchoLine(found.family, found.to)


def probe(
    line: Line,
    series: Series,
    to: str,
    told: Callable[[Report], None],
    stop: Stop,
    monotonic_s: Callable[[], float] = time.monotonic,
) -> Report:
    """Send what is due and take what comes until all is answered or missing, or it is stopped; gives the last report.

    `told` is called whenever something is other than before. Line and stop are closed.
    """
    poller = select.poll()
    poller.register(stop.fileno(), select.POLLIN)
    watched: dict[int, bool] = {}
    report = series.report(to, line.source)
    try:
        while not series.over() and not stop.asked:
            now_s = monotonic_s()
            series.look(now_s)
            line.forget(series)
            if series.due(now_s):
                line.send(series.sent(now_s), series)
            if (after := series.report(to, line.source)) != report:
                report = after
                told(report)
            _watch(poller, watched, line.descriptors())
            for descriptor, _event in poller.poll(series.rest_s(monotonic_s()) * 1000):
                if descriptor != stop.fileno():
                    line.take(descriptor, series)
    finally:
        line.close()
        stop.close()
    return series.report(to, line.source)


def _watch(poller: select.poll, watched: dict[int, bool], wanted: dict[int, bool]) -> None:
    """Listen at other descriptors than before; the number of a closed one may be that of another by now."""
    for descriptor in watched:
        if descriptor not in wanted:
            poller.unregister(descriptor)
    for descriptor, writes in wanted.items():
        poller.register(descriptor, select.POLLOUT if writes else select.POLLIN)
    watched.clear()
    watched.update(wanted)
