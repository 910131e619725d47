"""The block store: blocks and a catalog on each disk, written by media, read by reader (docs/design/store.md)."""

from recorder.store.block_cache import BlockCache
from recorder.store.boot import read_boot_id
from recorder.store.disk import Disk
from recorder.store.initialise import initialise_disk
from recorder.store.policy import StorePolicy
from recorder.store.reader import Gap, RecordedSpan, StoreReader
from recorder.store.writer import StoreWriter, StreamRecorder

__all__ = [
    "BlockCache",
    "Disk",
    "Gap",
    "RecordedSpan",
    "StorePolicy",
    "StoreReader",
    "StoreWriter",
    "StreamRecorder",
    "initialise_disk",
    "read_boot_id",
]
