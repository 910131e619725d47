"""Disks as they are: bays with what is in them, arrays, pools; and disks that are in no bay (D-STO-02)."""

from collections.abc import Callable, Sequence
from functools import partial
from typing import TYPE_CHECKING, Any

from gui.dialogs.menu import Item
from gui.dialogs.sheet import Sheet
from gui.pages.bay import BayPage
from gui.pages.disk_places import DiskPlaces
from gui.pages.followed import FollowedList
from gui.pages.new_array import NewArray
from gui.pages.prepare_disk import (
    USES,
    TypedBack,
    add_to_array,
    delete_array,
    prepare_array,
    remove_from_array,
    replace_in_array,
)
from gui.pages.tones import COLOURS
from gui.toolkit.button import Button, Look
from gui.toolkit.list import Entry
from gui.toolkit.notices import Tone
from gui.toolkit.widget import Widget
from gui.wall.moments import day
from recorder.client import disk_words
from recorder.client.answers import ArrayStatus, BayStatus, Status, StorageRow
from recorder.client.array_plan import GROWS
from recorder.client.storage_rows import free_disks, rows
from recorder.client.words import _

if TYPE_CHECKING:
    from gui.rooms import Rooms

FEWEST_OF_ALL = 2
"""Disks that any array is made of."""
ICONS = {"bay": "disk", "array": "split_4", "disk": "disk", "pool": "settings"}


class Storage(FollowedList[Status]):
    """A list that follows them; a bay opens its page, an array its menu, all else its settings."""

    def __init__(self, rooms: "Rooms") -> None:
        super().__init__(rooms, "storage", _("Disks"))

    def ask(self) -> Status:
        """All of it is in the status."""
        return self.rooms.api.status()

    def trouble(self, told: Status) -> str:
        """Without media nothing is known of recording."""
        if told.media is None:
            return _("The recording service does not answer. It is started again by itself.")
        return ""

    def nothing(self) -> str:
        """There is neither bay nor disk."""
        return _("There is no disk to record on.")

    def entries(self, told: Status) -> Sequence[Entry]:
        """A row for each: bays, arrays, disks elsewhere, pools."""
        return [
            Entry((one.kind, one.item), one.label, one.words, one.note, ICONS[one.kind], COLOURS[one.tone])
            for one in rows(told, self.day)
        ]

    def tools(self) -> list[Widget]:
        """Make an array; say which places are bays."""
        places = lambda: self.screen.navigator.push(DiskPlaces(self.rooms))  # noqa: E731
        return [
            Button(_("Places for disks"), places, name="places", icon="disk", look=Look.PLAIN),
            Button(_("Make an array"), self._make, name="make-array", icon="split_4", look=Look.PLAIN),
        ]

    def _make(self) -> None:
        free = free_disks(self.told) if self.told is not None else ()
        if len(free) < FEWEST_OF_ALL:
            words = _("An array is made of two disks or more that nothing is recorded to. Push new ones in.")
            self.screen.notices.say(words, Tone.WARNING)
            return
        self._push(NewArray(self.rooms, free))

    def day(self, at_us: int) -> str:
        """Write the day of a stored time."""
        return day(at_us, self.rooms.zone)

    def choose(self, value: tuple[str, Any]) -> None:
        """Open what belongs to a row."""
        what, item = value
        if what == "bay":
            self.screen.navigator.push(BayPage(self.rooms, item))
        elif what == "array":
            self._of_array(item)
        elif item:
            self.rooms.settings(page=what, item=item)
        else:
            self.screen.notices.say(_("This disk has no identity that could be set up."), Tone.WARNING)

    def _of_array(self, name: str) -> None:
        api = self.rooms.api
        found = next((one for one in self.told.arrays if one.name == name), None) if self.told is not None else None
        if found is None or self.told is None:
            return
        row = next(one for one in rows(self.told, self.day) if (one.kind, one.item) == ("array", name))
        paces = tuple(
            Item(words, self.doing(lambda pace=pace: api.set_array_pace(name, pace)), chosen=pace == found.pace)
            for pace, words in disk_words.PACES.items()
        )
        verify = self.doing(lambda: api.verify_array(name), _("The disks are compared; recording goes on."))
        settings = lambda: self.rooms.settings(page="disk", item=row.disk)  # noqa: E731
        offered = {
            "cancel": Item(_("Cancel"), self.doing(lambda: api.cancel_array_job(name)), icon="close"),
            "verify": Item(_("Compare its disks"), verify, icon="check"),
            "pace": Item(_("Who goes first"), items=paces),
            "add": Item(_("Add a disk"), items=self._add(found, row)),
            "replace": Item(_("Replace a disk"), items=self._replace(found, row)),
            "remove": Item(_("Take a disk out"), items=self._remove(found, row)),
            "forget": Item(_("Forget pulled disks"), self.doing(lambda: api.forget_gone(name))),
            "prepare": Item(
                _("Prepare for recording"), lambda: self._typed(prepare_array, found), "warning", line=True
            ),
            "delete": Item(_("Take it apart"), lambda: self._typed(delete_array, found), "warning"),
        }
        items = [item for deed, item in offered.items() if deed in row.deeds]
        items += [Item(_("Pool and use"), settings, icon="settings")] if row.disk else []
        if items:
            self.offer(items, found.title)

    def _bays(self, names: Sequence[str]) -> list[BayStatus]:
        return [one for one in self.told.bays if one.name in names] if self.told is not None else []

    def _add(self, array: ArrayStatus, row: StorageRow) -> tuple[Item, ...]:
        """Offer the disks that are used for nothing, each with what it can be added for."""
        uses = [use for use in USES if use != "grow" or array.level in GROWS]

        def ask(bay: BayStatus, use: str) -> None:
            self._push(add_to_array(self.rooms, array, bay, use))

        def of(bay: BayStatus) -> Item:
            return _of_bay(bay, items=tuple(Item(USES[use][0], partial(ask, bay, use)) for use in uses))

        return tuple(of(bay) for bay in self._bays(row.free))

    def _replace(self, array: ArrayStatus, row: StorageRow) -> tuple[Item, ...]:
        """Offer the disks that hold data, each with those that can take its place."""

        def ask(old: BayStatus, bay: BayStatus) -> None:
            self._push(replace_in_array(self.rooms, array, old.name, bay))

        title = _("By bay {name}")
        return tuple(
            _of_bay(
                old,
                items=tuple(
                    Item(title.format(name=bay.name), partial(ask, old, bay), detail=bay.model)
                    for bay in self._bays(row.free)
                ),
            )
            for old in self._bays(row.active)
        )

    def _remove(self, array: ArrayStatus, row: StorageRow) -> tuple[Item, ...]:
        """Offer the disks that hold no data that is needed."""

        def ask(bay: BayStatus) -> None:
            self._push(remove_from_array(self.rooms, array, bay))

        return tuple(_of_bay(bay, partial(ask, bay)) for bay in self._bays(row.idle))

    def _typed(self, sheet: Callable[["Rooms", ArrayStatus], TypedBack], array: ArrayStatus) -> None:
        self._push(sheet(self.rooms, array))

    def _push(self, sheet: Sheet) -> None:
        self.screen.navigator.push(sheet, then=lambda _done: self.look())


def _of_bay(bay: BayStatus, action: Callable[[], object] | None = None, items: tuple[Item, ...] = ()) -> Item:
    return Item(_("Bay {name}").format(name=bay.name), action, detail=bay.model, items=items)
