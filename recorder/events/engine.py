"""The event engine: sources say what begins and ends; it lists, tells, and lets reactions follow where a rule is armed.

All calls belong to the event loop and return at once; the file is written behind them, many events in one transaction.
"""

import asyncio
import heapq
import logging
import sqlite3
from collections.abc import Mapping
from dataclasses import replace
from typing import Any, NamedTuple, Protocol

from recorder.client.clock import SECOND_US, Clock
from recorder.client.happened import AlarmState, Happened, Reaction
from recorder.control.events import Events
from recorder.events.occurrence import LONGEST_NAME, Key, Occurrence, plain, plain_detail
from recorder.events.power_return import PowerReturn
from recorder.events.rule import Rule
from recorder.events.rules import Rules
from recorder.events.store import ROWS_AT_ONCE, EventStore

LOOK_S = 0.2
"""How often events are looked at whose anti-dither time may be over."""
FLUSH_S = 0.25
"""So much of the newest list a power cut may cost, and so many transactions a second the file bears at most."""
AGAIN_S = 5.0
"""The pause after the file could not be written."""
MOST_OPEN = 10_000
MOST_UNWRITTEN = 200_000
"""Events kept in memory while the file cannot be written: some 200 MB; the oldest are given up."""
MOST_TOLD = 64
"""Events told one by one between two writes; beyond, clients are told to look at the list."""
PRUNE_S = 60.0
ALIVE_S = 10.0
ALIVE = "alive_us"
DAY_US = 86_400 * SECOND_US
log = logging.getLogger(__name__)


class Found(NamedTuple):
    """What is so now, as a source sees it."""

    words: str
    channel: int = 0
    detail: Mapping[str, Any] | None = None


class Reacting(Protocol):
    """Who reacts: `recorder.events.reactions`."""

    def begin(self, occurrence: Occurrence, page: Rule) -> None:
        """Let what the page asks for begin."""
        ...

    def end(self, occurrence: Occurrence) -> None:
        """The event is over."""
        ...

    def ended_unseen(self, event: Happened, page: Rule) -> None:
        """An event was open when control died: what it began must end."""
        ...


class Engine:
    """Holds the events that go on."""

    def __init__(self, store: EventStore, rules: Rules, bus: Events, clock: Clock) -> None:
        self.store = store
        self.rules = rules
        self.power = PowerReturn(store)
        """What came of the last power cut."""
        self.reacting: Reacting | None = None
        self._bus = bus
        self._clock = clock
        self._open: dict[Key, Occurrence] = {}
        self._pending: list[tuple[int, int, Key]] = []
        """A heap of those that are over and wait for their anti-dither time: its end, event, key."""
        self._rules_seen = 0
        self._next_id = store.next_id()
        self._groups: dict[tuple[str, str, int], tuple[int, int]] = {}
        """By rule, item and channel: the first event of the newest group, and when (monotonic) the group is over."""
        self._unwritten: dict[int, Occurrence] = {}
        self._reactions: dict[tuple[int, str], Reaction] = {}
        self._wake = asyncio.Event()
        self._writing = asyncio.Lock()
        self._told = 0
        self._untold = 0
        self.alive_before_us = 0
        """The last sign of life of the run before, read before this run gives its first (UTC)."""
        self.lost = 0
        """Events that could not be listed."""

    # --- for sources ---

    def begin(
        self,
        rule: type[Rule],
        item: str = "",
        part: str = "",
        *,
        words: str,
        channel: int = 0,
        detail: Mapping[str, Any] | None = None,
        at_us: int | None = None,
    ) -> Occurrence | None:
        """Say that something began, or was seen once more; gives the event, or None where its rule is off.

        `item` is the document of the rule's page (a channel's number, an input's name), `part` what of it. `words` and
        `detail` may be foreign text: they are bounded and made printable here. `at_us` is UTC, by default now.
        """
        key = _key(rule, item, part)
        now_us, monotonic_us = self._clock.now_us(), self._clock.monotonic_us()
        known = self._open.get(key)
        if known is not None:
            known.count += 1
            known.end_us = None
            self._changed(known)
            return known
        page = self.rules.get(rule, item)
        if not page.enabled:
            return None
        if len(self._open) >= MOST_OPEN:
            self.lost += 1
            log.error("an event was not listed, %d go on already: %s", MOST_OPEN, plain(words))
            return None
        at_us = now_us if at_us is None else at_us
        one = Occurrence(
            id=self._next_id,
            rule=rule,
            key=key,
            channel=channel,
            begin_us=at_us,
            words=plain(words),
            detail=plain_detail(dict(detail or {})),
            armed=self.rules.armed(page, at_us),
            window_us=monotonic_us + page.anti_dither_s * SECOND_US,
            listed=page.lists(),
        )
        if one.listed:
            one.group = self._group(key, channel, monotonic_us)
        if page.alarm and one.armed:
            one.state = AlarmState.NEW
        self._next_id += 1
        self._open[key] = one
        self._changed(one)
        if one.armed and self.reacting is not None:
            self.reacting.begin(one, page)
        return one

    def end(self, rule: type[Rule], item: str = "", part: str = "", *, at_us: int | None = None) -> None:
        """Say that it is over; nothing where it was not so."""
        one = self._open.get(_key(rule, item, part))
        if one is not None and one.end_us is None:
            now_us = self._clock.now_us()
            one.end_us = max(one.begin_us, now_us if at_us is None else at_us)
            if self._clock.monotonic_us() >= one.window_us:
                self._close(one, "")
            else:
                heapq.heappush(self._pending, (one.window_us, one.id, one.key))

    def happened(
        self,
        rule: type[Rule],
        item: str = "",
        part: str = "",
        *,
        words: str,
        channel: int = 0,
        detail: Mapping[str, Any] | None = None,
        at_us: int | None = None,
    ) -> None:
        """Say that something happened that has no length."""
        self.begin(rule, item, part, words=words, channel=channel, detail=detail, at_us=at_us)
        self.end(rule, item, part, at_us=at_us)

    def now(self, rule: type[Rule], found: Mapping[tuple[str, str], Found]) -> None:
        """Say all that is so now of a rule, by item and part: what is new begins, what is gone ends."""
        keys = {_key(rule, *place): (place, one) for place, one in found.items()}
        for key, (place, one) in keys.items():
            known = self._open.get(key)
            if known is None or known.end_us is not None:
                self.begin(rule, *place, words=one.words, channel=one.channel, detail=one.detail)
        for key in [key for key in self._open if key.source == rule.about.name and key not in keys]:
            self.end(rule, key.item, key.part)

    def goes_on(self, rule: type[Rule], item: str = "", part: str = "") -> bool:
        """Whether an event began whose end its source has not told."""
        known = self._open.get(_key(rule, item, part))
        return known is not None and known.end_us is None

    # --- for reactions ---

    def reacted(self, occurrence: Occurrence, reaction: Reaction) -> None:
        """List what a linkage did, where its event is listed."""
        if occurrence.listed:
            self._reactions[occurrence.id, reaction.linkage] = reaction
            self._wake.set()

    def pictured(self, occurrence: Occurrence, picture_us: int) -> None:
        """Note the picture that was taken for an event; the first one stays."""
        if occurrence.picture_us is None:
            occurrence.picture_us = picture_us
            self._changed(occurrence)

    # --- for people ---

    def handled(self, event: Happened) -> None:
        """People did something with an event: tell it, and know it while the event goes on."""
        for one in self._open.values():
            if one.id == event.id:
                one.state, one.pinned = event.state, event.pinned
        self._bus.publish("event", event)

    # --- for everybody ---

    @property
    def going_on(self) -> tuple[Occurrence, ...]:
        """The events that have not ended."""
        return tuple(self._open.values())

    @property
    def alarmed(self) -> bool:
        """Whether an alarm goes on that nobody has called false or closed."""
        return any(one.state is not None and one.state.waits for one in self._open.values())

    def since_us(self, rule: type[Rule]) -> int | None:
        """Since when an event of a rule goes on, the oldest of several (UTC); None: there is none."""
        found = (one.begin_us for one in self.going_on if one.rule is rule and one.end_us is None)
        return min(found, default=None)

    async def start(self) -> None:
        """Close what was open when control ended without a word: its end is not known better than that."""
        found = await asyncio.to_thread(self.store.still_open)
        self.alive_before_us = int(await asyncio.to_thread(self.store.noted, ALIVE) or 0)
        closed = [
            replace(one, end_us=max(one.begin_us, self.alive_before_us), why="restart", reactions=()) for one in found
        ]
        if closed:
            await asyncio.to_thread(self.store.write, closed)
        for one in closed:
            rule = self.rules.classes.get(one.source)
            if rule is not None and one.armed and self.reacting is not None:
                self.reacting.ended_unseen(one, self.rules.get(rule, one.item))

    async def run(self) -> None:
        """Write, prune and close until cancelled."""
        async with asyncio.TaskGroup() as group:
            group.create_task(self._keep_writing())
            group.create_task(self._keep_pruning())
            group.create_task(self._keep_alive())
            while True:
                await asyncio.sleep(LOOK_S)
                self.look()

    def look(self) -> None:
        """Close what is over for good, and what nobody wants any more."""
        now_us = self._clock.monotonic_us()
        while self._pending and self._pending[0][0] <= now_us:
            _window_us, event, key = heapq.heappop(self._pending)
            one = self._open.get(key)
            # Another trigger may have come, and what follows it is in the heap by itself.
            if one is not None and one.id == event and one.end_us is not None:
                self._close(one, "")
        if self._rules_seen != self.rules.changes:
            self._rules_seen = self.rules.changes
            for one in tuple(self._open.values()):
                if not self.rules.get(one.rule, one.key.item).enabled:
                    self._close(one, "disabled")

    async def stop(self) -> None:
        """Close everything in the list: control ends. What goes on then begins anew at the next start."""
        for one in tuple(self._open.values()):
            self._close(one, "stopped" if one.end_us is None else "")
        await self.flush()

    async def flush(self) -> bool:
        """Write what was not written yet; False: that failed, and it stays for the next time."""
        async with self._writing:
            events, self._unwritten = self._unwritten, {}
            reactions, self._reactions = self._reactions, {}
            self._told, untold, self._untold = 0, self._untold, 0
            if untold:
                self._bus.publish("events", {"count": untold})
            if not events and not reactions:
                return True
            rows = [one.row() for one in events.values()]
            told = [(event, one) for (event, _name), one in reactions.items()]
            try:
                await asyncio.to_thread(self.store.write, rows, told)
            except sqlite3.Error as error:
                self._unwritten = {**events, **self._unwritten}
                self._reactions = {**reactions, **self._reactions}
                self._give_up_oldest()
                log.error("the list of events cannot be written: %s", error)  # noqa: TRY400
                return False
            return True

    # --- how ---

    def _group(self, key: Key, channel: int, monotonic_us: int) -> int:
        """Give the group of an event that begins: counted from the first, as within the anti-dither time."""
        of = (key.source, key.item, channel)
        first, over_us = self._groups.get(of, (0, 0))
        if not first or monotonic_us >= over_us:
            first = self._next_id
            self._groups[of] = first, monotonic_us + self.rules.group_s * SECOND_US
        return first

    def _changed(self, one: Occurrence) -> None:
        if not one.listed:
            return
        self._unwritten[one.id] = one
        self._wake.set()
        if self._told < MOST_TOLD:
            self._told += 1
            self._bus.publish("event", one.row())
        else:
            self._untold += 1

    def _close(self, one: Occurrence, why: str) -> None:
        one.end_us = max(one.begin_us, self._clock.now_us()) if one.end_us is None else one.end_us
        one.closed, one.why = True, why
        del self._open[one.key]
        self._changed(one)
        if self.reacting is not None:
            self.reacting.end(one)

    def _give_up_oldest(self) -> None:
        while len(self._unwritten) > MOST_UNWRITTEN:
            del self._unwritten[next(iter(self._unwritten))]
            self.lost += 1

    async def _keep_writing(self) -> None:
        while True:
            await self._wake.wait()
            self._wake.clear()
            written = await self.flush()
            if not written:
                self._wake.set()
            await asyncio.sleep(FLUSH_S if written else AGAIN_S)

    async def _keep_pruning(self) -> None:
        while True:
            oldest_us = self._clock.now_us() - self.rules.keep_days * DAY_US
            try:
                while await asyncio.to_thread(self.store.prune, oldest_us) == ROWS_AT_ONCE:
                    pass
            except sqlite3.Error as error:
                log.error("the list of events cannot be shortened: %s", error)  # noqa: TRY400
            await asyncio.sleep(PRUNE_S)

    async def _keep_alive(self) -> None:
        while True:
            try:
                await asyncio.to_thread(self.store.note, ALIVE, str(self._clock.now_us()))
            except sqlite3.Error as error:
                log.warning("the list of events cannot be written: %s", error)
            await asyncio.sleep(ALIVE_S)


def _key(rule: type[Rule], item: str, part: str) -> Key:
    return Key(rule.about.name, item, plain(part, LONGEST_NAME))
