"""Lists that are summed up in a sentence above them, with the worst tone of all: whether somebody should look."""

from typing import TYPE_CHECKING, Protocol, TypeVar

from gui.pages.followed import FollowedList
from gui.pages.tones import COLOURS
from gui.toolkit.label import Icon, Label
from gui.toolkit.layout import Align, Row
from gui.toolkit.theme import Type
from recorder.client.tone import Tone

if TYPE_CHECKING:
    from gui.rooms import Rooms
    from gui.toolkit.widget import Widget

EVERY_S = 10.0


class Summary(Protocol):
    """What is told: the sentence, and how it is meant."""

    @property
    def words(self) -> str:
        """The sentence."""
        ...

    @property
    def tone(self) -> Tone:
        """How it is meant."""
        ...


Told = TypeVar("Told", bound=Summary)


class SummedList(FollowedList[Told]):
    """Asks seldom: nothing of it is done while one waits."""

    every_s = EVERY_S

    def __init__(self, rooms: "Rooms", name: str, title: str) -> None:
        super().__init__(rooms, name, title)
        self._icon = Icon("check", 28)
        self._words = Label("", Type.TITLE, lines=3, grow=1, name="summary")

    def show(self, told: Told) -> bool:
        """Say the sentence, fill the rows."""
        self._words.say(told.words, COLOURS[Tone.PLAIN if told.tone is Tone.GOOD else told.tone])
        self._icon.show("warning" if told.tone.trouble else "check", COLOURS[told.tone])
        return super().show(told)

    def above(self) -> "list[Widget]":
        """The sentence."""
        return [Row([self._icon, self._words], gap=14, align=Align.CENTER, pad=(4, 6))]
