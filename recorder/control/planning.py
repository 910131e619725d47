"""Keeps the plan that media runs from as settings and clock want it: made anew when they change, and daily."""

import asyncio
import contextlib
import logging
from collections.abc import Sequence

from recorder.client.clock import SECOND_US, Clock
from recorder.client.instance import Instance
from recorder.control.media_link import MediaLink
from recorder.control.pictures import Pictures, wanted_pictures
from recorder.control.planner import Planner, moved
from recorder.media.plan import PLAN_FILE, DamagedPlan, Plan
from recorder.media.plan import load as load_plan
from recorder.settings.pages.channel import Channel, WallStream
from recorder.settings.settings import Changed, Settings

LOOK_S = 2.0
"""How often the clock is looked at: schedules go by it."""
AGAIN_S = 10.0
"""A plan that could not be made is tried again after so long: a full disk has room again one day."""
RENEW_US = 24 * 3600 * SECOND_US
PAGES = {
    "picture-schedule",
    "channel",
    "channel-storage",
    "date-time",
    "disk",
    "holiday",
    "pool",
    "record-mode",
    "record-schedule",
    "storage-basic",
}
"""A change of them makes another plan."""
log = logging.getLogger(__name__)


class Planning:
    """Belongs to the event loop of control, but for `stale_soon`. `plan` is the one that holds."""

    def __init__(
        self,
        instance: Instance,
        clock: Clock,
        settings: Settings,
        planner: Planner,
        media: MediaLink,
        pictures: Pictures,
    ) -> None:
        self.plan = _last(instance)
        self.wall_mains: tuple[int, ...] = ()
        """Channels whose main stream the wall is to take."""
        self._clock = clock
        self._settings = settings
        self._planner = planner
        self._media = media
        self._pictures = pictures
        self._stale = asyncio.Event()
        self._loop: asyncio.AbstractEventLoop | None = None
        self._ahead_us = clock.now_us() - clock.monotonic_us()

    async def begin(self) -> None:
        """Make the first plan; where that cannot be, the one that was saved last holds, and `run` tries again."""
        try:
            await self.make()
        except Exception:
            log.exception("No plan could be made; that of before holds")
            self._stale.set()

    async def make(self) -> None:
        """Make another plan, and give it to those who follow it."""
        self._loop = asyncio.get_running_loop()
        self._stale.clear()
        self.plan = await asyncio.to_thread(self._planner.make, self._clock.now_us(), self.plan)
        self._media.give(self.plan)
        self.wall_mains = await asyncio.to_thread(_wall_mains, self._settings)
        self._pictures.follow(await asyncio.to_thread(wanted_pictures, self._settings, self._clock.now_us()))
        log.info("plan %d for %d channels", self.plan.revision, len(self.plan.channels))

    async def run(self) -> None:
        """Follow changes and the clock until cancelled."""
        while True:
            with contextlib.suppress(TimeoutError):
                async with asyncio.timeout(LOOK_S):
                    await self._stale.wait()
            self._follow_clock()
            age_us = self._clock.now_us() - self.plan.made_us
            if self._stale.is_set() or not 0 <= age_us < RENEW_US:
                try:
                    await self.make()
                except Exception:
                    # Whatever it was: what an owner changes later must still reach media.
                    log.exception("No plan could be made; that of before holds, and another is tried soon")
                    await asyncio.sleep(AGAIN_S)
                    self._stale.set()

    def stale_soon(self) -> None:
        """Make a new plan soon; called from threads."""
        if self._loop is not None:
            self._loop.call_soon_threadsafe(self._stale.set)

    def changed(self, changed: Sequence[Changed]) -> None:
        """Settings were changed; called from threads."""
        if any(one.page in PAGES for one in changed):
            self.stale_soon()

    def _follow_clock(self) -> None:
        """Make a new plan where our clock was set, from the one before as it is by the new time."""
        now_us = self._clock.now_us()
        ahead_us = now_us - self._clock.monotonic_us()
        by_us, self._ahead_us = ahead_us - self._ahead_us, ahead_us
        if abs(by_us) > SECOND_US:
            self.plan = moved(self.plan, by_us, now_us)
            self._stale.set()


def _last(instance: Instance) -> Plan:
    try:
        return load_plan(instance.state / PLAN_FILE)
    except DamagedPlan as error:
        log.warning("%s", error)
        return Plan()


def _wall_mains(settings: Settings) -> tuple[int, ...]:
    return tuple(sorted(int(one.item) for one in settings.items(Channel) if one.values.wall_stream is WallStream.MAIN))
