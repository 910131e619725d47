"""Where files are saved: a folder of this machine, or a USB stick for as long as it is in."""

from collections.abc import Callable, Sequence
from pathlib import Path

from gui.toolkit.button import Button, Look
from gui.toolkit.label import Icon, Label
from gui.toolkit.layout import Row
from gui.toolkit.page import Page
from gui.toolkit.theme import DANGER, SECOND, TEXT, Type
from gui.toolkit.widget import Widget
from gui.wall.doors import Doors
from hal.client.sizes import size
from recorder.client.answers import StickStatus
from recorder.client.words import _

LOOK_S = 1.0
"""How often a dialog looks whether a stick came or went."""


class Target:
    """The choice of a dialog. Who pushes a stick in wants it used: then it is taken at first."""

    def __init__(self, page: Page, doors: Doors, changed: Callable[[], None]) -> None:
        """`changed` is called when another place is chosen, or there are other sticks."""
        self._page = page
        self._doors = doors
        self._changed = changed
        self._seen = tuple(doors.sticks)
        self.lost = ""
        """The stick that was chosen and pulled out."""
        self.folder = Path(self._writable[0].place) if self._writable else doors.exports

    @property
    def usual(self) -> bool:
        """Whether it is the folder where exports go anyway."""
        return self.folder == self._doors.exports

    @property
    def free_bytes(self) -> int | None:
        """The room that is left on the stick; None: it is another folder."""
        stick = self._stick
        return stick.free_bytes if stick is not None else None

    @property
    def label(self) -> str:
        """The label of the stick; empty: it is another folder."""
        stick = self._stick
        return stick.label if stick is not None else ""

    @property
    def writing(self) -> bool:
        """Whether the stick is not to be pulled out yet."""
        stick = self._stick
        return stick is not None and stick.writing

    def rows(self) -> list[Widget]:
        """Say where, and offer what else there is."""
        stick = self._stick
        words = str(self.folder)
        if stick is not None and self.folder == Path(stick.place):
            words = _("USB stick {label}, {free} free").format(label=stick.label, free=size(stick.free_bytes))
        elif self.usual:
            words = _("On the recorder: {folder}").format(folder=words)
        rows: list[Widget] = [
            Row(
                [
                    Icon("folder" if stick is None else "usb", 22),
                    Label(words, Type.BODY, TEXT, name="folder", grow=1),
                    Button(_("Change"), self._choose, name="change-folder"),
                ],
                gap=12,
            )
        ]
        others: list[Widget] = [
            Button(
                _("USB stick {label}").format(label=one.label),
                lambda place=Path(one.place): self.take(place),
                name=f"stick-{one.port}",
                look=Look.QUIET,
                icon="usb",
            )
            for one in self._writable
            if one is not stick
        ]
        if stick is not None:
            home = self._doors.exports
            others.append(
                Button(_("On the recorder"), lambda: self.take(home), name="recorder", look=Look.QUIET, icon="disk")
            )
        if others:
            rows.append(Row(others, gap=10))
        if not self._seen:
            rows.append(Label(_("Push in a USB stick to take it with you."), Type.SMALL, SECOND, name="no-stick"))
        if self.lost:
            words = _("The USB stick {label} was pulled out.").format(label=self.lost)
            rows.append(Label(words, Type.BODY, DANGER, lines=2, name="lost"))
        return rows

    def follow(self) -> None:
        """Look for sticks as long as the dialog is open."""
        if self._page.shown_on is None:
            return
        self._look()
        self._page.shown_on.after(LOOK_S, self.follow)

    def take(self, folder: Path) -> None:
        """Choose a place."""
        self.folder, self.lost = folder, ""
        self._changed()

    @property
    def _writable(self) -> Sequence[StickStatus]:
        return [one for one in self._seen if not one.read_only]

    @property
    def _stick(self) -> StickStatus | None:
        return next((one for one in self._seen if self.folder.is_relative_to(one.place)), None)

    def _look(self) -> None:
        before, chosen = self._seen, self._stick
        self._seen = tuple(self._doors.sticks)
        if [(one.place, one.writing) for one in before] == [(one.place, one.writing) for one in self._seen]:
            return
        if chosen is not None and self._stick is None:
            self.folder, self.lost = self._doors.exports, chosen.label
        self._changed()

    def _choose(self) -> None:
        self._doors.choose_folder(self.folder, self.take)
