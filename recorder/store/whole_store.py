"""What the writer of a disk needs of the whole store."""

from collections.abc import Collection, Sequence
from typing import Protocol

from recorder.client.recording import GapReason
from recorder.client.stream import StreamKey
from recorder.store.contents import Contents
from recorder.store.disk import Disk
from recorder.store.ids import IdSource
from recorder.store.index import Index
from recorder.store.keys import PoolKeys
from recorder.store.known_disks import KnownDisks
from recorder.store.last_seen import LastSeen
from recorder.store.policy import StorePolicy
from recorder.store.remembered import Memory
from recorder.store.root_log import Signer
from recorder.store.rows import GoneRow, Row
from recorder.store.stream_recorder import StreamRecorder
from recorder.store.volume import Volume


class WholeStore(Protocol):
    """Asked and told by every disk, from its own thread."""

    ids: IdSource
    kernel_boot: bytes
    policy: StorePolicy
    index: Index
    keys: PoolKeys
    known: KnownDisks
    signer: Signer | None
    memory: Memory

    def streams_of(self, disk: Disk) -> list[StreamRecorder]:
        """Give the streams that a disk records now, the most important first."""
        ...

    def short_of_memory(self) -> bool:
        """Whether to take little at a time, and the important first."""
        ...

    def await_identities(self) -> None:
        """Wait until it is known of every disk who it is, or a moment has passed."""
        ...

    def has_twin(self, disk: Disk) -> bool:
        """Whether another disk with the same id is there, or was chosen in this one's place."""
        ...

    def over_quota(self) -> Collection[int]:
        """Give the channels that take more than their quota."""
        ...

    def recovered(self, volume: Volume) -> None:
        """Hear what a disk knows of the time before it was attached."""
        ...

    def close_hole(self, recorder: StreamRecorder, last: LastSeen | None, first_us: int) -> None:
        """Explain the hole before the first sample since the start (S7)."""
        ...

    def durable(self, key: StreamKey, until_us: int) -> None:
        """Hear that a stream is safe up to a time."""
        ...

    def lost(self, key: StreamKey, copy: int, start_us: int, end_us: int, reason: GapReason) -> None:
        """Take what one copy of a stream (0 or 1) gave up."""
        ...

    def look_at_clock(self) -> None:
        """Notice steps of the clock."""
        ...

    def forgot(self, gone: Sequence[GoneRow]) -> None:
        """Hear what a disk's catalog dropped."""
        ...

    def tell_others(self, disk: Disk, row: Row) -> None:
        """Have every other disk keep a row too."""
        ...

    def attached(self, disk: Disk, contents: Contents) -> None:
        """A disk came, with what its catalog says."""
        ...
