"""Whether all is well: a line for each thing an owner asks about, what is wrong first said in a sentence above."""

from collections.abc import Callable, Mapping, Sequence
from typing import TYPE_CHECKING

from gui.pages.summed import SummedList
from gui.pages.tones import COLOURS
from gui.toolkit.list import Entry
from recorder.client.answers import Health
from recorder.client.words import _

if TYPE_CHECKING:
    from gui.rooms import Rooms

ICONS = {
    "recording": "recording",
    "footage": "calendar",
    "disks": "disk",
    "clock": "clock",
    "machine": "chip",
    "power": "power",
    "mail": "bell",
    "yesterday": "schedule",
}


class HealthPage(SummedList[Health]):
    """Follows it; choosing a line opens the page that has more of it."""

    def __init__(self, rooms: "Rooms") -> None:
        super().__init__(rooms, "health", _("Is all well?"))
        opens: Mapping[str, Callable[[], object]] = {
            "recording": rooms.cameras,
            "footage": rooms.playback,
            "disks": rooms.storage,
            "clock": lambda: rooms.settings(page="date-time"),
            "machine": rooms.hardware,
            "mail": lambda: rooms.settings(page="mail"),
            "yesterday": rooms.inspection,
        }
        self._opens = opens

    def ask(self) -> Health:
        """All of it."""
        return self.rooms.api.health()

    def entries(self, told: Health) -> Sequence[Entry]:
        """A row for each line."""
        return [
            Entry(
                one.name,
                one.label,
                detail=one.words,
                icon="warning" if one.tone.trouble else ICONS.get(one.name, "info"),
                colour=COLOURS[one.tone],
            )
            for one in told.lines
        ]

    def choose(self, value: str) -> None:
        """Open what has more of it."""
        opens = self._opens.get(value)
        if opens is not None:
            opens()
