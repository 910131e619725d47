"""Choosing a folder on this machine: for exports, on a disk or a stick."""

import os
from collections.abc import Callable, Sequence
from dataclasses import dataclass
from pathlib import Path

from gui.dialogs.sheet import Sheet
from gui.toolkit import theme as t
from gui.toolkit.button import Button, Look
from gui.toolkit.label import Label
from gui.toolkit.list import Entry, List
from gui.toolkit.notices import Tone
from gui.toolkit.screen import words_of
from gui.toolkit.text_field import TextField
from gui.toolkit.theme import Type
from gui.toolkit.widget import Widget
from recorder.client.errors import NightjarError
from recorder.client.words import _

MOST_FOLDERS = 1000
MEDIA = (Path("/media"), Path("/run/media"), Path("/mnt"))
"""Where sticks are mounted."""


class CannotOpen(NightjarError):
    """A folder that cannot be listed or made."""

    status = 403
    words = _("{folder} cannot be opened: {reason}.")


@dataclass(frozen=True)
class Listing:
    """What is in a folder: the folders below it, and the room that is left."""

    folder: Path
    folders: tuple[Path, ...]
    writable: bool
    free_bytes: int


def nearest(folder: Path) -> Path:
    """Give a folder, or the nearest above it that is there."""
    while not folder.is_dir() and folder != folder.parent:
        folder = folder.parent
    return folder


def list_folder(folder: Path) -> Listing:
    """List a folder; raises `CannotOpen`. Hidden ones are left out. A stick may hold it up for long."""
    try:
        folder = folder.resolve()
        with os.scandir(folder) as found:
            names = [one.name for one in found if not one.name.startswith(".") and one.is_dir()]
        room = os.statvfs(folder)
    except OSError as error:
        raise CannotOpen(folder=folder, reason=error.strerror or error) from error
    below = tuple(folder / name for name in sorted(names, key=str.casefold)[:MOST_FOLDERS])
    return Listing(folder, below, os.access(folder, os.W_OK | os.X_OK), room.f_bavail * room.f_frsize)


def make_folder(parent: Path, name: str) -> Listing:
    """Make a folder and list it; raises `CannotOpen`."""
    name = name.strip()
    if not name or name in {".", ".."} or "/" in name or "\0" in name:
        raise CannotOpen(folder=name or _("The new folder"), reason=_("this cannot be a folder's name"))
    try:
        (parent / name).mkdir(exist_ok=True)
    except OSError as error:
        raise CannotOpen(folder=parent / name, reason=error.strerror or error) from error
    return list_folder(parent / name)


class FolderChooser(Sheet):
    """A list of folders to walk through; the result is told to `chosen`."""

    wide = 680.0

    def __init__(self, start: Path, chosen: Callable[[Path], object], sticks: Sequence[Path] = ()) -> None:
        super().__init__(_("Choose a folder"), name="folders")
        self.media = tuple(dict.fromkeys((*sticks, *MEDIA)))
        self.there: set[Path] = set()
        """Those of them that answered."""
        self.chosen = chosen
        self.start = start
        self.listing: Listing | None = None
        self._asked = 0
        self.default_focus = "folders-list"
        self.where = Label("", Type.BODY, t.TEXT, lines=3, name="place")
        self.room = Label("", Type.SMALL, t.SECOND, name="room")
        # A row from the start on: the focus is on the list when folders come, unless somebody has gone on meanwhile.
        self.list = List([Entry(None, _("Looking…"))], self._open, name="folders-list", row=44, height=308)
        self.list.empty = _("No folders in here.")
        self.take = Button(_("Use this folder"), self._take, name="take", look=Look.PRIMARY)
        self.take.enabled = False

    def content(self) -> list[Widget]:
        """Where we are, and what is there."""
        return [self.where, self.room, self.list]

    def buttons(self) -> list[Widget]:
        """New, out, take."""
        return [
            Button(_("New folder"), self._ask_name, name="new", icon="folder_new", look=Look.QUIET),
            Button(_("Cancel"), self.close, name="cancel"),
            self.take,
        ]

    def opened(self) -> None:
        """List where to begin; where that is gone, the nearest folder above it."""
        self._list(lambda: list_folder(nearest(self.start)))
        # Each by itself: one that hangs holds up neither the others nor what is elsewhere.
        for one in self.media:
            self.work(one.is_dir, lambda found, one=one: self._found(one, there=found), aside=True)

    def go(self, folder: Path) -> None:
        """Show another folder."""
        self._list(lambda: list_folder(folder))

    def _list(self, listing: Callable[[], Listing]) -> None:
        """Ask for a listing; what was asked for before it counts no more, whenever it comes."""
        self._asked += 1
        asked = self._asked

        def come(found: Listing) -> None:
            if asked == self._asked:
                self._show(found)

        def failed(error: Exception) -> None:
            if asked == self._asked:
                self.screen.notices.say(words_of(error), Tone.BAD)
                if self.listing is None:
                    self.list.fill([Entry(self.start, _("Try again"), icon="refresh")])

        self.work(listing, come, failed, aside=True)

    def _found(self, one: Path, *, there: bool) -> None:
        if there:
            self.there.add(one)
            if self.listing is not None:
                self.list.fill(self._entries(self.listing))

    def _entries(self, listing: Listing) -> list[Entry]:
        entries = [Entry(one, one.name, icon="folder", colour=t.ACCENT) for one in listing.folders]
        if listing.folder != listing.folder.parent:
            entries.insert(0, Entry(listing.folder.parent, _("One up"), icon="up"))
        here = {listing.folder, *listing.folder.parents}
        elsewhere = [one for one in self.media if one in self.there - here]
        return entries + [Entry(one, str(one), note=_("Sticks and disks"), icon="usb") for one in elsewhere]

    def _show(self, listing: Listing) -> None:
        came_from = self.listing.folder if self.listing is not None else None
        self._asked += 1
        self.listing = listing
        entries = self._entries(listing)
        self.list.fill(entries)
        at = next((at for at, one in enumerate(entries) if one.value == came_from), 0)
        self.list.mark(at)
        self.where.say(_short(listing.folder))
        free = _("{free} free").format(free=_size(listing.free_bytes))
        self.room.say(free if listing.writable else _("Nothing can be written here."))
        self.take.enabled = listing.writable

    def _open(self, folder: Path | None) -> None:
        if folder is not None:
            self.go(folder)

    def _ask_name(self) -> None:
        if self.listing is not None:
            parent = self.listing.folder
            self.screen.navigator.push(NewFolder(parent, self._show))

    def _take(self) -> None:
        if self.listing is not None:
            folder = self.listing.folder
            self.close(True)
            self.chosen(folder)


class NewFolder(Sheet):
    """Asks for a name and makes the folder."""

    wide = 480.0

    def __init__(self, parent: Path, made: Callable[[Listing], object]) -> None:
        super().__init__(_("New folder"), name="new-folder")
        self.folder = parent
        self.made = made
        self.field = TextField("", name="folder-name", label=_("Name"), longest=100, on_submit=self._make)
        self.problem = Label("", Type.SMALL, t.DANGER, lines=3, name="problem")
        self.problem.visible = False
        self.default_focus = "folder-name"

    def content(self) -> list[Widget]:
        """The name."""
        return [self.field, self.problem]

    def buttons(self) -> list[Widget]:
        """Out, and make it."""
        return [
            Button(_("Cancel"), self.close, name="cancel"),
            Button(_("Make folder"), self._make, name="make", look=Look.PRIMARY),
        ]

    def _make(self) -> None:
        name = self.field.written
        self.work(lambda: make_folder(self.folder, name), self._done, self._failed, aside=True)

    def _done(self, listing: Listing) -> None:
        self.close(True)
        self.made(listing)

    def _failed(self, error: Exception) -> None:
        self.problem.say(words_of(error))
        self.problem.visible = True
        self.field.mark(True)


def _short(folder: Path) -> str:
    text = str(folder)
    home = str(Path.home())
    return f"~{text[len(home) :]}" if home != "/" and text.startswith(home) else text


def _size(count: int) -> str:
    for unit, name in ((10**12, "TB"), (10**9, "GB"), (10**6, "MB")):
        if count >= unit:
            return f"{count / unit:.1f} {name}"
    return f"{count // 1000} kB"
