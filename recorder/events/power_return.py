"""What came of a power cut: since when everything records again and what was lost, from the recordings themselves."""

import asyncio
import logging
from collections.abc import Awaitable, Callable, Sequence
from dataclasses import dataclass

import msgspec

from recorder.client.answers import Gap, Span
from recorder.client.boot import uptime_us
from recorder.client.clock import SECOND_US, Clock
from recorder.client.errors import UNREADABLE, NightjarError
from recorder.client.instance import Instance
from recorder.client.outage import Outage, Returned
from recorder.client.recording import GapReason, RecordType
from recorder.client.stream import StreamName
from recorder.control import footage
from recorder.events.store import EventStore
from recorder.media.plan import Plan

LOOK_S = 2.0
STARTING_US = 120 * SECOND_US
"""Cameras that get their power with the recorder need up to two minutes: until then they are starting."""
BEFORE_US = 3600 * SECOND_US
"""How far before the last sign of life the holes of recordings are looked for."""
OUTAGE = "outage"
SEEN = "outage_seen"
log = logging.getLogger(__name__)


@dataclass(frozen=True)
class Surroundings:
    """What it looks at: `gaps` and `spans` of a channel's main stream, `uptime_us` since the machine started."""

    clock: Clock
    plan: Callable[[], Plan]
    gaps: Callable[[int, int, int], Awaitable[Sequence[Gap]]]
    spans: Callable[[int, int, int], Awaitable[Sequence[Span]]]
    uptime_us: Callable[[], int]


def due_now(plan: Plan, now_us: int) -> frozenset[int]:
    """The channels that are to be recorded now whatever happens."""
    return frozenset(
        one.number
        for one in plan.channels
        if any(due.type is RecordType.GENERAL and due.start_us <= now_us < due.end_us for due in one.record)
    )


class PowerReturn:
    """Belongs to the event loop; the newest outage is kept beside the list of events."""

    def __init__(self, store: EventStore) -> None:
        self._store = store
        self.newest = _read(store.noted(OUTAGE))
        self.seen = bool(store.noted(SEEN))

    @property
    def untold(self) -> Outage | None:
        """The newest outage, until somebody has seen it."""
        return None if self.seen else self.newest

    def see(self) -> None:
        """Somebody has seen it; called in a thread."""
        self._store.note(SEEN, "yes")
        self.seen = True

    async def watch(self, around: Surroundings, alive_us: int) -> None:
        """Wait until everything records again, for as long as cameras start, and keep what was found.

        `alive_us` is the last sign of life before the cut. While the clock is before it, it is wrong: then the time
        without power is not known yet.
        """
        began_us = around.clock.monotonic_us()
        while True:
            now_us = around.clock.now_us()
            if now_us < alive_us:
                began_us = around.clock.monotonic_us()
            else:
                found = await self._look(around, alive_us, now_us)
                over = around.clock.monotonic_us() - began_us >= STARTING_US
                if found is not None and (over or all(one.back_us is not None for one in found.channels)):
                    await self._keep(found)
                    return
                if over:
                    await self._keep(Outage(alive_us, max(alive_us, now_us - around.uptime_us()), known=False))
                    return
            await asyncio.sleep(LOOK_S)

    async def _look(self, around: Surroundings, alive_us: int, now_us: int) -> Outage | None:
        """Look at the holes that the cut left; None while nobody can tell."""
        started_us = max(alive_us, now_us - around.uptime_us())
        holes: dict[int, Gap | None] = {}
        footage: dict[int, Sequence[Span]] = {}
        try:
            for channel in sorted(due_now(around.plan(), now_us)):
                told = await around.gaps(channel, alive_us - BEFORE_US, now_us)
                cut = [one for one in told if one.reason == GapReason.NO_POWER and one.end_us >= alive_us]
                holes[channel] = cut[-1] if cut else None
                footage[channel] = await around.spans(channel, alive_us, now_us)
        except NightjarError as error:
            log.debug("nobody can tell yet what the power cut left: %s", error)
            return None
        # Whichever was later: what a stream has on a disk, or that control was heard of.
        from_us = min(started_us, max([alive_us, *(one.start_us for one in holes.values() if one is not None)]))
        return Outage(
            from_us,
            started_us,
            tuple(
                Returned(channel, _back(footage[channel], from_us), max(0, from_us - hole.start_us) if hole else 0)
                for channel, hole in holes.items()
            ),
        )

    async def _keep(self, outage: Outage) -> None:
        await asyncio.to_thread(self._store.note, SEEN, "")
        await asyncio.to_thread(self._store.note, OUTAGE, msgspec.json.encode(outage).decode())
        self.newest, self.seen = outage, False


def surroundings(clock: Clock, plan: Callable[[], Plan], instance: Instance) -> Surroundings:
    """What there really is to look at."""

    async def gaps(channel: int, start_us: int, end_us: int) -> Sequence[Gap]:
        return await footage.gaps(instance, channel, StreamName.MAIN, start_us, end_us)

    async def spans(channel: int, start_us: int, end_us: int) -> Sequence[Span]:
        return await footage.spans(instance, channel, StreamName.MAIN, start_us, end_us)

    return Surroundings(clock, plan, gaps, spans, uptime_us)


def _back(spans: Sequence[Span], cut_us: int) -> int | None:
    """When footage begins again. The hole does not tell: it ends at the recorder's start until the camera is back."""
    return min((one.start_us for one in spans if one.start_us >= cut_us), default=None)


def _read(text: str) -> Outage | None:
    try:
        return msgspec.json.decode(text, type=Outage) if text else None
    except UNREADABLE:
        return None
