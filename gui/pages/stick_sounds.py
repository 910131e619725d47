"""The sound of a voice file taken from a USB stick: the files that are there, followed while sticks come and go."""

from collections.abc import Callable, Sequence
from functools import partial
from typing import TYPE_CHECKING

from gui.dialogs.sheet import Sheet
from gui.toolkit.button import Button
from gui.toolkit.label import Label
from gui.toolkit.list import Entry, List
from gui.toolkit.theme import DANGER, Type
from gui.toolkit.widget import Widget
from hal.client.sizes import size
from recorder.client.answers import FoundBundle, VoiceTaken
from recorder.client.words import _

if TYPE_CHECKING:
    from gui.rooms import Rooms

LOOK_S = 2.0
ROW, ROWS = 56, 5


class StickSounds(Sheet):
    """Choose a file; `taken` is told what the recorder made of it."""

    wide = 680.0

    def __init__(self, rooms: "Rooms", item: str, taken: Callable[[VoiceTaken], object]) -> None:
        words = _("What “{name}” says. WAV, MP3, FLAC, OGG and M4A files of up to a minute.").format(name=item)
        super().__init__(_("Sound from a USB stick"), words, name="stick-sounds")
        self.rooms = rooms
        self.item = item
        self.taken = taken
        self.taking = False
        self.default_focus = "sounds"
        self.list = List([], self._choose, name="sounds", row=ROW, height=ROW * ROWS, empty=_("Push in a USB stick."))
        self.problem = Label("", Type.SMALL, DANGER, lines=3, name="problem")
        self.problem.visible = False

    def content(self) -> list[Widget]:
        """The files, and what is wrong."""
        return [self.list, self.problem]

    def buttons(self) -> list[Widget]:
        """The way out."""
        return [Button(_("Cancel"), self.close, name="cancel")]

    def opened(self) -> None:
        """Look, and again while it is open."""
        self._look()

    def _look(self) -> None:
        if self.shown_on is None:
            return
        self.work(self.rooms.api.found_sounds, self._show, self._failed)
        self.screen.after(LOOK_S, self._look)

    def _show(self, found: Sequence[FoundBundle]) -> None:
        there_were = bool(self.list.entries)
        self.list.fill([self._entry(one) for one in found])
        if found and not there_were:
            self.screen.focus_on(self.list)
        self.invalidate()

    @staticmethod
    def _entry(one: FoundBundle) -> Entry:
        detail = one.problem or _("USB stick {label}").format(label=one.stick)
        icon = "warning" if one.problem else "file"
        return Entry(one, one.name, detail=detail, note=size(one.bytes), icon=icon)

    def _choose(self, one: FoundBundle) -> None:
        if one.problem or self.taking:
            return
        self.taking = True
        self._say("")
        self.work(partial(self.rooms.api.take_voice, self.item, one.id), self._done, self._failed)

    def _done(self, taken: VoiceTaken) -> None:
        self.close(True)
        self.taken(taken)

    def _failed(self, error: Exception) -> None:
        self.taking = False
        self._say(self.rooms.words(error))

    def _say(self, words: str) -> None:
        self.problem.say(words)
        self.problem.visible = bool(words)
        self.invalidate()
