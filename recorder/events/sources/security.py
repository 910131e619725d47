"""Somebody tries passwords (D-ALM-20, D-ALM-21, V-ALM-05)."""

import asyncio
from collections import OrderedDict

from recorder.client.clock import SECOND_US
from recorder.client.words import _
from recorder.events.around import Around
from recorder.events.engine import Engine
from recorder.events.linkages.message import on_screen
from recorder.events.occurrence import plain
from recorder.events.rule import Rule
from recorder.events.source import Source
from recorder.settings.page import setting

FORGOTTEN_US = 600 * SECOND_US
MOST_PLACES = 1000


class IllegalLogin(Rule, order=250, title=_("Illegal login")):
    """Wrong passwords come from one place."""

    message: bool = on_screen()

    tries: int = setting(3, ge=1, le=50, title=_("Wrong passwords"), hint=_("From one place within ten minutes."))


class IllegalLogins(Source):
    """Counts wrong passwords by where they come from."""

    rule = IllegalLogin

    def __init__(self, engine: Engine, around: Around) -> None:
        super().__init__(engine, around)
        self._wrong: OrderedDict[str, list[int]] = OrderedDict()
        self._loop: asyncio.AbstractEventLoop | None = None
        around.accounts.logins.refused.append(self._refused_soon)

    async def run(self) -> None:
        """Listen from now on."""
        self._loop = asyncio.get_running_loop()
        await super().run()

    def _refused_soon(self, user: str, place: str) -> None:
        """Passwords are checked in threads."""
        if self._loop is not None and not self._loop.is_closed():
            self._loop.call_soon_threadsafe(self.refused, user, place)

    def refused(self, user: str, place: str) -> None:
        """Count one."""
        now_us = self.around.clock.monotonic_us()
        place = plain(place)
        times = [at for at in self._wrong.pop(place, []) if now_us - at < FORGOTTEN_US]
        page = self.engine.rules.get(IllegalLogin, "")
        most = page.tries if isinstance(page, IllegalLogin) else 1
        self._wrong[place] = [*times, now_us][-most:]
        while len(self._wrong) > MOST_PLACES:
            self._wrong.popitem(last=False)
        if len(self._wrong[place]) >= most:
            words = _("Wrong passwords for {user} came from {place}.").format(user=plain(user), place=place)
            self.engine.happened(IllegalLogin, "", place, words=words, detail={"user": user, "place": place})
