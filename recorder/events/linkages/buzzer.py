"""Sound the recorder's buzzer while an event lasts (D-LINK-10)."""

from typing import TYPE_CHECKING

from hal.client.kinds import BuzzerState
from recorder.client.words import _
from recorder.events.around import Around
from recorder.events.linkage import Linkage, LinkageOptions
from recorder.events.occurrence import Occurrence
from recorder.settings.page import setting

if TYPE_CHECKING:
    from recorder.events.engine import Engine

SOUND = "alarm"


class BuzzerOptions(LinkageOptions):
    """Whether."""

    buzzer: bool = setting(False, title=_("Sound the buzzer"), group=_("At the recorder"))


class Buzzer(Linkage[BuzzerOptions]):
    """Silent again when the last event that wanted it is over."""

    name = "buzzer"
    order = 50
    title = _("Buzzer")
    lasts = True

    def __init__(self, around: Around, engine: "Engine") -> None:
        super().__init__(around, engine)
        self._held: set[int] = set()

    def lacking(self, occurrence: Occurrence, page: BuzzerOptions) -> str:
        """A buzzer."""
        del occurrence, page
        return "" if self._names() else _("This recorder has no buzzer.")

    async def begin(self, occurrence: Occurrence, page: BuzzerOptions) -> str:
        """Sound it."""
        del page
        self._held.add(occurrence.id)
        for name in self._names():
            await self.around.hardware.ask("buzzer", name, "play", sound=SOUND)
        return ""

    async def end(self, occurrence: Occurrence, page: BuzzerOptions) -> None:
        """Silence it."""
        del page
        self._held.discard(occurrence.id)
        if not self._held:
            for name in self._names():
                await self.around.hardware.ask("buzzer", name, "silence", sound=SOUND)

    def _names(self) -> list[str]:
        return [one.name for one in self.around.hardware.follower.states(BuzzerState)]
