"""All disks that are recorded to, as their owner speaks of them: which is which, adopted, made anew."""

import time

from recorder.client.errors import NotFound
from recorder.client.status import DiskDoubt
from recorder.client.words import _, counted
from recorder.store.disk import Disk
from recorder.store.disk_writer import DiskWriter
from recorder.store.errors import NothingToAdopt, WrongDiskId
from recorder.store.rebuild import Rebuilding
from recorder.store.rows import GoneRow
from recorder.store.whole_store import WholeStore

IDENTIFY_S = 2.0
LEAST_TYPED = 8
"""Characters of an id that are typed back: one in four thousand million to hit another disk."""


class DiskGroup:
    """The writers of a store; `writers` grows and never shrinks."""

    def __init__(self, store: WholeStore) -> None:
        self._store = store
        self.writers: list[DiskWriter] = []

    def await_identities(self) -> None:
        """Wait until it is known of every disk who it is, or `IDENTIFY_S` have passed: one that hangs holds up none."""
        end = time.monotonic() + IDENTIFY_S
        for writer in list(self.writers):
            writer.identified.wait(max(0.0, end - time.monotonic()))

    def usable(self) -> list[DiskWriter]:
        """Give those that take samples now."""
        return [one for one in self.writers if one.usable]

    def prompt(self) -> list[DiskWriter]:
        """Give those of them that answer in time."""
        return [one for one in self.usable() if not one.late]

    def has_twin(self, disk: Disk) -> bool:
        """Whether another disk with the same id is there and may be meant as well.

        The one that is being written stays what it is; of others the owner chooses.
        """
        here = self.of(disk).here
        twins = [one for one in self.writers if one.disk is not disk and one.here == here]
        chosen = self._store.known.chosen(here)
        if any(one.written for one in twins) or any(one.disk.path.name == chosen for one in twins):
            return True
        return bool(twins) and disk.path.name != chosen

    def of(self, disk: Disk) -> DiskWriter:
        """Give the writer of a disk."""
        return next(one for one in self.writers if one.disk is disk)

    def adopt(self, place: str, typed: str) -> None:
        """Record on a disk that was doubted: another recorder's, an older state, or one of several with an id.

        `typed` are the first characters of its id, typed back by its owner. Raises `NotFound`, `WrongDiskId`,
        `NothingToAdopt`; nothing is formatted and nothing lost.
        """
        writer = self.at(place)
        if writer.doubt is DiskDoubt.NONE:
            raise NothingToAdopt(disk=place)
        if len(typed) < LEAST_TYPED or not writer.here.startswith(typed.lower()):
            raise WrongDiskId(disk=place, least=LEAST_TYPED, id=writer.here[:LEAST_TYPED])
        writer.ask(lambda _volume: writer.adopt())

    def forget(self, disk: str) -> None:
        """A disk of this id is no more, it was made ready anew: nothing of it is found or counted as kept (D-RULE-13).

        Raises `NotFound` for what is no id.
        """
        try:
            self._store.index.forget(bytes.fromhex(disk))
        except ValueError:
            raise NotFound(what=_("disk {disk}").format(disk=disk[:40])) from None
        for one in self.writers:
            one.wake()

    def rebuild(self, disk: str) -> None:
        """Make the index anew, or with the id or place of a disk its catalog from its blocks; raises `NotFound`.

        Recording goes on: on other disks, where it is a catalog. `rebuild_state` tells how far it is.
        """
        if not disk:
            self._store.index.remake()
            self._store.index.set_policy(self._store.policy)
            for one in self.writers:
                one.wake()
            return
        writer = self.at(disk)
        if writer.rebuilt.begin():
            writer.ask(lambda _volume: writer.rebuild())

    def rebuild_state(self, disk: str) -> Rebuilding:
        """How far a rebuild is; raises `NotFound`."""
        if disk:
            return self.at(disk).rebuilt.state or Rebuilding(over=True)
        here = [one for one in self.writers if one.in_index]
        done = sum(not self._store.index.needs(bytes.fromhex(one.here)) for one in here)
        words = counted(
            "The index was made anew from {count} disk.", "The index was made anew from {count} disks.", done
        )
        return Rebuilding(done, len(here), over=done == len(here), words=words)

    def at(self, disk: str) -> DiskWriter:
        """Give the writer of a disk by its place or id; raises `NotFound`."""
        found = next((one for one in self.writers if one.here and disk in {one.disk.path.name, one.here}), None)
        if found is None:
            raise NotFound(what=_("disk {disk}").format(disk=disk))
        return found

    def any_has(self, gone: GoneRow) -> bool:
        """Whether the catalog of a disk that is written has a row which another one dropped."""
        volumes = [one.volume for one in list(self.writers)]
        return any(one is not None and one.catalog.contents.has(gone.kind, gone.key) for one in volumes)

    def over_quota(self) -> frozenset[int]:
        """Give the channels that would exceed their quota of bytes with one more block."""
        limits = {channel: one.bytes for channel, one in self._store.policy.quotas.items() if one.bytes is not None}
        taken = {channel: sum(one.taken.get(channel, 0) for one in self.writers) for channel in limits}
        return frozenset(channel for channel, limit in limits.items() if taken[channel] >= limit)
