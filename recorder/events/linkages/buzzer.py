"""Sound the recorder's buzzer while an event lasts (D-LINK-10): 0.2 s every 10 s, until anybody touches anything.

A key of the remote or the case and the mouse silence it at the hardware service, without a login
(`gui.input.hal_keys`); it is heard again when the next event that wants it begins.
"""

import asyncio
from collections.abc import Sequence
from typing import TYPE_CHECKING, Any

from hal.client.kinds import BuzzerState
from recorder.client.answers import Event, JobState
from recorder.client.words import _
from recorder.events.around import Around
from recorder.events.linkage import Linkage, LinkageOptions
from recorder.events.occurrence import Occurrence
from recorder.events.pages.buzzer_hours import BuzzerHours
from recorder.settings.page import setting

if TYPE_CHECKING:
    from recorder.events.engine import Engine

SOUND = "alarm"
LOOK_S = 5.0
"""How soon the begin and the end of quiet hours are heard."""
ONCE_S = 0.5
"""A test ends before the sound would come again."""


def heard(*, on: bool = True) -> Any:
    """Declare the switch; on by itself only where nothing is recorded."""
    return setting(on, title=_("Sound the buzzer"), group=_("At the recorder"), hint=_("0.2 s every 10 s."))


class BuzzerOptions(LinkageOptions):
    """Whether."""

    buzzer: bool = heard(on=False)


class Buzzer(Linkage[BuzzerOptions]):
    """Silent again when the last event that wanted it is over."""

    name = "buzzer"
    order = 50
    title = _("Buzzer")
    lasts = True

    def __init__(self, around: Around, engine: "Engine") -> None:
        super().__init__(around, engine)
        self._held: dict[int, bool] = {}
        """The events that want it, and whether each began in quiet hours."""

    async def run(self) -> None:
        """Wait for the button of its page."""
        async with self.around.bus.listen() as queue:
            while (told := await queue.get()) is not None:
                if _is_test(told):
                    await self._sound_once()

    def lacking(self, occurrence: Occurrence, page: BuzzerOptions) -> str:
        """A buzzer."""
        del occurrence, page
        return "" if self._names() else _("This recorder has no buzzer.")

    async def begin(self, occurrence: Occurrence, page: BuzzerOptions) -> str:
        """Sound it, outside of quiet hours."""
        del page
        self._held[occurrence.id] = quiet = await self._quiet()
        if quiet:
            return _("It is silent: these are quiet hours.")
        await self._sound()
        return ""

    async def keep(self, occurrence: Occurrence, page: BuzzerOptions) -> None:
        """Follow the quiet hours; whoever silenced it by hand has his peace meanwhile."""
        del page
        # Not as it is by now: quiet hours that began since then would never be noticed.
        before = self._held.get(occurrence.id, False)
        while True:
            await asyncio.sleep(LOOK_S)
            quiet = await self._quiet()
            if quiet is not before:
                before = quiet
                await (self._silence() if quiet else self._sound())

    async def end(self, occurrence: Occurrence, page: BuzzerOptions) -> None:
        """Silence it."""
        del page
        self._held.pop(occurrence.id, None)
        if not self._held:
            await self._silence()

    async def _quiet(self) -> bool:
        page = await asyncio.to_thread(self.around.settings.get, BuzzerHours)
        return self.engine.rules.calendar.holds(page.week, self.around.clock.now_us())

    async def _sound_once(self) -> None:
        """Let it be heard for a moment; what sounds for an event goes on."""
        held = set(self._held)
        silent = [one.name for one in self.around.hardware.follower.states(BuzzerState) if SOUND not in one.sounds]
        await self._sound(silent)
        await asyncio.sleep(ONCE_S)
        if self._held.keys() <= held:
            await self._silence(silent)

    async def _sound(self, names: Sequence[str] | None = None) -> None:
        for name in self._names() if names is None else names:
            await self.around.hardware.ask("buzzer", name, "play", sound=SOUND)

    async def _silence(self, names: Sequence[str] | None = None) -> None:
        for name in self._names() if names is None else names:
            await self.around.hardware.ask("buzzer", name, "silence", sound=SOUND)

    def _names(self) -> list[str]:
        return [one.name for one in self.around.hardware.follower.states(BuzzerState)]


def _is_test(told: Event) -> bool:
    data = told.data
    wanted = {"page": BuzzerHours.about.name, "action": "test", "state": JobState.DONE}
    return told.kind == "action" and all(data.get(name) == value for name, value in wanted.items())
