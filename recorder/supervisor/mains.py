"""The machine's switch, as the simulated hardware tells it: on a laptop the supervisor is the machine."""

import asyncio
import logging
import threading
import time
from collections.abc import Callable
from pathlib import Path

from hal.client import HalClient, HalUnavailable
from hal.client.kinds import PowerState

AGAIN_S = 0.5
log = logging.getLogger("power")


class Mains:
    """Follows the power devices of a board in a thread of its own; `told` gets each state, in the loop."""

    def __init__(self, path: Path, told: Callable[[PowerState], None]) -> None:
        self._path = path
        self._told = told
        self._loop = asyncio.get_running_loop()
        self._over = False

    def start(self) -> None:
        """Begin to listen."""
        threading.Thread(target=self._follow, name="power", daemon=True).start()

    def stop(self) -> None:
        """Tell no more."""
        self._over = True

    def _follow(self) -> None:
        while not self._over:
            try:
                with HalClient(self._path, timeout_s=3600) as hal:
                    for state in hal.watch():
                        self._tell(state)
                    while not self._over:
                        self._tell(hal.next())
            except HalUnavailable as error:
                log.debug("%s", error)
            time.sleep(AGAIN_S)

    def _tell(self, said: object) -> None:
        if isinstance(said, PowerState) and not self._over:
            self._loop.call_soon_threadsafe(self._told, said)

    async def arrive(self, name: str) -> None:
        """Tell the simulated machine that what ran on it has ended."""
        await asyncio.to_thread(self._arrive, name)

    def _arrive(self, name: str) -> None:
        try:
            with HalClient(self._path) as hal:
                hal.simulate("power", name, "arrive")
        except HalUnavailable as error:
            log.warning("%s", error)
