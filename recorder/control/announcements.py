"""Plays voice files by their plan, each minute in which one is due (D-AUD-02)."""

import asyncio
import logging

from recorder.client.clock import SECOND_US, Clock
from recorder.client.errors import NightjarError
from recorder.control.voices import Rank, Voices
from recorder.settings.calendar import Calendar
from recorder.settings.pages.announcement import Announcement
from recorder.settings.settings import Settings

LOOK_S = 0.5
MINUTE_US = 60 * SECOND_US

log = logging.getLogger(__name__)


class Announcements:
    """Belongs to the event loop of control."""

    def __init__(self, settings: Settings, voices: Voices, clock: Clock) -> None:
        self._settings = settings
        self._voices = voices
        self._clock = clock
        self._minute: int | None = None

    async def run(self) -> None:
        """Play until cancelled."""
        while True:
            try:
                await self.look()
            except NightjarError:
                log.exception("Which announcements are due cannot be read")
            await asyncio.sleep(LOOK_S)

    async def look(self) -> None:
        """Play what is due in this minute, once; the minute of the start is not one that began."""
        minute = self._clock.now_us() // MINUTE_US
        before, self._minute = self._minute, minute
        if before is None or minute == before:
            return
        for one in await asyncio.to_thread(self._due, minute):
            try:
                await self._voices.speak(one.voice_file, one.times, Rank.PLAN)
            except NightjarError as error:
                log.warning("The announcement %s was not played: %s", one.voice_file, error)

    def _due(self, minute: int) -> list[Announcement]:
        pages = [one.values for one in self._settings.items(Announcement)]
        calendar = Calendar.of(self._settings)
        return [
            one
            for one in pages
            if one.enabled
            and one.voice_file
            and (since := calendar.minutes_since_begin(one.week, minute * MINUTE_US)) is not None
            and since % one.every_min == 0
        ]
