"""Disks as they are: bays with what is in them, arrays, pools; and disks that are in no bay (D-STO-02)."""

from collections.abc import Sequence
from typing import TYPE_CHECKING, Any

from gui.dialogs.menu import Item
from gui.pages import disk_words
from gui.pages.bay import BayPage
from gui.pages.followed import FollowedList
from gui.toolkit.list import Entry
from gui.toolkit.notices import Tone
from gui.wall.sizes import size
from recorder.client.answers import ArrayStatus, BayStatus, Status
from recorder.client.status import DiskStatus, PoolStatus
from recorder.client.words import _

if TYPE_CHECKING:
    from gui.rooms import Rooms


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
        disks = told.media.disks if told.media is not None else ()
        pools = told.media.pools if told.media is not None else ()
        places = {one.place for one in (*told.bays, *told.arrays) if one.place}
        elsewhere = [one for one in disks if one.place not in places or not one.place]
        return [
            *(self._bay(one, disk_words.recording_in(one, disks)) for one in told.bays),
            *(self._array(one) for one in told.arrays),
            *(self._disk(one) for one in elsewhere),
            *(self._pool(one) for one in pools),
        ]

    def _bay(self, one: BayStatus, recording: DiskStatus | None) -> Entry:
        words, colour = disk_words.bay_line(one, recording, self.rooms.zone)
        label = _("Bay {name}").format(name=one.name) + (f"  {one.model}" if one.occupied else "")
        note = size(one.capacity_bytes) if one.occupied else ""
        if recording is not None:
            note = disk_words.room(recording.used_bytes, recording.total_bytes, recording.write_bytes_per_s)
        return Entry(("bay", one.name), label, words, note, "disk", colour)

    def _array(self, one: ArrayStatus) -> Entry:
        words, colour = disk_words.array_line(one)
        label = _("Array {title}").format(title=one.title)
        return Entry(("array", one.name), label, words, disk_words.members(one), "split_4", colour)

    def _disk(self, one: DiskStatus) -> Entry:
        words, colour = disk_words.disk_line(one, self.rooms.zone)
        note = disk_words.room(one.used_bytes, one.total_bytes, one.write_bytes_per_s)
        return Entry(("disk", one.id), one.place or one.name, words, note, "disk", colour)

    def _pool(self, one: PoolStatus) -> Entry:
        words, colour = disk_words.pool_line(one, self.rooms.zone)
        label = _("Pool {number}  {name}").format(number=one.number, name=one.name).strip()
        note = disk_words.room(one.used_bytes, one.total_bytes, one.write_bytes_per_s)
        return Entry(("pool", str(one.number)), label, words, note, "settings", colour)

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
        if found is None:
            return
        paces = tuple(
            Item(words, self.doing(lambda pace=pace: api.set_array_pace(name, pace)), chosen=pace == found.pace)
            for pace, words in disk_words.PACES.items()
        )
        verify = self.doing(lambda: api.verify_array(name), _("The disks are compared; recording goes on."))
        able = found.health == "good" and found.level != "raid0"
        compare = Item(_("Compare its disks"), verify, icon="check", enabled=able)
        self.offer([compare, Item(_("Who goes first"), items=paces)], found.title)
