"""Simulated cameras at the simulated board's ports: each answers at the address of its seat while it has power."""

import asyncio
import logging
from collections.abc import Callable
from dataclasses import replace

from hal.client import HalClient, HalUnavailable
from hal.client.kinds import CameraNetState
from recorder.client.instance import Instance
from recorder.rtsp.server.server import RtspServer
from recorder.rtsp.server.source import MediaLibrary, MediaRequest, MediaSource

LOOK_S = 0.5
PATIENCE_S = 5.0
log = logging.getLogger(__name__)


class OneCamera:
    """The library of one camera, whose streams are `main` and `sub`."""

    def __init__(self, library: MediaLibrary, camera: int) -> None:
        self._library = library
        self._camera = camera

    def find(self, request: MediaRequest) -> MediaSource:
        """Find a stream; raises `NoSuchSource`."""
        return self._library.find(replace(request, path=f"cam{self._camera}/{request.path}"))


class WiredCameras:
    """Follows the camera net of the hardware service until cancelled."""

    def __init__(self, instance: Instance, cameras: int, serve: Callable[[str, int], RtspServer]) -> None:
        """Take how to serve a camera at an address: `serve(address, camera)` gives a server not yet started."""
        self._instance = instance
        self._cameras = cameras
        self._serve = serve
        self._hal: HalClient | None = None
        self._servers: dict[tuple[str, int], RtspServer] = {}

    async def run(self) -> None:
        """Look twice a second who has power and an address."""
        try:
            while True:
                try:
                    await self._follow(await asyncio.to_thread(self._look))
                except HalUnavailable:
                    self._hang_up()
                await asyncio.sleep(LOOK_S)
        finally:
            self._hang_up()
            await self._follow(set())

    def _look(self) -> set[tuple[str, int]]:
        if self._hal is None:
            self._hal = HalClient(self._instance.socket("hal"), PATIENCE_S)
        nets = [one for one in self._hal.devices() if isinstance(one, CameraNetState)]
        return {(seat.address, self._camera(seat.hostname)) for net in nets for seat in net.seats if seat.leased}

    def _camera(self, name: str) -> int:
        """Which scene a camera films, from the digits of its name."""
        digits = "".join(letter for letter in name if letter.isdecimal())[:6]
        return (int(digits or 1) - 1) % self._cameras + 1

    def _hang_up(self) -> None:
        if self._hal is not None:
            self._hal.close()
            self._hal = None

    async def _follow(self, there: set[tuple[str, int]]) -> None:
        for gone in self._servers.keys() - there:
            await self._servers.pop(gone).close()
            log.info("the camera at %s lost its power", gone[0])
        for come in there - self._servers.keys():
            server = self._serve(*come)
            try:
                await server.start()
            except OSError as error:
                log.warning("no camera can answer at %s: %s", come[0], error)
                continue
            self._servers[come] = server
            log.info("camera %d answers at %s", come[1], come[0])
