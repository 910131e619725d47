"""Reactions: each linkage's answer to an event runs by itself, is tried again, and tells how it went."""

import asyncio
import contextlib
import logging
from collections import Counter
from collections.abc import Awaitable, Callable, Sequence
from dataclasses import dataclass, field
from typing import Any

from recorder.client.clock import Clock
from recorder.client.errors import NightjarError
from recorder.client.happened import Happened, Reaction, ReactionState
from recorder.client.words import _
from recorder.control.events import Events
from recorder.events.engine import Engine
from recorder.events.linkage import Lacking, Linkage
from recorder.events.occurrence import Occurrence, again, plain
from recorder.events.rule import Rule

MOST_WAITING = 256
"""Reactions of one linkage that are being begun: beyond, its further ones fail at once and say so."""
STOP_S = 5.0
"""So long reactions may take to end when control ends."""
log = logging.getLogger(__name__)


@dataclass
class _Going:
    """The reactions to one event that goes on."""

    over: asyncio.Event = field(default_factory=asyncio.Event)


class Reactions:
    """Belongs to the event loop."""

    def __init__(self, engine: Engine, linkages: Sequence[Linkage[Any]], bus: Events, clock: Clock) -> None:
        self.linkages = tuple(linkages)
        self._engine = engine
        self._bus = bus
        self._clock = clock
        self._going: dict[int, _Going] = {}
        self._beginning: Counter[str] = Counter()
        self._tasks: set[asyncio.Task[None]] = set()

    def begin(self, occurrence: Occurrence, page: Rule) -> None:
        """Let begin what the page asks for and nothing stands against."""
        going = _Going()
        for linkage in self.linkages:
            if not getattr(page, linkage.name, False):
                continue
            if self._engine.rules.disarmed(linkage.name, occurrence.channel, self._clock.now_us()):
                self._tell(occurrence, linkage, ReactionState.SKIPPED, _("The recorder is disarmed."))
            elif words := linkage.lacking(occurrence, page):
                self._tell(occurrence, linkage, ReactionState.SKIPPED, words)
            elif self._beginning[linkage.name] >= MOST_WAITING:
                words = _("Too many events wait for it already.")
                self._tell(occurrence, linkage, ReactionState.FAILED, words)
            else:
                self._beginning[linkage.name] += 1
                self._start(self._react(linkage, occurrence, page, going))
                if linkage.lasts:
                    self._going[occurrence.id] = going

    def end(self, occurrence: Occurrence) -> None:
        """Let reactions that last end."""
        going = self._going.pop(occurrence.id, None)
        if going is not None:
            going.over.set()

    def ended_unseen(self, event: Happened, page: Rule) -> None:
        """End what a former run of control began; what never began takes no harm."""
        occurrence = again(event, type(page))
        for linkage in self.linkages:
            if linkage.lasts and getattr(page, linkage.name, False):
                self._start(self._end(linkage, occurrence, page))

    async def stop(self) -> None:
        """Wait a little for what ends, then give it up."""
        for going in self._going.values():
            going.over.set()
        if self._tasks:
            await asyncio.wait(self._tasks, timeout=STOP_S)
        for task in tuple(self._tasks):
            task.cancel()
            with contextlib.suppress(asyncio.CancelledError):
                await task

    def _start(self, work: Any) -> None:
        task: asyncio.Task[None] = asyncio.create_task(work)
        self._tasks.add(task)
        task.add_done_callback(self._tasks.discard)

    async def _react(self, linkage: Linkage[Any], occurrence: Occurrence, page: Rule, going: _Going) -> None:
        try:
            words, state, tries = await self._tried(linkage, lambda: linkage.begin(occurrence, page), linkage.delays_s)
        finally:
            self._beginning[linkage.name] -= 1
        self._tell(occurrence, linkage, state, words, tries)
        if linkage.lasts:
            await self._kept(linkage, occurrence, page, going)
            await self._end(linkage, occurrence, page)

    async def _kept(self, linkage: Linkage[Any], occurrence: Occurrence, page: Rule, going: _Going) -> None:
        keeping = asyncio.create_task(linkage.keep(occurrence, page))
        try:
            await going.over.wait()
        finally:
            keeping.cancel()
            try:
                await keeping
            except asyncio.CancelledError:
                pass
            except Exception:  # whatever it did wrong, what it began must end
                log.exception("%s failed while event %d went on", linkage.name, occurrence.id)

    async def _end(self, linkage: Linkage[Any], occurrence: Occurrence, page: Rule) -> None:
        words, state, tries = await self._tried(linkage, lambda: linkage.end(occurrence, page), linkage.delays_s)
        if state is ReactionState.FAILED:
            self._tell(occurrence, linkage, state, words, tries)

    async def _tried(
        self, linkage: Linkage[Any], work: Callable[[], Awaitable[str | None]], delays_s: Sequence[float]
    ) -> tuple[str, ReactionState, int]:
        """Do it, again after each delay; gives words, how it went, and how often it was tried."""
        words = ""
        for number, delay_s in enumerate((*delays_s, None), 1):
            try:
                async with asyncio.timeout(linkage.patience_s):
                    return plain(await work() or ""), ReactionState.DONE, number
            except Lacking as error:
                return plain(str(error)), ReactionState.SKIPPED, number
            except TimeoutError:
                words = _("It took longer than {seconds:.0f} s.").format(seconds=linkage.patience_s)
            except (NightjarError, OSError) as error:
                words = str(error)
            except Exception as error:  # a linkage that is broken must not take the others with it
                log.exception("%s failed", linkage.name)
                words = type(error).__name__
            log.warning("%s, try %d: %s", linkage.name, number, plain(words))
            if delay_s is None:
                break
            await asyncio.sleep(delay_s)
        return plain(words), ReactionState.FAILED, len(delays_s) + 1

    def _tell(
        self, occurrence: Occurrence, linkage: Linkage[Any], state: ReactionState, words: str, tries: int = 0
    ) -> None:
        told = Reaction(linkage.name, state, self._clock.now_us(), words, tries)
        self._engine.reacted(occurrence, told)
        if state is ReactionState.FAILED:
            words = _("{linkage} failed: {words}").format(linkage=linkage.title, words=words)
            log.error("event %d: %s", occurrence.id, words)
            self._bus.publish("reaction", {"event": occurrence.id, "linkage": linkage.name, "words": words})
