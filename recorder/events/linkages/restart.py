"""Take the power of a camera away for a moment when it stays offline while its port gives it power (D-CAM-10)."""

import asyncio
import json
import logging
from typing import TYPE_CHECKING

from hal.client.kinds import PoeSupplyState, PortState
from recorder.client.answers import SeatStatus
from recorder.client.clock import SECOND_US
from recorder.client.happened import Reaction, ReactionState
from recorder.client.words import _
from recorder.events.around import Around
from recorder.events.linkage import Linkage, LinkageOptions
from recorder.events.occurrence import Occurrence
from recorder.settings.page import setting

if TYPE_CHECKING:
    from recorder.events.engine import Engine

LOOK_S = 1.0
OFFLINE_US = 180 * SECOND_US
"""A camera that restarts by itself, or takes an update, is back within three minutes."""
MOST_A_DAY = 3
"""What three restarts did not mend, none will: it is for somebody to look at."""
DAY_US = 86_400 * SECOND_US
NOTE = "poe_restarts"
log = logging.getLogger(__name__)


class RestartOptions(LinkageOptions):
    """Whether."""

    restart: bool = setting(
        False,
        title=_("Restart it by its power"),
        group=_("Camera"),
        hint=_("When it was offline for three minutes at a PoE port of the recorder; at most three times a day."),
    )


class Restart(Linkage[RestartOptions]):
    """Only for cameras offline; counts its restarts over restarts of control."""

    name = "restart"
    title = _("Restart of the camera")
    order = 25
    lasts = True
    everywhere = False

    def __init__(self, around: Around, engine: "Engine") -> None:
        super().__init__(around, engine)
        self._next_us: dict[int, int] = {}
        """By event: when its camera may be restarted (monotonic)."""

    def lacking(self, occurrence: Occurrence, page: RestartOptions) -> str:
        """A PoE port."""
        del page
        return "" if self._seat(occurrence.channel) else _("The camera is at no PoE port of the recorder.")

    async def begin(self, occurrence: Occurrence, page: RestartOptions) -> str:
        """Nothing yet."""
        offline_us = getattr(page, "after_s", 0) * SECOND_US
        self._next_us[occurrence.id] = self.around.clock.monotonic_us() + max(0, OFFLINE_US - offline_us)
        return _("It waits for the camera to come back by itself.")

    async def keep(self, occurrence: Occurrence, page: RestartOptions) -> None:
        """Look until the camera is back."""
        del page
        while True:
            await self.look(occurrence)
            await asyncio.sleep(LOOK_S)

    async def end(self, occurrence: Occurrence, page: RestartOptions) -> None:
        """The camera is back."""
        del page
        self._next_us.pop(occurrence.id, None)
        self.around.seats.remark(occurrence.channel, "")

    async def look(self, occurrence: Occurrence) -> None:
        """Restart the camera if it is time, its port gives it power, and it was not done too often."""
        now_us = self.around.clock.monotonic_us()
        seat = self._seat(occurrence.channel)
        supply = self._delivering(seat.port) if seat else None
        if seat is None or supply is None or now_us < self._next_us.get(occurrence.id, now_us + 1):
            return None
        self._next_us[occurrence.id] = now_us + OFFLINE_US
        times = await asyncio.to_thread(self._times)
        today = [at for at in times.get(str(occurrence.channel), []) if self.around.clock.now_us() - at < DAY_US]
        if len(today) >= MOST_A_DAY:
            words = _("Restarted {count} times without success. Look at the camera and its cable.")
            return self._tell(occurrence, words.format(count=MOST_A_DAY))
        # Noted before it is done: a fault of ours must not restart a camera for ever.
        times[str(occurrence.channel)] = [*today, self.around.clock.now_us()]
        await asyncio.to_thread(self.engine.store.note, NOTE, json.dumps(times))
        await self.around.poe.restart(supply, seat.port)
        words = _("Restarted by its power, {count} of {most} times a day.")
        return self._tell(occurrence, words.format(count=len(today) + 1, most=MOST_A_DAY))

    def _tell(self, occurrence: Occurrence, words: str) -> None:
        log.warning("camera %d: %s", occurrence.channel, words)
        self.around.seats.remark(occurrence.channel, words)
        done = Reaction(self.name, ReactionState.DONE, self.around.clock.now_us(), words, 1)
        self.engine.reacted(occurrence, done)

    def _times(self) -> dict[str, list[int]]:
        """When each camera was restarted (UTC), by channel."""
        return json.loads(self.engine.store.noted(NOTE) or "{}")

    def _seat(self, channel: int) -> SeatStatus | None:
        return next((one for one in self.around.seats.seats if one.channel == channel), None)

    def _delivering(self, port: int) -> str | None:
        """The supply whose port of this number gives power now."""
        for supply in self.around.hardware.follower.states(PoeSupplyState):
            for one in supply.ports:
                if supply.online and one.port == port and one.state is PortState.DELIVERING:
                    return supply.name
        return None
