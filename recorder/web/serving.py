"""TLS on the network: the port, the server, and the patience it has with those who connect and say nothing."""

import asyncio
import logging
import socket

import h11
from starlette.types import ASGIApp
from uvicorn.protocols.http.h11_impl import H11Protocol

from recorder.sockets.http_server import HttpServer
from recorder.web.certificate import CertificateFiles

log = logging.getLogger(__name__)

PORT_VARIABLE = "NIGHTJAR_WEB_PORT"
PORT = 8443
HEAD_S = 10.0
"""A connection that sends no whole request head within this time is closed."""
STOP_S = 2
MOST_CALLS = 512


class PatientHttp(H11Protocol):
    """HTTP that hangs up on those who begin a request, or only a connection, and go silent."""

    _silence: asyncio.TimerHandle | None = None

    def connection_made(self, transport: asyncio.BaseTransport) -> None:
        """Begin to wait for a request."""
        super().connection_made(transport)  # pyright: ignore[reportArgumentType]
        self._mind()

    def data_received(self, data: bytes) -> None:
        """Take what arrived, and wait for the rest where it is only a part of a request's head."""
        super().data_received(data)
        self._mind()

    def connection_lost(self, exc: Exception | None) -> None:
        """Stop waiting."""
        self._stop_waiting()
        super().connection_lost(exc)

    def _mind(self) -> None:
        if self.conn.their_state is not h11.IDLE:
            self._stop_waiting()
        elif self._silence is None:
            self._silence = self.loop.call_later(HEAD_S, self.transport.close)

    def _stop_waiting(self) -> None:
        if self._silence is not None:
            self._silence.cancel()
            self._silence = None


def listen(port: int) -> socket.socket:
    """Listen on all addresses, IPv6 and IPv4; where the port is taken, on any free one."""
    dual = socket.has_dualstack_ipv6()
    family, address = (socket.AF_INET6, "::") if dual else (socket.AF_INET, "")
    try:
        return socket.create_server((address, port), family=family, dualstack_ipv6=dual, backlog=256)
    except OSError as error:
        if port == 0:
            raise
        log.warning("Port %d is not free (%s); another one is taken.", port, error.strerror)
        return socket.create_server((address, 0), family=family, dualstack_ipv6=dual, backlog=256)


class Serving(HttpServer):
    """The server for the network, from `start` to `stop`."""

    def __init__(self, app: ASGIApp, certificate: CertificateFiles) -> None:
        super().__init__(
            app,
            stop_s=STOP_S,
            http=PatientHttp,
            ssl_certfile=str(certificate.certificate),
            ssl_keyfile=str(certificate.key),
            h11_max_incomplete_event_size=32768,
            limit_concurrency=MOST_CALLS,
            timeout_keep_alive=30,
        )
