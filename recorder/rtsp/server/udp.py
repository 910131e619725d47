"""RTP and RTCP to one client by UDP: a pair of sockets with an even and the next odd port (RFC 3550 §11)."""

import asyncio
import socket
from collections.abc import Callable

from recorder.rtsp.packetise.packets import PREFIX_BYTES, Packets

_TRIES = 64
_SEND_BUFFER_BYTES = 1 << 20
_LONGEST_REPORT = 2048
_MOST_REFUSED = 50
"""Packets that the client's machine refuses, with no report of his between them, before he is taken for gone."""


class NoPorts(OSError):
    """No pair of ports is free."""


class UdpOutlet:
    """Sends to one client, and listens to what its ports say back. Both sockets are bound to its address."""

    channel = 0

    def __init__(
        self,
        local: str,
        client: str,
        client_ports: tuple[int, int],
        *,
        heard: Callable[[bytes], None],
        gone: Callable[[], None],
    ) -> None:
        """Take a pair of ports on `local`; raises `NoPorts` or `OSError`.

        `heard` gets every report of the client, `gone` is called once when nobody listens there any more.
        """
        family = socket.AF_INET6 if ":" in client else socket.AF_INET
        self._rtp, self._rtcp = _pair(family, local)
        self._heard, self._gone = heard, gone
        self._refused = 0
        self.unsent = 0
        """Packets that the system would not take."""
        try:
            self._rtp.connect((client, client_ports[0]))
            self._rtcp.connect((client, client_ports[1]))
            self._rtp.setsockopt(socket.SOL_SOCKET, socket.SO_SNDBUF, _SEND_BUFFER_BYTES)
        except OSError:
            self._rtp.close()
            self._rtcp.close()
            raise
        self._loop = asyncio.get_running_loop()
        self._loop.add_reader(self._rtcp, self._read, self._rtcp)
        self._loop.add_reader(self._rtp, self._read, self._rtp)

    @property
    def ports(self) -> tuple[int, int]:
        """Our two ports."""
        return self._rtp.getsockname()[1], self._rtcp.getsockname()[1]

    def send_rtp(self, packets: Packets, unsent: frozenset[int]) -> None:
        """Send each packet as a datagram; what the system does not take now is lost, as on any line."""
        view = memoryview(packets.data)
        for index, (start, end) in enumerate(packets.spans):
            if index not in unsent and not self._send(self._rtp, view[start + PREFIX_BYTES : end]):
                self._refuse()

    def send_rtcp(self, report: bytes) -> None:
        """Send one report."""
        self._send(self._rtcp, report)

    def close(self) -> None:
        """Close both sockets; may be called twice."""
        for one in (self._rtp, self._rtcp):
            if one.fileno() >= 0:
                self._loop.remove_reader(one)
                one.close()

    def _send(self, one: socket.socket, data: bytes | memoryview) -> bool:
        """Send; False tells that nobody listened there the last time."""
        if one.fileno() < 0:
            return True
        try:
            one.send(data)
        except ConnectionRefusedError:
            self.unsent += 1
            return False
        except OSError:
            self.unsent += 1
        return True

    def _refuse(self) -> None:
        # Every refusal that the system tells lets a packet through again: they never come in a row.
        self._refused += 1
        if self._refused == _MOST_REFUSED:
            self._loop.call_soon(self._gone)

    def _read(self, one: socket.socket) -> None:
        try:
            data = one.recv(_LONGEST_REPORT)
        except ConnectionRefusedError:
            if one is self._rtp:
                self._refuse()
        except OSError:
            pass
        else:
            # On the RTP port players send packets only to open a firewall.
            if one is self._rtcp and data:
                self._refused = 0
                self._heard(data)


def _pair(family: socket.AddressFamily, local: str) -> tuple[socket.socket, socket.socket]:
    for _ in range(_TRIES):
        first = socket.socket(family, socket.SOCK_DGRAM)
        second = socket.socket(family, socket.SOCK_DGRAM)
        try:
            first.bind((local, 0))
            port = first.getsockname()[1]
            if port % 2 == 0:
                second.bind((local, port + 1))
                first.setblocking(False)
                second.setblocking(False)
                return first, second
        except OSError:
            pass
        first.close()
        second.close()
    raise NoPorts("no pair of UDP ports is free")
