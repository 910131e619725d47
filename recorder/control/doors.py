"""What others may reach beside the web server: which servers run, and which ports the firewall has open for them.

hal-admin does both, and control alone may ask it to. What it is asked for are the ports of what an owner switched on.
"""

import asyncio
import logging
from collections.abc import Sequence
from contextlib import suppress

from recorder.client.answers import Trouble
from recorder.client.clock import Clock
from recorder.client.errors import NightjarError
from recorder.client.instance import Instance
from recorder.client.words import _
from recorder.control.machine_call import root
from recorder.settings.pages.restreaming import Restreaming
from recorder.settings.settings import Changed, Settings

AGAIN_S = 2.0
FAILED_TRIES = 5
"""The root helper may only be starting: an owner is told when it could not be asked so often."""
log = logging.getLogger(__name__)


class Doors:
    """Has done what is wanted, again and again until it is; belongs to the event loop of control."""

    def __init__(self, instance: Instance, settings: Settings, clock: Clock) -> None:
        self._instance = instance
        self._settings = settings
        self._clock = clock
        self._due = asyncio.Event()
        self._loop: asyncio.AbstractEventLoop | None = None
        self._failed = 0
        self._trouble: Trouble | None = None

    @property
    def troubles(self) -> tuple[Trouble, ...]:
        """Why what is switched on cannot be reached, in words."""
        return (self._trouble,) if self._trouble is not None else ()

    async def run(self) -> None:
        """Open and close until cancelled."""
        self._loop = asyncio.get_running_loop()
        self._settings.listen(self._settings_changed)
        done: tuple[int, ...] | None = None
        while True:
            self._due.clear()
            wanted = await asyncio.to_thread(self._wanted)
            if wanted != done:
                done = wanted if await self._try(wanted) else None
            with suppress(TimeoutError):
                await asyncio.wait_for(self._due.wait(), AGAIN_S if done is None else None)

    def _wanted(self) -> tuple[int, ...]:
        """Give the ports at which others may reach the RTSP server; reads settings."""
        page = self._settings.get(Restreaming)
        return tuple(port for port in (page.port, page.tls_port) if port) if page.enabled else ()

    async def _try(self, ports: tuple[int, ...]) -> bool:
        try:
            await asyncio.to_thread(self._ask, ports)
        except NightjarError as error:
            self._failed += 1
            if self._failed == FAILED_TRIES:
                log.warning("ports %s: %s", ports, error)
                words = _("Live streams may not be reached: {problem}").format(problem=error)
                self._trouble = Trouble("network", "rtsp", "", "closed", words, self._clock.now_us()) if ports else None
            return False
        self._failed, self._trouble = 0, None
        return True

    def _ask(self, ports: tuple[int, ...]) -> None:
        with root(self._instance) as helper:
            helper.ask("firewall", "apply", openings=[{"port": port} for port in ports])
            helper.ask("service", "switch", name="rtsp", on=bool(ports))

    def _settings_changed(self, changed: Sequence[Changed]) -> None:
        if self._loop is not None and any(one.page == Restreaming.about.name for one in changed):
            self._loop.call_soon_threadsafe(self._due.set)
