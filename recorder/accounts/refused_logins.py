"""Refused logins as rows of the audit; of many within a minute the first have a row each, the others one together.

Rows of the audit are bounded: somebody who guesses by the thousand must not push out what people changed. A name that
no user has is not written down: it may be a password that was typed into the wrong field, and the log goes to others.
"""

import asyncio
import logging
import sqlite3
import threading
from collections.abc import Callable

from recorder.accounts.caller import Door
from recorder.client.clock import SECOND_US, Clock
from recorder.client.words import _, counted
from recorder.settings.settings import Author, Settings

LOGIN = "login"
MOST_A_MINUTE = 10
MINUTE_US = 60 * SECOND_US
LOOK_S = 10.0
log = logging.getLogger(__name__)


class RefusedLogins:
    """`refused` is called from threads, wherever a login was refused."""

    def __init__(self, settings: Settings, clock: Clock, is_user: Callable[[str], bool]) -> None:
        self._settings = settings
        self._clock = clock
        self._is_user = is_user
        self._lock = threading.Lock()
        self._begun_us = -MINUTE_US
        self._noted = 0
        self._left_out = 0

    def refused(self, user: str, place: str) -> None:
        """Write a row, or count it for the one that says how many more there were."""
        self.look()
        with self._lock:
            if self._noted >= MOST_A_MINUTE:
                self._left_out += 1
                return
            self._noted += 1
        known = self._is_user(user)
        words = _("refused") if known else _("refused, for a name that no user has")
        name = user if known else ""
        self._note(name, words, Author(name, _where(place)))

    def look(self) -> None:
        """When a minute is over, say what had no row in it; called in a thread."""
        now_us = self._clock.monotonic_us()
        with self._lock:
            if now_us - self._begun_us < MINUTE_US:
                return
            left_out, self._left_out = self._left_out, 0
            self._begun_us, self._noted = now_us, 0
        self._say(left_out)

    async def run(self) -> None:
        """Look until cancelled, and once more then."""
        try:
            while True:
                await asyncio.sleep(LOOK_S)
                await asyncio.to_thread(self.look)
        finally:
            with self._lock:
                left_out, self._left_out = self._left_out, 0
            self._say(left_out)

    def _say(self, left_out: int) -> None:
        if left_out:
            words = counted("{count} more was refused", "{count} more were refused", left_out)
            self._note("", words, Author("recorder", ""))

    def _note(self, item: str, words: str, author: Author) -> None:
        try:
            self._settings.noted(LOGIN, item, words, author)
        except sqlite3.Error:
            # A wrong login is answered as one whatever the log does.
            log.exception("a refused login was not logged")


def _where(place: str) -> str:
    """Write a place as sessions do: the door, and the address where there is one."""
    local = {one.value for one in Door if one.is_local}
    return f"{place}:{place}" if place in local else f"{Door.WEB.value}:{place}"
