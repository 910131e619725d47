"""Pictures taken by plan, by event and by hand: decode makes them, media records them (D-REC-05, D-ENC-04)."""

import asyncio
import logging
from collections.abc import Iterable, Mapping
from dataclasses import dataclass

from recorder.client.answers import Picture
from recorder.client.clock import SECOND_US, Clock
from recorder.client.errors import NightjarError
from recorder.client.instance import Instance
from recorder.client.recording import RecordType
from recorder.client.stream import StreamName
from recorder.control.footage import still_at
from recorder.control.frames_call import ask
from recorder.control.week_intervals import DAY_S, Interval, intervals, stretches
from recorder.media.plan import DAYS_AHEAD
from recorder.settings.calendar import Calendar
from recorder.settings.pages.channel import Channel
from recorder.settings.pages.picture_schedule import PictureSchedule, Size
from recorder.settings.settings import Settings

log = logging.getLogger(__name__)

LOOK_S = 0.5
AT_ONCE = 4
"""Pictures that are made at the same time; the rest waits, so that the wall keeps its pictures."""
MOST_WAITING = 256
"""Twice as many as there are channels: beyond, a picture is left out."""


@dataclass(frozen=True)
class Wanted:
    """What is taken of a channel by itself, and how all its pictures are."""

    every_s: int = 0
    due: tuple[Interval, ...] = ()
    on_event: bool = False
    stream: StreamName = StreamName.MAIN
    quality: int = 5
    by_hand: int = 1


def wanted_pictures(settings: Settings, now_us: int) -> dict[int, Wanted]:
    """Read what all channels want, 14 days ahead; called in a thread."""
    now_s = now_us // SECOND_US
    calendar = Calendar.of(settings)
    ahead = stretches(calendar.zone, now_s, now_s + DAYS_AHEAD * DAY_S)
    found: dict[int, Wanted] = {}
    for channel in settings.items(Channel):
        page = settings.get(PictureSchedule, channel.item)
        if not channel.values.enabled:
            continue
        due = tuple(intervals(page.week, ahead, RecordType.GENERAL, calendar)) if page.scheduled else ()
        small = page.size is Size.SUB and channel.values.sub_url
        stream = StreamName.SUB if small else StreamName.MAIN
        found[int(channel.item)] = Wanted(page.every_s, due, page.on_event, stream, page.quality, page.by_hand)
    return found


class Pictures:
    """Takes pictures. Belongs to the event loop."""

    def __init__(self, instance: Instance, clock: Clock) -> None:
        self._instance, self._clock = instance, clock
        self._wanted: Mapping[int, Wanted] = {}
        self._last: dict[int, int] = {}
        self._slots = asyncio.Semaphore(AT_ONCE)
        self._tasks: set[asyncio.Task[None]] = set()

    def follow(self, wanted: Mapping[int, Wanted]) -> None:
        """Take these from now on."""
        self._wanted = wanted

    async def run(self) -> None:
        """Take what is due until cancelled."""
        try:
            while True:
                await asyncio.sleep(LOOK_S)
                for channel in self._due(self._clock.now_us()):
                    self._begin(channel)
        finally:
            for task in self._tasks:
                task.cancel()

    def event(self, channels: Iterable[int]) -> None:
        """An event began on channels."""
        for channel in channels:
            one = self._wanted.get(channel)
            if one is not None and one.on_event:
                self._begin(channel)

    async def take(self, channel: int, at_us: int | None = None) -> tuple[Picture, bytes]:
        """Take a picture now, or one of recorded time, and record it; raises `Unavailable`, `Told`."""
        how = self._wanted.get(channel, Wanted())
        # What was recorded is seldom both streams.
        stream = how.stream if at_us is None else StreamName.MAIN
        found = await still_at(self._instance, channel, stream, at_us, 0, how.quality)
        question = {"op": "picture", "id": 1, "channel": channel, "at_us": found.at_us, "jpeg": found.jpeg}
        await ask(self._instance, "media", question, "pictured")
        return Picture(found.at_us, len(found.jpeg)), found.jpeg

    def by_hand(self, channel: int) -> int:
        """How many pictures are taken when somebody takes one."""
        return self._wanted.get(channel, Wanted()).by_hand

    def _due(self, now_us: int) -> list[int]:
        found: list[int] = []
        for channel, one in self._wanted.items():
            if not one.due:
                continue
            # Whole multiples of the interval, so that pictures of all channels are of the same moments.
            turn = now_us // (one.every_s * SECOND_US)
            if self._last.get(channel) != turn and any(start <= now_us < end for start, end in one.due):
                self._last[channel] = turn
                found.append(channel)
        return found

    def _begin(self, channel: int) -> None:
        if len(self._tasks) >= MOST_WAITING:
            log.warning("channel %d: no picture was taken, too many wait", channel)
            return
        task = asyncio.create_task(self._quietly(channel))
        self._tasks.add(task)
        task.add_done_callback(self._tasks.discard)

    async def _quietly(self, channel: int) -> None:
        async with self._slots:
            try:
                await self.take(channel)
            except NightjarError as error:
                log.info("channel %d: no picture was taken (%s)", channel, error)
