"""The block store: blocks and a catalog on each disk, written by media, read by reader (docs/design/store.md).

What is named here is loaded when it is asked for: control needs a few constants, and starts sooner without the rest.
"""

from importlib import import_module
from typing import TYPE_CHECKING

if TYPE_CHECKING:
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
_PLACES = {
    "BlockCache": "block_cache",
    "Disk": "disk",
    "Gap": "reader",
    "RecordedSpan": "reader",
    "StorePolicy": "policy",
    "StoreReader": "reader",
    "StoreWriter": "writer",
    "StreamRecorder": "stream_recorder",
    "initialise_disk": "initialise",
    "read_boot_id": "boot",
}


def __getattr__(name: str) -> object:
    """Load what is asked for first; raises `AttributeError`."""
    if name not in _PLACES:
        raise AttributeError(name)
    found = getattr(import_module(f"recorder.store.{_PLACES[name]}"), name)
    globals()[name] = found
    return found
