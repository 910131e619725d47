"""What requests go out by: echo requests of ICMP, or connections to a port of TCP."""

import contextlib
import errno
import os
import socket
import struct
import time
from abc import ABC, abstractmethod
from collections.abc import Callable
from typing import Any

from hal.errors import HalError
from hal.reach.echo import TOKEN_BYTES, answered, complaint, of_errno, request
from hal.reach.series import Problem, Series

IP_RECVERR, IPV6_RECVERR = 11, 25
"""linux/in.h, linux/in6.h; the socket module has no names for them."""
SO_TIMESTAMPNS = 35
STAMP = struct.Struct("@qq")
LONGEST = 2048
AT_ONCE = 64
"""Messages that are taken before the clock is looked at again: a flood must not keep the series from its end."""
ECHO_WAIT_S = 2.0
PORT_WAIT_S = 0.9
"""Shorter than the second after which the kernel asks once more (RFC 6298): one that was lost shall count as lost."""
OLDEST_S = 1.0


class CannotBegin(HalError):
    """Nothing can be sent."""

    def __init__(self, problem: Problem) -> None:
        super().__init__(problem.value)
        self.problem = problem


class Line(ABC):
    """Sends requests to one address and notes in the series what comes."""

    wait_s: float
    source: str = ""

    @abstractmethod
    def descriptors(self) -> dict[int, bool]:
        """What to listen at; True: until it can be written to."""

    @abstractmethod
    def send(self, number: int, series: Series) -> None:
        """Send the request that the series counts as this one."""

    @abstractmethod
    def take(self, descriptor: int, series: Series) -> None:
        """Take what a descriptor has."""

    @abstractmethod
    def forget(self, series: Series) -> None:
        """Close what is not waited for any more."""

    @abstractmethod
    def close(self) -> None:
        """Let go of everything."""


class EchoLine(Line):
    """By a datagram socket of ICMP, which needs no right but a group of `net.ipv4.ping_group_range`."""

    wait_s = ECHO_WAIT_S

    def __init__(self, family: int, to: tuple[Any, ...], monotonic_s: Callable[[], float] = time.monotonic) -> None:
        """`to` is a socket address of this family. Raises `CannotBegin`, OSError."""
        self._family, self._to, self._monotonic_s = family, to, monotonic_s
        self._token = os.urandom(TOKEN_BYTES)
        protocol = socket.IPPROTO_ICMP if family == socket.AF_INET else socket.IPPROTO_ICMPV6
        try:
            self._socket = socket.socket(family, socket.SOCK_DGRAM | socket.SOCK_NONBLOCK, protocol)
        except PermissionError:
            raise CannotBegin(Problem.MAY_NOT_ECHO) from None
        try:
            level, option = (
                (socket.IPPROTO_IP, IP_RECVERR) if family == socket.AF_INET else (socket.IPPROTO_IPV6, IPV6_RECVERR)
            )
            self._socket.setsockopt(level, option, 1)
            self._socket.setsockopt(socket.SOL_SOCKET, SO_TIMESTAMPNS, 1)
            self._error_kind = (level, option)
            self.source = own_address(family, to)
        except BaseException:
            self._socket.close()
            raise

    def descriptors(self) -> dict[int, bool]:
        """The one socket."""
        return {self._socket.fileno(): False}

    def send(self, number: int, series: Series) -> None:
        """Send an echo request."""
        message = request(self._family, number + 1, self._token)
        for _attempt in range(3):
            try:
                self._socket.sendto(message, self._to)
            except OSError as error:
                # The kernel tells an error that came before in place of sending: it stands in the error queue as well.
                if self._take_errors(series):
                    continue
                series.complained(of_errno(error.errno or errno.EIO), number)
            return

    def take(self, descriptor: int, series: Series) -> None:
        """Take answers, and what was complained of."""
        del descriptor
        self._take_errors(series)
        for _nth in range(AT_ONCE):
            try:
                message, about, flags, sender = self._socket.recvmsg(LONGEST, 256)
            except BlockingIOError:
                return
            except OSError:
                if not self._take_errors(series):
                    return
                continue
            number = None if flags & socket.MSG_TRUNC else answered(self._family, message, self._token)
            if number is None or not _same(sender, self._to):
                series.strange += 1
            else:
                series.answered(number - 1, self._came_s(about))

    def _take_errors(self, series: Series) -> bool:
        """Take what stands in the error queue; tells whether there was something."""
        found = False
        for _nth in range(AT_ONCE):
            try:
                message, about, _flags, _sender = self._socket.recvmsg(LONGEST, 512, socket.MSG_ERRQUEUE)
            except OSError:
                break
            found = True
            # The kernel gives our own request back, as it went out.
            number = int.from_bytes(message[6:8], "big") - 1 if len(message) >= 8 else None
            for level, kind, data in about:
                if (level, kind) == self._error_kind and (what := complaint(data)) is not None:
                    series.complained(what, number)
        return found

    def _came_s(self, about: list[tuple[int, int, bytes]]) -> float:
        """When a message came: as old as the kernel's stamp says, where that can be; a clock that was set cannot."""
        now_s = self._monotonic_s()
        for level, kind, data in about:
            if (level, kind) == (socket.SOL_SOCKET, SO_TIMESTAMPNS) and len(data) >= STAMP.size:
                seconds, nanoseconds = STAMP.unpack_from(data)
                age_s = time.time() - (seconds + nanoseconds / 1e9)
                return now_s - age_s if 0 <= age_s < OLDEST_S else now_s
        return now_s

    def forget(self, series: Series) -> None:
        """Nothing is kept for a single request."""

    def close(self) -> None:
        """Close the socket."""
        self._socket.close()


class PortLine(Line):
    """By connections to a port: what answers is the device itself, whether the port is open or closed."""

    wait_s = PORT_WAIT_S

    def __init__(self, family: int, to: tuple[Any, ...], monotonic_s: Callable[[], float] = time.monotonic) -> None:
        self._family, self._to, self._monotonic_s = family, to, monotonic_s
        self._open: dict[int, tuple[socket.socket, int]] = {}
        self.source = own_address(family, to)

    def descriptors(self) -> dict[int, bool]:
        """Those that are being connected."""
        return dict.fromkeys(self._open, True)

    def send(self, number: int, series: Series) -> None:
        """Begin a connection."""
        one = socket.socket(self._family, socket.SOCK_STREAM | socket.SOCK_NONBLOCK)
        self._open[one.fileno()] = one, number
        self._ended(one.fileno(), one.connect_ex(self._to), series)

    def take(self, descriptor: int, series: Series) -> None:
        """Take the end of a connection."""
        if descriptor in self._open:
            one, _number = self._open[descriptor]
            self._ended(descriptor, one.getsockopt(socket.SOL_SOCKET, socket.SO_ERROR), series)

    def _ended(self, descriptor: int, error: int, series: Series) -> None:
        if error == errno.EINPROGRESS:
            return
        one, number = self._open.pop(descriptor)
        one.close()
        if error in {0, errno.ECONNREFUSED}:
            series.answered(number, self._monotonic_s(), closed=error != 0)
        elif error != errno.ETIMEDOUT:
            series.complained(of_errno(error), number)

    def forget(self, series: Series) -> None:
        """Close those whose answer is missing."""
        for descriptor, (one, number) in tuple(self._open.items()):
            if not series.waits(number):
                one.close()
                del self._open[descriptor]

    def close(self) -> None:
        """Close all."""
        for one, _number in self._open.values():
            one.close()
        self._open.clear()


def own_address(family: int, to: tuple[Any, ...]) -> str:
    """Give the address that is sent from; empty where there is no way. Nothing is sent.

    Raises `CannotBegin` where the address is everybody's on a net.
    """
    with socket.socket(family, socket.SOCK_DGRAM) as one:
        try:
            one.connect((to[0], 9, *to[2:]))
        except PermissionError:
            one.setsockopt(socket.SOL_SOCKET, socket.SO_BROADCAST, 1)
            with contextlib.suppress(OSError):
                one.connect((to[0], 9, *to[2:]))
                raise CannotBegin(Problem.NOT_ONE_DEVICE) from None
            return ""
        except OSError:
            return ""
        return one.getsockname()[0].partition("%")[0]


def _same(sender: tuple[Any, ...], to: tuple[Any, ...]) -> bool:
    return sender[0].partition("%")[0] == to[0].partition("%")[0]
