"""Trying the recorder without a camera: the simulator's streams become channels.

The supervisor runs the simulator. `run/simulator.wanted` asks it to, `run/simulator.json` says where it listens.
"""

import asyncio
from pathlib import Path

import msgspec

from recorder.client.errors import UNREADABLE, NightjarError
from recorder.client.instance import Instance
from recorder.client.words import _
from recorder.control.channels import Channels
from recorder.settings.pages.channel import Channel
from recorder.settings.settings import Author, Stored

WAIT_S = 20.0
"""How long a simulator may take to start; `ApiClient.add_simulated_cameras` is more patient."""
LOOK_S = 0.1
MOST_CAMERAS = 16


class NoSimulator(NightjarError):
    """Nothing serves simulated cameras here."""

    status = 409
    words = _("Simulated cameras are not available here. They come with `nightjar run` on a computer.")


class Simulator(msgspec.Struct, frozen=True):
    """Where the simulated cameras listen, and how to log in."""

    port: int
    cameras: int
    user: str
    password: str

    def urls(self, camera: int) -> tuple[str, str]:
        """Addresses of the main and the sub stream of a camera, counted from 1."""
        place = f"rtsp://127.0.0.1:{self.port}/cam{camera}"
        return f"{place}/main", f"{place}/sub"


class Simulation:
    """Puts simulated cameras on the wall."""

    def __init__(self, instance: Instance, channels: Channels, wait_s: float = WAIT_S) -> None:
        self._instance = instance
        self._channels = channels
        self._wait_s = wait_s
        self._adding = asyncio.Lock()

    @property
    def available(self) -> bool:
        """Whether a supervisor is there that runs the simulator, or it runs already."""
        return self._told.exists() or (self._instance.run / "processes.json").exists()

    async def add(self, author: Author) -> list[tuple[int, Stored[Channel]]]:
        """Add the cameras that are not channels yet; raises `NoSimulator`, `NoFreeChannel`."""
        # Asked twice at once, the second finds what the first added.
        async with self._adding:
            simulator = await self._find()
            return await asyncio.to_thread(self._add, simulator, author)

    @property
    def _told(self) -> Path:
        return self._instance.run / "simulator.json"

    async def _find(self) -> Simulator:
        if not self.available:
            raise NoSimulator
        (self._instance.run / "simulator.wanted").touch(mode=0o600)
        try:
            async with asyncio.timeout(self._wait_s):
                while True:
                    try:
                        found = msgspec.json.decode(self._told.read_bytes(), type=Simulator)
                    except (OSError, *UNREADABLE):
                        await asyncio.sleep(LOOK_S)
                    else:
                        return found
        except TimeoutError:
            raise NoSimulator from None

    def _add(self, simulator: Simulator, author: Author) -> list[tuple[int, Stored[Channel]]]:
        known = {one.values.url for one in self._channels.all().values()}
        added: list[tuple[int, Stored[Channel]]] = []
        for camera in range(1, min(simulator.cameras, MOST_CAMERAS) + 1):
            main, sub = simulator.urls(camera)
            if main in known:
                continue
            values = {
                "name": _("Simulated camera {number}").format(number=camera),
                "url": main,
                "sub_url": sub,
                "user": simulator.user,
                "password": simulator.password,
            }
            added.append(self._channels.add(values, author))
        return added
