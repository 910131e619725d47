"""What the recording disks hold: room on each, and the oldest and newest footage of each stream."""

from collections.abc import Iterator
from dataclasses import dataclass
from datetime import UTC, datetime
from pathlib import Path

from recorder.client.clock import SECOND_US, SystemClock
from recorder.client.instance import Instance
from recorder.client.words import _
from recorder.store.errors import StoreError
from recorder.store.inspection import Inspection, disks_below
from recorder.store.key_ring import KeyRing
from recorder.store.layout import BlockState
from recorder.store.locks import key_numbers, missing_keys
from recorder.store.reader import StoreReader


@dataclass(frozen=True)
class ListedDisk:
    """A disk that was read."""

    name: str
    id: str
    total_bytes: int
    used_bytes: int
    encrypted: bool
    locked: bool

    @property
    def words(self) -> str:
        """How full it is, and whether all of it can be read."""
        words = _("{used} of {total} MB in use").format(used=self.used_bytes >> 20, total=self.total_bytes >> 20)
        if self.locked:
            return _("{words}, locked: `nightjar store recovery-key --enter`").format(words=words)
        return _("{words}, encrypted").format(words=words) if self.encrypted else words


@dataclass(frozen=True)
class UnreadDisk:
    """A disk that could not be read."""

    name: str
    error: str

    @property
    def words(self) -> str:
        """Why not."""
        return self.error


@dataclass(frozen=True)
class ListedStream:
    """Footage of a stream, UTC in microseconds; None where there is none."""

    channel: int
    stream: str
    oldest_us: int | None
    newest_us: int | None

    @property
    def words(self) -> str:
        """From when to when."""
        return f"{_moment(self.oldest_us)} … {_moment(self.newest_us)}"


@dataclass(frozen=True)
class Listing:
    """All that is there."""

    disks: tuple[ListedDisk | UnreadDisk, ...]
    streams: tuple[ListedStream, ...]

    @classmethod
    def of(cls, instance: Instance) -> "Listing":
        """Look at the disks of an instance, whether its recorder runs or not."""
        keys = KeyRing(instance)
        disks = tuple(_disk(place, keys) for place in disks_below(instance.disks))
        return cls(disks, tuple(_streams(instance, keys)))

    def lines(self) -> Iterator[str]:
        """Give it for people."""
        for disk in self.disks:
            yield f"{disk.name:16} {disk.words}"
        for one in self.streams:
            yield f"{one.channel}/{one.stream:12} {one.words}"


def _disk(place: Path, keys: KeyRing) -> ListedDisk | UnreadDisk:
    try:
        with Inspection(place) as disk:
            identity, contents = disk.identity, disk.contents()
            used = sum(one.state != BlockState.FREE for one in contents.blocks.values())
            total, taken = identity.blocks * identity.block_bytes, used * identity.block_bytes
            encrypted, locked = key_numbers(disk, contents), missing_keys(disk, contents, keys)
            return ListedDisk(identity.name, identity.id, total, taken, bool(encrypted), bool(locked))
    except (StoreError, OSError) as error:
        return UnreadDisk(place.name, str(error))


def _streams(instance: Instance, keys: KeyRing) -> Iterator[ListedStream]:
    reader = StoreReader(instance.disks, instance.index, SystemClock(), keys=keys)
    try:
        for key in reader.streams():
            yield ListedStream(key.channel, key.stream, reader.oldest(key), reader.newest(key))
    finally:
        reader.close()


def _moment(at_us: int | None) -> str:
    if at_us is None:
        return "-"
    return datetime.fromtimestamp(at_us / SECOND_US, UTC).astimezone().isoformat(sep=" ", timespec="seconds")
