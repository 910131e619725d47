"""One client's TCP connection: requests out of its bytes, answers and interleaved packets back, within bounds."""

import asyncio
import contextlib
import logging
import socket
from collections import deque
from typing import cast

from recorder.rtsp import rtcp
from recorder.rtsp.errors import Malformed
from recorder.rtsp.message import Headers, Interleaved, MessageReader, Request, Response
from recorder.rtsp.packetise.packets import Packets
from recorder.rtsp.server.dialogue import Dialogue, Ward
from recorder.rtsp.server.sender import Outlet
from recorder.rtsp.server.session import Session
from recorder.rtsp.server.udp import UdpOutlet

_MOST_WAITING = 16
"""Requests that may wait for an answer before no more are read."""

_CHANNELS = 256
_SEND_BUFFER_BYTES = 512 << 10

log = logging.getLogger("rtsp.server")


class ChannelOutlet:
    """Two channels of a connection."""

    def __init__(self, connection: "Connection", channels: tuple[int, int]) -> None:
        self._connection = connection
        self.channel, self._report_channel = channels

    def send_rtp(self, packets: Packets, unsent: frozenset[int]) -> None:
        """Write a whole access unit at once."""
        if not unsent:
            self._connection.write(packets.data)
            return
        view = memoryview(packets.data)
        sent = (view[start:end] for index, (start, end) in enumerate(packets.spans) if index not in unsent)
        self._connection.write(b"".join(sent))

    def send_rtcp(self, report: bytes) -> None:
        """Write one report."""
        self._connection.write(bytes(Interleaved(self._report_channel, report)))

    def close(self) -> None:
        """Give the channels back."""
        self._connection.free((self.channel, self._report_channel))


class Connection(asyncio.Protocol):
    """Serves one client."""

    def __init__(self, ward: Ward, connections: set["Connection"]) -> None:
        self._ward = ward
        self._connections = connections
        self._dialogue = Dialogue(ward, self)
        self._reader = MessageReader()
        self._waiting: deque[Request] = deque()
        self._asked: Request | None = None
        """What is being answered."""
        self._transport: asyncio.Transport | None = None
        self._work: asyncio.Task[None] | None = None
        self._channels: dict[int, Session] = {}
        self._own: list[Session] = []
        self._writable = asyncio.Event()
        self.heard_us = ward.clock.monotonic_us()

    def connection_made(self, transport: asyncio.BaseTransport) -> None:
        """Take the connection, or refuse it where there are too many."""
        self._transport = cast("asyncio.Transport", transport)
        self._transport.set_write_buffer_limits(high=self._ward.limits.backlog_bytes)
        one = cast("socket.socket | None", self._transport.get_extra_info("socket"))
        if one is not None:
            # Packets leave as they are written; what a slow client leaves unread is bounded in the kernel too.
            one.setsockopt(socket.IPPROTO_TCP, socket.TCP_NODELAY, 1)
            one.setsockopt(socket.SOL_SOCKET, socket.SO_SNDBUF, _SEND_BUFFER_BYTES)
        self._writable.set()
        if len(self._connections) >= self._ward.limits.connections:
            log.warning("a client was refused: %d are served already", len(self._connections))
            self._transport.write(bytes(Response(503, headers=Headers([("Retry-After", "30")]))))
            self._transport.close()
            return
        self._connections.add(self)

    def connection_lost(self, exc: Exception | None) -> None:
        """End what travelled inside; sessions by UDP live on until they time out (RFC 2326 §1.1).

        Players end them and hang up at once: that is done still, and nothing else that they asked for.
        """
        del exc
        self._connections.discard(self)
        self._writable.set()
        self._waiting = deque(one for one in self._waiting if one.method == "TEARDOWN")
        if self._work is not None and (self._asked is None or self._asked.method != "TEARDOWN"):
            self._work.cancel()
            self._work = None
        self._go_on()
        for session in self._own:
            if session.over_connection or not session.senders:
                self._ward.close(session)

    def pause_writing(self) -> None:
        """Answer nothing more until the client reads."""
        self._writable.clear()

    def resume_writing(self) -> None:
        """Go on."""
        self._writable.set()

    def data_received(self, data: bytes) -> None:
        """Take what arrived."""
        self.heard_us = self._ward.clock.monotonic_us()
        try:
            for found in self._reader.feed(data):
                if isinstance(found, Request):
                    self._waiting.append(found)
                elif isinstance(found, Interleaved):
                    self._hear(found.channel, found.payload)
        except Malformed as error:
            log.info("a client was cut off: %s", error)
            self._close(Response(400))
            return
        self._go_on()
        if len(self._waiting) > _MOST_WAITING and self._transport is not None:
            self._transport.pause_reading()

    @property
    def congested(self) -> bool:
        """Whether the client leaves too much unread."""
        return self._transport is None or self._transport.get_write_buffer_size() > self._ward.limits.backlog_bytes

    @property
    def peer(self) -> str:
        """The client's address."""
        named = self._transport.get_extra_info("peername") if self._transport is not None else None
        return str(named[0]) if named else ""

    @property
    def idle(self) -> bool:
        """Whether no session leans on this connection and no request is being answered."""
        return self._work is None and not any(session.id in self._ward.sessions for session in self._own)

    def abort(self) -> None:
        """Close at once."""
        if self._transport is not None:
            self._transport.abort()

    def write(self, data: bytes | bytearray | memoryview) -> None:
        """Send; what cannot be sent now waits, and `congested` tells when it is too much."""
        if self._transport is not None and not self._transport.is_closing():
            self._transport.write(data)

    def free(self, channels: tuple[int, int]) -> None:
        """Forget who uses these channels."""
        for channel in channels:
            self._channels.pop(channel, None)

    def open_channels(self, session: Session, wanted: tuple[int, int] | None) -> tuple[Outlet, tuple[int, int]] | None:
        """Give an outlet into this connection; None where the wanted channels are another session's."""
        if wanted is None:
            free = (low for low in range(0, _CHANNELS, 2) if not {low, low + 1} & self._channels.keys())
            low = next(free, None)
            if low is None:
                return None
            wanted = low, low + 1
        elif set(wanted) & self._channels.keys():
            return None
        for channel in wanted:
            self._channels[channel] = session
        self._own.append(session)
        return ChannelOutlet(self, wanted), wanted

    def open_ports(self, session: Session, client: tuple[int, int]) -> tuple[Outlet, tuple[int, int]] | None:
        """Give an outlet by UDP, to the machine that this connection comes from and to no other.

        A client that came by TLS gets none: what he asked for encrypted must not travel beside it in clear.
        """
        if self._transport is None or self._transport.get_extra_info("ssl_object") is not None:
            return None
        local, peer = self._transport.get_extra_info("sockname")[0], self._transport.get_extra_info("peername")[0]
        try:
            outlet = UdpOutlet(
                local,
                peer,
                client,
                heard=lambda report: self._report(session, report),
                gone=lambda: self._ward.close(session),
            )
        except OSError as error:
            log.warning("no UDP ports for a client: %s", error)
            return None
        self._own.append(session)
        return outlet, outlet.ports

    def _go_on(self) -> None:
        if self._waiting and self._work is None:
            self._work = asyncio.get_running_loop().create_task(self._answer_all())

    async def _answer_all(self) -> None:
        while self._waiting:
            await self._writable.wait()
            self._asked = self._waiting.popleft()
            answer = await self._dialogue.answer(self._asked)
            self._asked = None
            if self._dialogue.hang_up:
                self._close(answer)
                break
            self.write(bytes(answer))
            if len(self._waiting) <= _MOST_WAITING and self._transport is not None:
                with contextlib.suppress(RuntimeError):
                    self._transport.resume_reading()
        self._own = [session for session in self._own if session.id in self._ward.sessions]
        self._work = None

    def _close(self, last: Response) -> None:
        self.write(bytes(last))
        if self._transport is not None:
            self._transport.close()

    def _hear(self, channel: int, payload: bytes) -> None:
        session = self._channels.get(channel)
        if session is not None:
            self._report(session, payload)

    def _report(self, session: Session, payload: bytes) -> None:
        with contextlib.suppress(Malformed):
            session.hear(rtcp.parse(payload), self._ward.clock.monotonic_us())
