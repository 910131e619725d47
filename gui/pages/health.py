"""Whether all is well: a line for each thing an owner asks about, what is wrong first said in a sentence above."""

from collections.abc import Callable, Mapping, Sequence
from typing import TYPE_CHECKING

from gui.pages.followed import FollowedList
from gui.pages.tones import COLOURS
from gui.toolkit.label import Icon, Label
from gui.toolkit.layout import Align, Row
from gui.toolkit.list import Entry
from gui.toolkit.theme import Type
from recorder.client.answers import Health
from recorder.client.tone import Tone
from recorder.client.words import _

if TYPE_CHECKING:
    from gui.rooms import Rooms
    from gui.toolkit.widget import Widget

EVERY_S = 10.0
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


class HealthPage(FollowedList[Health]):
    """Follows it; choosing a line opens the page that has more of it."""

    every_s = EVERY_S

    def __init__(self, rooms: "Rooms") -> None:
        super().__init__(rooms, "health", _("Is all well?"))
        self._icon = Icon("check", 28)
        self._words = Label("", Type.TITLE, lines=3, grow=1, name="summary")
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

    def show(self, told: Health) -> bool:
        """Say the sentence, fill the lines."""
        self._words.say(told.words, COLOURS[Tone.PLAIN if told.tone is Tone.GOOD else told.tone])
        self._icon.show("warning" if told.tone.trouble else "check", COLOURS[told.tone])
        return super().show(told)

    def above(self) -> "list[Widget]":
        """The sentence."""
        return [Row([self._icon, self._words], gap=14, align=Align.CENTER, pad=(4, 6))]

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
