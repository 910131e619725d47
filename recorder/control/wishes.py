"""What hal-admin is to keep so, as pages of settings say: asked at the start, at each change, and until it is done."""

import asyncio
import logging
from collections.abc import Callable, Collection, Sequence
from contextlib import suppress
from dataclasses import dataclass
from typing import Generic, TypeVar

from hal.client import HalRefused
from hal.client.admin import AdminClient
from recorder.client.answers import Trouble
from recorder.client.clock import Clock
from recorder.client.errors import NightjarError
from recorder.client.instance import Instance
from recorder.control.machine_call import root
from recorder.settings.page import Page
from recorder.settings.settings import Changed, Settings

AGAIN_S = 2.0
LONGEST_S = 300.0
"""What root refused again and again is asked for that seldom: each try is two lines of its audit, and makes older ones
go."""
FAILED_TRIES = 5
"""The root helper may only be starting: an owner is told when it could not be asked so often."""
_DOUBLINGS = 10
Wanted = TypeVar("Wanted")
log = logging.getLogger(__name__)


def wait_s(refused: int) -> float:
    """Say after how many seconds it is tried again what root refused so often in a row."""
    return min(LONGEST_S, AGAIN_S * 2 ** min(_DOUBLINGS, max(0, refused - FAILED_TRIES)))


@dataclass(frozen=True)
class Wish(Generic[Wanted]):
    """One thing that is kept so.

    `wanted` reads it from the settings, `ask` asks the root helper for it; `trouble` gives kind, name and words where
    that fails, or None where nobody need know.
    """

    pages: Collection[type[Page]]
    wanted: Callable[[Settings], Wanted]
    ask: Callable[[AdminClient, Wanted], None]
    trouble: Callable[[Wanted, str], tuple[str, str, str] | None]


class Keeper(Generic[Wanted]):
    """Has one wish kept; belongs to the event loop of control."""

    def __init__(self, instance: Instance, settings: Settings, clock: Clock, wish: Wish[Wanted]) -> None:
        self._instance = instance
        self._settings = settings
        self._clock = clock
        self._wish = wish
        self._pages = {one.about.name for one in wish.pages}
        self._due = asyncio.Event()
        self._loop: asyncio.AbstractEventLoop | None = None
        self._failed = self._refused = 0
        """How often in a row it could not be done, and how often root said so."""
        self._trouble: Trouble | None = None
        settings.listen(self._settings_changed)

    @property
    def troubles(self) -> tuple[Trouble, ...]:
        """What keeps it from being so, in words."""
        return (self._trouble,) if self._trouble is not None else ()

    async def run(self) -> None:
        """Keep it until cancelled."""
        self._loop = asyncio.get_running_loop()
        done: Wanted | None = None
        while True:
            self._due.clear()
            wanted = await asyncio.to_thread(self._wish.wanted, self._settings)
            if wanted != done:
                done = wanted if await self._try(wanted) else None
            with suppress(TimeoutError):
                async with asyncio.timeout(wait_s(self._refused) if done is None else None):
                    await self._due.wait()

    async def _try(self, wanted: Wanted) -> bool:
        try:
            await asyncio.to_thread(self._ask, wanted)
        except NightjarError as error:
            self._failed += 1
            self._refused = self._refused + 1 if isinstance(error.__cause__, HalRefused) else 0
            if self._failed == FAILED_TRIES and (told := self._wish.trouble(wanted, str(error))) is not None:
                kind, name, words = told
                log.warning("%s", words)
                self._trouble = Trouble(kind, name, "", "refused", words, self._clock.now_us())
            return False
        self._failed, self._refused, self._trouble = 0, 0, None
        return True

    def _ask(self, wanted: Wanted) -> None:
        with root(self._instance) as helper:
            self._wish.ask(helper, wanted)

    def _settings_changed(self, changed: Sequence[Changed]) -> None:
        if self._loop is not None and any(one.page in self._pages for one in changed):
            self._loop.call_soon_threadsafe(self._due.set)
