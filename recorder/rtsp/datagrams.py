"""RTP and RTCP of one track over UDP, to us or to a group: two sockets, and only what comes from the camera."""

import asyncio
import contextlib
import random
import socket
from collections.abc import Callable
from typing import Self

from recorder.client.clock import Clock
from recorder.rtsp.errors import Unreachable
from recorder.rtsp.intake import Intake
from recorder.rtsp.multicast import Group, join
from recorder.rtsp.reception import Reception
from recorder.rtsp.rtp import HEADER, HEADER_BYTES

RECEIVE_BYTES = 4 << 20
# With less than this in the kernel (net.core.rmem_max), a key frame could overflow it during the pause of the intake.
BATCHED_FROM_BYTES = 1 << 20
LARGEST_DATAGRAM = 65536
MOST_PER_WAKE = 1024
FIRST_PORT, LAST_PORT = 20000, 60000
TRIES = 64


class PortPair:
    """Two sockets, one for RTP and one for RTCP, read until `close`.

    Until the first RTP packet of the camera's address, the sender of each datagram is looked at; then the socket is
    connected to it, so that the kernel keeps everything else away.
    """

    def __init__(self, pair: tuple[socket.socket, socket.socket], camera: str, intake: Intake, clock: Clock) -> None:
        self.bytes = 0
        self._camera = camera
        self._intake = intake
        self._clock = clock
        self._rtp, self._rtcp = pair
        self._group: Group | None = None
        self._reception: Reception | None = None
        self._reports: Callable[[memoryview], None] = lambda _: None
        self._after_read: Callable[[], None] = lambda: None
        self._server_port = 0
        self._known = False
        self._batched = False

    @classmethod
    def bind(cls, family: socket.AddressFamily, local: str, camera: str, intake: Intake, clock: Clock) -> Self:
        """Take an even port and the next (RFC 3550 §11) on our address; raises `Unreachable` where there are none."""
        return cls(_bind_pair(family, local), camera, intake, clock)

    @classmethod
    def join(cls, group: Group, local: str, camera: str, intake: Intake, clock: Clock) -> Self:
        """Join a group on the interface that has our address; raises `Unreachable`."""
        found = cls(join(group, local), group.source or camera, intake, clock)
        found._rtp.setsockopt(socket.SOL_SOCKET, socket.SO_RCVBUF, RECEIVE_BYTES)
        found._group = group
        return found

    @property
    def port(self) -> int:
        """The even one."""
        return self._rtp.getsockname()[1]

    def start(
        self,
        reception: Reception,
        reports: Callable[[memoryview], None],
        after_read: Callable[[], None],
        server_port: int,
    ) -> None:
        """Begin to read: RTP for `reception`, RTCP for `reports`. `server_port` is where ours go, 0 if not known.

        `after_read` is called after each read of RTP.
        A packet to each of the camera's ports opens the way through firewalls between us (RFC 3550 receivers may send).
        """
        self._reception = reception
        self._reports = reports
        self._after_read = after_read
        self._server_port = server_port
        loop = asyncio.get_running_loop()
        granted = self._rtp.getsockopt(socket.SOL_SOCKET, socket.SO_RCVBUF)
        self._batched = granted >= BATCHED_FROM_BYTES
        if self._batched:
            self._intake.add(self._rtp, self._readable)
        else:
            loop.add_reader(self._rtp.fileno(), self._readable)
        loop.add_reader(self._rtcp.fileno(), self._reports_readable)
        self._send(self._rtp, HEADER.pack(0x80, 0, 0, 0, 0), server_port)

    def send_reports(self, data: bytes) -> None:
        """Send RTCP to the camera, or to the group."""
        if self._group is not None:
            with contextlib.suppress(OSError):
                self._rtcp.sendto(data, (self._group.address, self._group.report_port))
        elif self._server_port:
            self._send(self._rtcp, data, self._server_port + 1)

    def close(self) -> None:
        """Give the ports back."""
        if self._reception is not None:
            loop = asyncio.get_running_loop()
            if self._batched:
                self._intake.remove(self._rtp)
            else:
                loop.remove_reader(self._rtp.fileno())
            loop.remove_reader(self._rtcp.fileno())
            self._reception = None
        self._rtp.close()
        self._rtcp.close()

    def _send(self, one: socket.socket, data: bytes, port: int) -> None:
        if port:
            # What is not sent now is sent again with the next report.
            with contextlib.suppress(OSError):
                one.sendto(data, (self._camera, port))

    def _readable(self) -> None:
        """Read all that is there, up to a bound, into one buffer; nothing is made for a packet."""
        reception = self._reception
        if reception is None:
            return
        reception.arrived_us = self._clock.monotonic_us()
        buffer, view = self._intake.buffer, self._intake.view
        receive, unpack, packet = self._rtp.recv_into, HEADER.unpack_from, reception.packet
        if not self._known and not self._meet(reception):
            return
        total = 0
        try:
            for _ in range(MOST_PER_WAKE):
                size = receive(buffer, LARGEST_DATAGRAM)
                total += size
                if size >= HEADER_BYTES:
                    first, second, sequence, timestamp, ssrc = unpack(buffer)
                    packet(first, second, sequence, timestamp, ssrc, view[HEADER_BYTES:size])
        except OSError:
            # Nothing more is there, or the camera's port is closed (ICMP), which its silence will tell.
            pass
        self.bytes += total
        reception.expire()
        self._after_read()

    def _meet(self, reception: Reception) -> bool:
        """Read with a look at the sender until the camera is known by address and port and all before it is read."""
        buffer, view = self._intake.buffer, self._intake.view
        with contextlib.suppress(OSError):
            for _ in range(MOST_PER_WAKE):
                size, sender = self._rtp.recvfrom_into(buffer, LARGEST_DATAGRAM)
                if sender[0] != self._camera or size < HEADER_BYTES:
                    continue
                if not self._known:
                    self._rtp.connect(sender)
                    self._known = True
                self.bytes += size
                first, second, sequence, timestamp, ssrc = HEADER.unpack_from(buffer)
                reception.packet(first, second, sequence, timestamp, ssrc, view[HEADER_BYTES:size])
        return self._known

    def _reports_readable(self) -> None:
        buffer, view = self._intake.buffer, self._intake.view
        with contextlib.suppress(OSError):
            for _ in range(16):
                size, sender = self._rtcp.recvfrom_into(buffer, LARGEST_DATAGRAM)
                if sender[0] == self._camera:
                    self._reports(view[:size])


def _bind_pair(family: socket.AddressFamily, local: str) -> tuple[socket.socket, socket.socket]:
    for _ in range(TRIES):
        port = random.randrange(FIRST_PORT, LAST_PORT, 2)
        rtp = socket.socket(family, socket.SOCK_DGRAM | socket.SOCK_NONBLOCK)
        rtcp = socket.socket(family, socket.SOCK_DGRAM | socket.SOCK_NONBLOCK)
        try:
            rtp.bind((local, port))
            rtcp.bind((local, port + 1))
            rtp.setsockopt(socket.SOL_SOCKET, socket.SO_RCVBUF, RECEIVE_BYTES)
        except OSError:
            rtp.close()
            rtcp.close()
            continue
        return rtp, rtcp
    raise Unreachable(reason="no free pair of UDP ports")
