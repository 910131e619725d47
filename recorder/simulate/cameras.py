"""Simulated cameras behind one RTSP server, in this process: for tests, benchmarks and the command line."""

import os
from pathlib import Path
from types import TracebackType
from typing import Self
from urllib.parse import urlencode

from recorder.client.clock import SystemClock
from recorder.client.stream import StreamName
from recorder.rtsp.auth import Algorithm
from recorder.rtsp.guard import Guard
from recorder.rtsp.server.dialogue import Limits
from recorder.rtsp.server.server import RtspServer
from recorder.rtsp.server.source import MediaLibrary
from recorder.simulate.options import CameraOptions
from recorder.simulate.stream import SimulatedLibrary
from recorder.simulate.wired import OneCamera
from recorder.simulate.workshop import Workshop

_REALM = "simulated camera"
_MOST_CLIENTS = 1024
_ALGORITHMS = {"digest": (Algorithm.MD5,), "digest-sha256": (Algorithm.SHA_256,)}


class SimulatedCameras:
    """`async with SimulatedCameras(CameraOptions(cameras=2)) as cameras: cameras.url(1, "main")`."""

    def __init__(self, options: CameraOptions | None = None) -> None:
        self.options = options or CameraOptions()
        self._clock = SystemClock()
        self._workshop = Workshop(self.options.cache or default_cache())
        self._server: RtspServer | None = None
        self._library: SimulatedLibrary | None = None

    @property
    def port(self) -> int:
        """The port that the cameras listen on."""
        return self._server.port if self._server is not None else self.options.port

    @property
    def server(self) -> RtspServer:
        """The server behind the cameras, while they run."""
        assert self._server is not None
        return self._server

    async def prepare(self) -> None:
        """Make every clip of the cameras that is not in the cache, whole."""
        names = (StreamName.MAIN, StreamName.SUB)
        specs = {self.options.clip(camera, name) for camera in range(1, self.options.cameras + 1) for name in names}
        for spec in specs:
            await self._workshop.want(spec)
        await self._workshop.idle()

    def url(self, camera: int, stream: str = "main", **options: object) -> str:
        """Give the URL of a stream, without user and password; `options` become its query."""
        base = f"rtsp://{self.options.host}:{self.port}/cam{camera}/{stream}"
        return f"{base}?{urlencode(options, safe=':')}" if options else base

    async def __aenter__(self) -> Self:
        """Listen. Clips that are not in the cache are made when first asked for, and play while they grow."""
        options = self.options
        self._library = SimulatedLibrary(options, self._workshop, self._clock)
        self._server = self._serve(self._library, options.host, options.port)
        await self._server.start()
        return self

    def one_camera(self, address: str, camera: int) -> RtspServer:
        """Give a server, not yet started, that shows one camera as if it were alone at an address."""
        assert self._library is not None
        return self._serve(OneCamera(self._library, camera), address, self.port)

    def _serve(self, library: MediaLibrary, host: str, port: int) -> RtspServer:
        return RtspServer(
            library,
            host=host,
            port=port,
            guard=self._guard(),
            limits=Limits(_MOST_CLIENTS, _MOST_CLIENTS, self.options.timeout_s),
            clock=self._clock,
        )

    async def __aexit__(
        self, kind: type[BaseException] | None, error: BaseException | None, trace: TracebackType | None
    ) -> None:
        """Stop listening, drop all clients, end the workers."""
        await self.server.close()
        await self._workshop.close()
        if self._library is not None:
            self._library.close()

    def _guard(self) -> Guard | None:
        options = self.options
        if options.auth == "none":
            return None

        def password_of(user: str) -> str | None:
            return options.password if user == options.user else None

        algorithms = _ALGORITHMS.get(options.auth, ())
        basic = options.auth == "basic"
        return Guard(_REALM, password_of, clock=self._clock, algorithms=algorithms, basic=basic)


def default_cache() -> Path:
    """Give the directory for clips where nobody names one; all instances of a user share it."""
    base = os.environ.get("XDG_CACHE_HOME") or Path.home() / ".cache"
    return Path(base) / "nightjar" / "simulate"
