"""Events put together: list, rules, engine, sources; the part of control that reacts."""

import asyncio
import contextlib
import logging
from collections.abc import Sequence
from typing import Any

from recorder.events import linkage as linkages
from recorder.events.alarms import Alarms
from recorder.events.around import Around
from recorder.events.engine import Engine
from recorder.events.reactions import Reactions
from recorder.events.rules import Rules
from recorder.events.source import Source, built_in
from recorder.events.sources.network_alarm import NetworkAlarm, NetworkAlarms
from recorder.events.sources.system import CLEAN
from recorder.events.store import FILE, EventStore
from recorder.settings.pages.user import User
from recorder.settings.scope import Scope
from recorder.settings.settings import Changed

AGAIN_S = 5.0
"""The pause before a source that failed is begun anew."""
log = logging.getLogger(__name__)


class EventDesk:
    """Built in a thread or before the loop; the rest belongs to the event loop of control."""

    def __init__(self, around: Around) -> None:
        self._around = around
        self.store = EventStore(around.instance.state / FILE)
        self.alarms = Alarms(self.store, around.clock)
        self.rules = Rules(around.settings)
        self.engine = Engine(self.store, self.rules, around.bus, around.clock)
        reacting = [one(around, self.engine) for one in linkages.built_in()]
        self.reactions = Reactions(self.engine, reacting, around.bus, around.clock)
        self.engine.reacting = self.reactions
        self.sources: tuple[Source, ...] = tuple(one(self.engine, around) for one in built_in())
        for source in self.sources:
            if source.rule.about.scope is Scope.LIST:
                around.settings.offer(source.rule, source.items)
        self.network = next(one for one in self.sources if isinstance(one, NetworkAlarms))
        """What other programs tell."""
        self._tasks: list[asyncio.Task[None]] = []

    async def start(self) -> None:
        """Read the rules, close what a crash left open, begin to listen."""
        await asyncio.to_thread(self.rules.load)
        # Behind the rules, which must know it already.
        self._around.settings.listen(self._settings_changed)
        await self.engine.start()
        parts = (self.engine, *self.sources, *self.reactions.linkages)
        self._tasks = [asyncio.create_task(_kept_running(one)) for one in parts]

    async def stop(self) -> None:
        """End sources, close events, write all down."""
        for task in self._tasks:
            task.cancel()
            with contextlib.suppress(asyncio.CancelledError):
                await task
        try:
            await self.engine.stop()
            await self.reactions.stop()
            await self.engine.flush()
            await asyncio.to_thread(self.store.note, CLEAN, str(self._around.clock.now_us()))
        finally:
            self.store.close()

    def _settings_changed(self, changed: Sequence[Changed]) -> None:
        for one in changed:
            if one.page == User.about.name and one.removed:
                self.alarms.forget(one.item)
            elif one.page == NetworkAlarm.about.name:
                self.network.look_soon()


async def _kept_running(one: "Engine | Source | linkages.Linkage[Any]") -> None:
    """A part that fails is told in the log and begun anew; the others go on."""
    while True:
        try:
            await one.run()
        except Exception:  # whatever one does wrong, the others must not feel it
            log.exception("%s failed", type(one).__name__)
        await asyncio.sleep(AGAIN_S)
