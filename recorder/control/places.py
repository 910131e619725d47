"""Where recording disks are: the directories below the instance's `disks`, and which names are free for others."""

from collections.abc import Callable, Iterable, Sequence

from hal.client.admin import AdminClient
from recorder.client.errors import NightjarError
from recorder.client.instance import Instance
from recorder.client.status import DiskStatus
from recorder.client.words import _
from recorder.control.prepare_disk import NAME
from recorder.control.release_disk import IN_USE


class BadDiskName(NightjarError):
    """The name cannot be a label of a file system and a directory."""

    status = 422
    words = _("A disk's name has at most 12 letters, digits, - and _, and no other disk has it.")


class Places:
    """Looks at them; safe from any thread."""

    def __init__(self, instance: Instance, disks: Callable[[], Sequence[DiskStatus]]) -> None:
        """`disks` is what media says of the recording disks."""
        self._instance = instance
        self._disks = disks

    def names(self) -> set[str]:
        """The disks that are in use, by their directories."""
        try:
            return {one.name for one in self._instance.disks.iterdir()}
        except OSError:
            return set()

    def is_recorded_to(self, place: str) -> bool:
        """Whether there is a disk that media writes, or may write, or says nothing of."""
        if place not in self.names():
            return False
        disk = next((one for one in self._disks() if one.place == place), None)
        return disk is None or bool(disk.id and not (disk.set_aside and disk.state not in IN_USE))

    def unmount(self, helper: AdminClient, place: str) -> None:
        """Have the root helper unmount what is at a place, if anything is."""
        if place in self.names():
            helper.ask("mount", "unmount", place=place)

    def name_for(self, wanted: str, taken: Iterable[str]) -> str:
        """Give the wanted name, or a free one where none is wanted; raises `BadDiskName`."""
        names = self.names()
        if not wanted:
            every, number = names.union(taken), 1
            while f"disk{number}" in every:
                number += 1
            wanted = f"disk{number}"
        if not NAME.fullmatch(wanted) or wanted in names:
            raise BadDiskName
        return wanted
