"""The end of somebody's hours: what was granted to him until then is void in the same minute (A9)."""

import asyncio
import logging
from collections.abc import Callable, Iterator

from recorder.client.clock import SECOND_US, Clock
from recorder.client.errors import NightjarError
from recorder.settings.calendar import Calendar
from recorder.settings.pages.stream_user import StreamUser
from recorder.settings.pages.user import ALWAYS, LoginHours, User
from recorder.settings.settings import Settings
from recorder.settings.week import WeekGrid

LOOK_S = 1.0
MINUTE_US = 60 * SECOND_US
"""Hours begin and end at whole minutes."""

log = logging.getLogger(__name__)


class Hours:
    """Looks every minute who is outside of his hours. `look` reads settings and is called in threads, one at a time."""

    def __init__(self, settings: Settings, clock: Clock, ended: Callable[[], object]) -> None:
        """`ended` is called when the hours of somebody are over, and once at the start where they are already."""
        self._settings = settings
        self._clock = clock
        self._ended = ended
        self._minute = -1
        self._outside: frozenset[tuple[str, str]] = frozenset()

    async def run(self) -> None:
        """Look until cancelled."""
        while True:
            try:
                await asyncio.to_thread(self.look)
            except NightjarError:
                log.exception("Whose hours are over cannot be read")
            await asyncio.sleep(LOOK_S)

    def look(self) -> None:
        """Look, once a minute of the clock on the wall, whichever way that was set."""
        now_us = self._clock.now_us()
        if now_us // MINUTE_US == self._minute:
            return
        calendar = Calendar.of(self._settings)
        outside = frozenset(who for who, week in self._limited() if not calendar.holds(week, now_us))
        if outside - self._outside:
            self._ended()
        self._outside, self._minute = outside, now_us // MINUTE_US

    def _limited(self) -> Iterator[tuple[tuple[str, str], WeekGrid[LoginHours]]]:
        for page in (User, StreamUser):
            for one in self._settings.items(page):
                if one.values.hours != ALWAYS:
                    yield (page.about.name, one.item), one.values.hours
