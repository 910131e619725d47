"""The one fault for which the buzzer is heard unasked: something is to be recorded, and nothing is."""

import asyncio

from recorder.client.clock import SECOND_US
from recorder.client.words import _, counted
from recorder.events.around import Around
from recorder.events.engine import Engine, Found
from recorder.events.linkages.buzzer import heard
from recorder.events.linkages.message import on_screen
from recorder.events.power_return import STARTING_US, due_now
from recorder.events.rule import Rule
from recorder.events.source import Source
from recorder.events.sources.picture_faults import LONGEST_PATIENCE_S
from recorder.settings.page import setting

LOOK_S = 1.0


class NothingRecorded(Rule, order=203, title=_("Nothing is recorded")):
    """Channels are to be recorded now, and not one of them is."""

    message: bool = on_screen()
    buzzer: bool = heard()
    after_s: int = setting(
        30, ge=5, le=LONGEST_PATIENCE_S, title=_("For"), unit="s", hint=_("Shorter breaks raise no event.")
    )


class NothingRecordings(Source):
    """Looks once a second; says nothing while cameras start with the recorder."""

    rule = NothingRecorded

    def __init__(self, engine: Engine, around: Around) -> None:
        super().__init__(engine, around)
        self._began_us = around.clock.monotonic_us()
        self._well_us = self._began_us

    async def run(self) -> None:
        """Look until cancelled."""
        while True:
            self.look()
            await asyncio.sleep(LOOK_S)

    def look(self) -> None:
        """Tell what is so now."""
        now_us = self.around.clock.monotonic_us()
        due = due_now(self.around.plan(), self.around.clock.now_us())
        media = self.around.media()
        recording = {one.channel for one in media.streams if one.recording} if media is not None else set[int]()
        if not due or due & recording:
            self._well_us = now_us
        if now_us - self._began_us < STARTING_US:
            return
        page = self.engine.rules.get(NothingRecorded, "")
        patience_s = page.after_s if isinstance(page, NothingRecorded) else 0
        words = counted(
            "Nothing is recorded, and {count} camera is to be. Look at disks, network and power.",
            "Nothing is recorded, and {count} cameras are to be. Look at disks, network and power.",
            len(due),
        )
        found = {("", ""): Found(words)} if now_us - self._well_us >= patience_s * SECOND_US else {}
        self.engine.now(NothingRecorded, found)
