"""Keeps the audit as short as it shall be: by days and by size, and says in it what went (L6)."""

import asyncio
import logging
import shutil
from pathlib import Path

from recorder.accounts.errors import MoreThanOwn
from recorder.client.clock import SECOND_US, Clock
from recorder.settings.page import Page
from recorder.settings.pages.log_keeping import LogKeeping
from recorder.settings.pages.log_server import LogServer
from recorder.settings.rights import FULL
from recorder.settings.settings import Author, Settings

EVERY_S = 6 * 3600.0
FIRST_S = 60.0
AT_ONCE = 5000
"""Rows that go by their age in one pass: a clock that is wrong for an hour costs no more."""
SHARE = 8
"""Of its partition the file takes so little, whatever the page says: there are also its copy, the one from before an
update, the one just being made for either, and a configuration that comes in. Full, nobody could set anything."""
DAY_US = 86_400 * SECOND_US
log = logging.getLogger(__name__)


class Keeping:
    """Looks four times a day."""

    def __init__(self, settings: Settings, clock: Clock, folder: Path) -> None:
        """`folder` is where the settings lie, and the audit with them."""
        self._settings = settings
        self._clock = clock
        self._folder = folder
        for page in (LogKeeping, LogServer):
            settings.guard(page, _administrators_alone)

    async def run(self) -> None:
        """Look until cancelled."""
        await asyncio.sleep(FIRST_S)
        while True:
            try:
                await asyncio.to_thread(self.look)
            except Exception:  # the next pass may do better, and nothing else must feel it
                log.exception("the audit was not shortened")
            await asyncio.sleep(EVERY_S)

    def look(self) -> int:
        """Let the oldest rows go; gives how many."""
        page = self._settings.get(LogKeeping)
        oldest_us = self._clock.now_us() - page.keep_days * DAY_US
        most_bytes = min(page.most_mb << 20, shutil.disk_usage(self._folder).total // SHARE)
        return self._settings.shorten_audit(oldest_us, AT_ONCE, most_bytes)


def _administrators_alone(author: Author, item: str, before: Page | None, after: Page | None) -> None:
    """Who may not read all of the log must neither send it away nor shorten it."""
    del item, before, after
    if author.rights is not None and not author.rights.cover(FULL):
        raise MoreThanOwn
