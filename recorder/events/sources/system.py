"""The recorder itself: it starts, its power was gone, nothing is recorded (D-PWR, D-ALM-17.2)."""

import asyncio
from datetime import datetime

from recorder.client.boot import read_boot_id
from recorder.client.clock import SECOND_US
from recorder.client.words import _
from recorder.events.around import Around
from recorder.events.engine import Engine, Found
from recorder.events.linkages.message import on_screen
from recorder.events.power_return import surroundings
from recorder.events.rule import Rule, is_alarm
from recorder.events.source import Source

LOOK_S = 1.0
SILENT_US = 20 * SECOND_US
"""media is restarted within seconds; what takes longer is a fault."""
BOOT = "boot_id"
CLEAN = "clean_us"
RECORDING_STOPPED = "recording"


class SystemStarted(Rule, order=260, title=_("Start and power")):
    """The recorder has started; it says whether its power was gone."""

    alarm: bool = is_alarm(on=False)


class RecordingFault(Rule, order=240, title=_("Recording service")):
    """The service that records does not answer: perhaps nothing is recorded."""

    message: bool = on_screen()


class SystemStarts(Source):
    """Tells once at each start what was before it, by what the last run noted."""

    rule = SystemStarted

    async def run(self) -> None:
        """Tell, and be done; control's own restart on a running machine is told as such."""
        store = self.engine.store
        boot = await asyncio.to_thread(read_boot_id)
        alive = self.engine.alive_before_us
        before, clean = await asyncio.to_thread(lambda: (store.noted(BOOT), int(store.noted(CLEAN) or 0)))
        words, detail = self.told(before, boot, alive, clean)
        await asyncio.to_thread(store.note, BOOT, boot)
        self.engine.happened(SystemStarted, words=words, detail=detail)
        if detail["start"] == "power":
            around = surroundings(self.around.clock, self.around.plan, self.around.instance)
            await self.engine.power.watch(around, max(alive, clean))
        await super().run()

    def told(self, before: str, boot: str, alive_us: int, clean_us: int) -> tuple[str, dict[str, int | str]]:
        """What the start was: the words, and since when the recorder was away (UTC)."""
        if not before:
            return _("The recorder has started for the first time."), {"start": "first"}
        since = {"away_since_us": max(alive_us, clean_us)}
        when = self._written(max(alive_us, clean_us))
        if clean_us >= alive_us:
            return _("The recorder has started. It was shut down at {when}.").format(when=when), {
                "start": "clean",
                **since,
            }
        if before == boot:
            words = _("A service of the recorder was restarted. It was last heard of at {when}.")
            return words.format(when=when), {"start": "service", **since}
        words = _("The power is back. It was gone, or the recorder was switched off hard, after {when}.")
        return words.format(when=when), {"start": "power", **since}

    def _written(self, at_us: int) -> str:
        return datetime.fromtimestamp(at_us // SECOND_US, self.engine.rules.zone).strftime("%Y-%m-%d %H:%M:%S")


class RecordingFaults(Source):
    """Watches whether media answers."""

    rule = RecordingFault

    def __init__(self, engine: Engine, around: Around) -> None:
        super().__init__(engine, around)
        self._silent_us = around.clock.monotonic_us()

    async def run(self) -> None:
        """Look until cancelled."""
        while True:
            self.look()
            await asyncio.sleep(LOOK_S)

    def look(self) -> None:
        """Tell what is so now."""
        now_us = self.around.clock.monotonic_us()
        if self.around.media() is not None:
            self._silent_us = now_us
        words = _("The recording service does not answer. It is restarted by itself; perhaps nothing is recorded.")
        silent = now_us - self._silent_us >= SILENT_US
        self.engine.now(RecordingFault, {("", RECORDING_STOPPED): Found(words)} if silent else {})
