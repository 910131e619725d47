"""Saving the picture under the cursor, into a folder; and the list of recorded pictures to jump to."""

from collections.abc import Callable, Sequence
from datetime import tzinfo
from pathlib import Path

from gui.dialogs.chooser import ChooseOne
from gui.dialogs.sheet import Sheet
from gui.playback.target import Target
from gui.toolkit.button import Button, Look
from gui.toolkit.label import Label
from gui.toolkit.select import Option
from gui.toolkit.theme import SECOND, Type
from gui.toolkit.widget import Widget
from gui.wall.doors import Doors
from gui.wall.moments import day, time_of_day
from recorder.client.words import _


class PictureSheet(Sheet):
    """Asks for the folder; `save` is told of it."""

    def __init__(self, at_us: int, zone: tzinfo, doors: Doors, save: Callable[[Path], object]) -> None:
        super().__init__(_("Save the picture"), f"{day(at_us, zone)} {time_of_day(at_us, zone)}", name="picture-sheet")
        self.save = save
        self.target = Target(self, doors, self.rebuild)
        self.default_focus = "do"

    def content(self) -> list[Widget]:
        """The folder, and what else becomes of it."""
        return [
            *self.target.rows(),
            Label(_("It is recorded too, and found in the list of pictures (the key I)."), Type.SMALL, SECOND, lines=2),
        ]

    def buttons(self) -> list[Widget]:
        """Out, and save."""
        save = Button(_("Save"), self.take, name="do", look=Look.PRIMARY, icon="snapshot")
        return [Button(_("Cancel"), self.close, name="cancel"), save]

    def opened(self) -> None:
        """Look for sticks."""
        self.target.follow()

    def take(self) -> None:
        """Save it there."""
        self.close(True)
        self.save(self.target.folder)


def picture_list(moments: Sequence[int], zone: tzinfo, chosen: Callable[[int], object]) -> ChooseOne:
    """Make the list of pictures to jump to, newest first."""
    options = [Option(one, time_of_day(one, zone), "snapshot") for one in sorted(moments, reverse=True)]
    return ChooseOne(_("Pictures of this day"), options, None, chosen)
