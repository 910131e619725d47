"""One playback session: up to 16 views on one clock, told where to go and where they are.

Orders are numbered; every player reports how far it is with the newest. The clock starts when all have arrived, jumps
over holes that all views have, stands while nobody gets footage, and ends where the footage does.
"""

import asyncio
import threading
from collections.abc import Callable, Sequence

from recorder.client.clock import Clock
from recorder.client.errors import Invalid
from recorder.client.stream import StreamKey
from recorder.client.views import PlayState, PlayView, Position
from recorder.client.words import _
from recorder.decode.feed import Feed
from recorder.decode.footage import LIVE_EDGE_US
from recorder.decode.order import Act, Order, Report
from recorder.decode.playclock import PlayClock
from recorder.decode.player import Player
from recorder.decode.view import ClientView

MOST_VIEWS = 16
SPEEDS = (0.0625, 16.0)
MOST_STEP = 1000
TELL_EVERY_S = 0.1
LATEST_ARRIVAL_S = 3.0
"""A view that has not arrived by then is not waited for."""
PICTURE_BYTES = 384 << 20
"""Of all views of a session together, kept to be shown backwards."""

MakeView = Callable[[PlayView], ClientView]


class PlaySession:
    """Playback of several streams at once. Public methods belong to the event loop, `report` to the players."""

    def __init__(self, number: int, feed: Feed, clock: Clock, tell: Callable[[Position], None]) -> None:
        self.number = number
        self.clock = PlayClock(clock, 0)
        self.players: dict[int, Player] = {}
        self._feed, self._machine_clock, self._send = feed, clock, tell
        self._loop = asyncio.get_running_loop()
        self._lock = threading.RLock()
        self._order = Order(0, Act.FOLLOW, 0)
        self._state = PlayState.SEEKING
        self._arriving = True
        self._speed = 0.0
        self._steps_wanted = 0
        self._skipped_us = 0
        self._told: Position | None = None
        self._ticks: asyncio.TimerHandle | None = None
        self._late: asyncio.TimerHandle | None = None
        self._closed = False
        self._leaving: list[Player] = []

    # What players ask.

    @property
    def order(self) -> Order:
        """What is to be done now."""
        return self._order

    @property
    def running(self) -> bool:
        """Whether it plays, even if it waits for footage just now."""
        return not self._arriving and self._state in {PlayState.PLAYING, PlayState.WAITING}

    def picture_bytes(self) -> int:
        """Memory for pictures kept to be shown backwards, of one player; it keeps two such GOPs."""
        return PICTURE_BYTES // 2 // max(1, len(self.players))

    # What the client asks.

    def open(self, views: Sequence[PlayView], at_us: int, make: MakeView) -> None:
        """Begin at a time, or change the views of a session that stands or runs."""
        if not 0 < len(views) <= MOST_VIEWS or len({one.id for one in views}) != len(views):
            raise Invalid(problem=_("Playback shows one to {most} views.").format(most=MOST_VIEWS))
        wanted = {one.id: one for one in views}
        begun = bool(self.players)
        for number, player in list(self.players.items()):
            one = wanted.get(number)
            if one is None or StreamKey(one.channel, one.stream) != player.key:
                self._drop(number)
        fresh = False  # whether something has to be decoded that is not at hand
        for one in views:
            player = self.players.get(one.id)
            if player is None:
                key = StreamKey(one.channel, one.stream)
                self.players[one.id] = Player(self, make(one), key, self._feed, self._machine_clock, self._loop)
                fresh = True
            elif player.view.change(one.width, one.height, one.part) and player.repaint():
                fresh = True
        if not begun:
            self.seek(at_us)
        elif fresh:
            self._give(Act.FOLLOW, self.clock.position())

    def seek(self, at_us: int) -> None:
        """Go to a time; what ran runs on from there."""
        self._skipped_us = 0
        self._steps_wanted = 0
        self._give(Act.SEEK, max(0, at_us))

    def speed(self, speed: float) -> None:
        """Run at a speed, or stand."""
        slow, fast = SPEEDS
        if speed and not slow <= abs(speed) <= fast:
            raise Invalid(problem=_("Playback runs at {slow} to {fast} times real time.").format(slow=slow, fast=fast))
        self._speed = speed
        self._steps_wanted = 0
        self._give(Act.FOLLOW, self.clock.position())

    def step(self, frames: int) -> None:
        """So many pictures on or back, then stand."""
        if not 0 < abs(frames) <= MOST_STEP:
            raise Invalid(problem=_("One step is 1 to {most} pictures.").format(most=MOST_STEP))
        self._speed = 0.0
        lead = None if self._arriving else self._lead()
        if lead is None:
            # Nobody has said yet what it shows: the step is taken on arrival, with those before it.
            self._steps_wanted = min(max(self._steps_wanted + frames, -MOST_STEP), MOST_STEP)
        else:
            self._give(Act.STEP, self.clock.position(), frames, lead.view.number)

    def _lead(self) -> Player | None:
        """Give the player that a step goes by: the one that shows what was taken nearest to the position."""
        at_us, players = self.clock.position(), list(self.players.values())
        shown = [(abs(at - at_us), n) for n, one in enumerate(players) if (at := one.shown_us) is not None]
        if shown:
            return players[min(shown)[1]]
        return next((player for player in players if player.report.shown_us is not None), None)

    def close(self) -> None:
        """End, with all views."""
        self._closed = True
        for timer in (self._ticks, self._late):
            if timer is not None:
                timer.cancel()
        for number in list(self.players):
            self._drop(number)

    def join(self) -> None:
        """Wait until the threads of all views have ended; after `close`, not in the event loop."""
        for player in self._leaving:
            player.join()

    def _drop(self, number: int) -> None:
        player = self.players.pop(number)
        player.close()
        player.view.close()
        self._leaving = [one for one in self._leaving if one.alive] + [player]

    def _give(self, act: Act, at_us: int, frames: int = 0, lead: int = 0) -> None:
        """A new order to all players; the clock stands until they have arrived."""
        with self._lock:
            self.clock.set(at_us)
            self._state, self._arriving = PlayState.SEEKING, True
            self._order = Order(self._order.number + 1, act, at_us, self._speed, frames, lead)
            for player in self.players.values():
                player.wake.set()
        self._tell_soon()
        number = self._order.number
        self._loop.call_soon_threadsafe(self._wait_for_late, number)

    def _wait_for_late(self, number: int) -> None:
        if self._late is not None:
            self._late.cancel()
        if not self._closed:
            self._late = self._loop.call_later(LATEST_ARRIVAL_S, self._enough_waited, number)

    def _enough_waited(self, number: int) -> None:
        with self._lock:
            if number != self._order.number or not self._arriving:
                return
            reports = [one.report for one in self.players.values()]
            here = [one for one in reports if one.number == number and one.ready]
            if here:
                self._arrived(here)
            else:
                self._state = PlayState.WAITING
                self._tell()

    # What players report.

    def report(self, player: Player, report: Report) -> None:
        """How far a player is; called in its thread."""
        with self._lock:
            if report.number != self._order.number or self._closed:
                player.report = report if report.number >= player.report.number else player.report
                return
            player.report = report
            players = list(self.players.values())
            order = self._order
            if order.act is Act.STEP:
                if player.view.number == order.lead:
                    self._stepped(report)
            elif self._arriving:
                if all(one.report.number == order.number and one.report.ready for one in players):
                    self._arrived([one.report for one in players])
            elif self.running:
                self._consider([one.report for one in players])

    def _stepped(self, report: Report) -> None:
        at_us = report.shown_us if report.shown_us is not None else self._order.at_us
        self._give(Act.FOLLOW, at_us)

    def _arrived(self, reports: list[Report]) -> None:
        """All show the picture of the order's time: run, stand, or go to where there is footage."""
        order = self._order
        self._arriving = False
        if all(one.void for one in reports):
            around = [at for one in reports for at in (one.shown_us, one.next_us) if at is not None]
            nearest = _nearest(around, order.at_us, back=order.speed < 0)
            if nearest is None and around:
                nearest = _nearest(around, order.at_us, back=order.speed >= 0)
                if nearest is None or self._machine_clock.now_us() - nearest > LIVE_EDGE_US:
                    self._speed = 0.0
            if nearest is not None and nearest != order.at_us:
                self._skipped_us += abs(nearest - order.at_us)
                self._give(Act.SEEK, nearest)
            else:
                self._end(order.at_us)
            return
        if order.speed and all(one.over for one in reports):
            self._end(order.at_us)
            return
        if self._steps_wanted:
            frames, self._steps_wanted = self._steps_wanted, 0
            self.step(frames)
            return
        self._state = PlayState.PLAYING if order.speed else PlayState.STANDING
        if order.speed:
            self.clock.set(order.at_us, order.speed)
            self._tick_soon()
        for player in self.players.values():
            player.wake.set()
        self._tell_soon()

    def _consider(self, reports: list[Report]) -> None:
        """While playing: jump over a hole that all have, stand while all are dry, end where all end."""
        position, speed = self.clock.position(), self._order.speed
        if all(one.over for one in reports):
            shown = [one.shown_us for one in reports if one.shown_us is not None]
            self._end((min(shown) if speed < 0 else max(shown)) if shown else position)
        elif all(one.over or one.dry for one in reports):
            if self._state is PlayState.PLAYING:
                self._state = PlayState.WAITING
                self.clock.set()
                self._tell_soon()
        elif self._state is PlayState.WAITING:
            self._state = PlayState.PLAYING
            self.clock.set(None, speed)
            self._tell_soon()
        elif all(one.hole or one.over for one in reports):
            nearest = _nearest([one.next_us for one in reports if one.next_us is not None], position, back=speed < 0)
            if nearest is not None and nearest != position:
                self._skipped_us = abs(nearest - position)
                self.clock.set(nearest, speed)
                for player in self.players.values():
                    player.wake.set()
                self._tell_soon()

    def _end(self, at_us: int) -> None:
        self._steps_wanted = 0
        self.clock.set(at_us)
        self._state = PlayState.ENDED
        self._tell_soon()

    # What the client is told.

    def _tell_soon(self) -> None:
        self._loop.call_soon_threadsafe(self._tell)

    def _tell(self) -> None:
        if self._closed:
            return
        speed = self._order.speed if self.running or self._state is PlayState.SEEKING else 0.0
        position = Position(self.number, self.clock.position(), speed, self._state, self._skipped_us)
        self._skipped_us = 0
        if position != self._told:
            self._told = position
            self._send(position)

    def _tick_soon(self) -> None:
        self._loop.call_soon_threadsafe(self._tick)

    def _tick(self) -> None:
        if self._ticks is not None:
            self._ticks.cancel()
            self._ticks = None
        if not self._closed and self.running:
            self._tell()
            self._ticks = self._loop.call_later(TELL_EVERY_S, self._tick)


def _nearest(found: list[int], at_us: int, *, back: bool) -> int | None:
    """The footage nearest to a time in the direction of play."""
    if back:
        return max((one for one in found if one <= at_us), default=None)
    return min((one for one in found if one >= at_us), default=None)
