"""The listening part: opens and closes the ports as the owner wants them, and tells how that went."""

import asyncio
import json
import logging
import os
import socket
import ssl

from recorder.client.clock import Clock
from recorder.client.instance import Instance
from recorder.client.words import _
from recorder.restream.desk import Desk
from recorder.restream.gatekeeper import Gatekeeper
from recorder.restream.library import Library
from recorder.restream.messages import Serve, Served
from recorder.rtsp.server.dialogue import Limits
from recorder.rtsp.server.server import RtspServer
from recorder.web.certificate import ensure

log = logging.getLogger("rtsp")

BACKLOG_BYTES = 8 << 20
"""What may wait for one client before pictures are left out: the longest GOP that is sent at once, and some."""
ASKING = 16
"""Connections beside those that play: of clients that ask, and of those that are about to be refused."""
TIMEOUT_S = 60
PLACE = "rtsp.json"
PORT_VARIABLE = "NIGHTJAR_RTSP_PORT"
"""0 in it: any free ports in place of those of the page, for several recorders on one machine."""


class Serving:
    """Serves what control wants. What is the same stays open: clients feel no change of other settings."""

    def __init__(self, instance: Instance, clock: Clock) -> None:
        self.desk = Desk(instance, self._told)
        self._instance = instance
        self._clock = clock
        self._wanted = Serve()
        self._changed = asyncio.Event()
        self._server: RtspServer | None = None

    async def run(self) -> None:
        """Follow control until cancelled."""
        line = asyncio.create_task(self.desk.run())
        try:
            while True:
                await self._changed.wait()
                self._changed.clear()
                await self._close()
                self.desk.say(await self._open(self._wanted))
        finally:
            line.cancel()
            await self._close()

    def _told(self, wanted: Serve) -> None:
        if wanted != self._wanted:
            self._wanted = wanted
            self._changed.set()

    async def _open(self, wanted: Serve) -> Served:
        if not wanted.wanted:
            return Served()
        library = Library(self._instance, self.desk, self._clock)
        limits = Limits(2 * wanted.clients + ASKING, wanted.clients, TIMEOUT_S, BACKLOG_BYTES)
        gate = Gatekeeper(self.desk, self._clock)
        server = self._server = RtspServer(library, guard=gate, limits=limits, clock=self._clock)
        served, problems = {"port": 0, "tls_port": 0}, list[str]()
        for name, port in (("port", wanted.port), ("tls_port", wanted.tls_port)):
            if not port:
                continue
            try:
                tls = await asyncio.to_thread(self._tls) if name == "tls_port" else None
                listening = _listen(port)
                await server.listen(listening, tls)
            except OSError as error:
                words = _(
                    "Streams are not served at port {port}: {problem}. Choose another one on the page RTSP server."
                )
                problems.append(words.format(port=port, problem=error.strerror or error))
            else:
                served[name] = listening.getsockname()[1]
                log.info("live streams are served at port %d", served[name])
        self._tell(served)
        return Served(served["port"], served["tls_port"], " ".join(problems))

    async def _close(self) -> None:
        server, self._server = self._server, None
        if server is not None:
            (self._instance.run / PLACE).unlink(missing_ok=True)
            await server.close()

    def _tls(self) -> ssl.SSLContext:
        files = ensure(self._instance.own or self._instance.config)
        context = ssl.SSLContext(ssl.PROTOCOL_TLS_SERVER)
        context.minimum_version = ssl.TLSVersion.TLSv1_2
        context.load_cert_chain(files.certificate, files.key)
        return context

    def _tell(self, served: dict[str, int]) -> None:
        place = self._instance.run / PLACE
        fresh = place.with_suffix(".new")
        fresh.write_text(json.dumps(served))
        fresh.replace(place)


def _listen(port: int) -> socket.socket:
    """Listen on all addresses, IPv6 and IPv4; raises `OSError`."""
    if os.environ.get(PORT_VARIABLE) == "0":
        port = 0
    dual = socket.has_dualstack_ipv6()
    family, address = (socket.AF_INET6, "::") if dual else (socket.AF_INET, "")
    made = socket.create_server((address, port), family=family, dualstack_ipv6=dual, backlog=64)
    made.setblocking(False)
    return made
