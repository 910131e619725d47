"""Alarms that others tell over the network: a gate, a till, each with a name and a rule of its own (D-ALM-05)."""

import asyncio
import contextlib
import re
from typing import ClassVar

from recorder.client.clock import SECOND_US
from recorder.client.errors import NotFound
from recorder.client.words import _
from recorder.control.channels import MOST_CHANNELS
from recorder.events.around import Around
from recorder.events.engine import Engine
from recorder.events.linkages.message import on_screen
from recorder.events.rule import Rule
from recorder.events.source import Source
from recorder.settings.page import setting
from recorder.settings.remarked import Remarked
from recorder.settings.scope import Scope
from recorder.settings.texts import Printable

LONGEST_S = 24 * 3600
LONGEST_NAME = 63
NAME = re.compile(r"[a-z0-9_][a-z0-9_-]{0,31}", re.ASCII)


class NetworkAlarm(
    Remarked,
    Rule,
    scope=Scope.LIST,
    order=201,
    removable=True,
    named=_("Add network input"),
    title=_("Network alarm"),
):
    """What happens when a program tells an alarm, by POST /api/v1/inputs/network/NAME with a key that may alarms."""

    names: ClassVar[re.Pattern[str]] = NAME
    beside: ClassVar[str] = "title"

    message: bool = on_screen()

    title: Printable = setting("", longest=LONGEST_NAME, title=_("What it is"))
    channel: int = setting(
        0, ge=0, le=MOST_CHANNELS, title=_("Camera"), widget="channel", nothing=_("None"), hint=_("Whose event it is.")
    )
    lasts_s: int = setting(
        30,
        ge=0,
        le=LONGEST_S,
        title=_("Over after"),
        unit="s",
        hint=_("Unless it is told again. 0: when it is told that it is over."),
    )


class NetworkAlarms(Source):
    """Is told by the API, in the event loop, and sleeps until the first of what it was told is over."""

    rule = NetworkAlarm

    def __init__(self, engine: Engine, around: Around) -> None:
        super().__init__(engine, around)
        self._loop: asyncio.AbstractEventLoop | None = None
        self._woken = asyncio.Event()
        self._until_us: dict[str, int | None] = {}
        """What goes on, by name: when it is over by itself, by the clock since the start; None: when that is told."""

    def tell(self, name: str, words: str, *, active: bool) -> None:
        """Take what a program tells; raises `NotFound` for a name that the owner has not given."""
        page = self._page(name)
        if page is None:
            raise NotFound(what=_("network input {name}").format(name=name[:40]))
        self._until_us.pop(name, None)
        if not active:
            self.engine.end(NetworkAlarm, name)
            return
        now_us = self.around.clock.monotonic_us()
        self._until_us[name] = now_us + page.lasts_s * SECOND_US if page.lasts_s else None
        self._woken.set()
        if self.engine.goes_on(NetworkAlarm, name):
            return
        title = page.title or name
        told = _("{name}: {words}").format(name=title, words=words) if words else ""
        told = told or _("{name} tells an alarm.").format(name=title)
        self.engine.begin(NetworkAlarm, name, words=told, channel=page.channel, detail={"input": name, "name": title})

    def look(self) -> None:
        """End what is over, and what its owner has removed."""
        now_us = self.around.clock.monotonic_us()
        for name, until_us in list(self._until_us.items()):
            if self._page(name) is None or (until_us is not None and now_us >= until_us):
                del self._until_us[name]
                self.engine.end(NetworkAlarm, name)

    def look_soon(self) -> None:
        """Look once more: the owner has changed rules, or the clock of a test went on. From any thread."""
        if self._loop is not None and not self._loop.is_closed():
            self._loop.call_soon_threadsafe(self._woken.set)

    async def run(self) -> None:
        """Look when something may be over, until cancelled."""
        self._loop = asyncio.get_running_loop()
        while True:
            self._woken.clear()
            self.look()
            with contextlib.suppress(TimeoutError):
                async with asyncio.timeout(self._sleep_s()):
                    await self._woken.wait()

    def _sleep_s(self) -> float | None:
        """How long nothing is over by itself; None: until it is told."""
        ends = [until_us for until_us in self._until_us.values() if until_us is not None]
        return (min(ends) - self.around.clock.monotonic_us()) / SECOND_US if ends else None

    def _page(self, name: str) -> NetworkAlarm | None:
        found = self.engine.rules.kept(NetworkAlarm, name)
        return found if isinstance(found, NetworkAlarm) else None
