"""Making what was written durable: the moment that everything else builds on (S1)."""

from collections.abc import Sequence

from recorder.store.errors import not_confirmed
from recorder.store.files import BlockFile


def sync(disk: str, files: Sequence[BlockFile]) -> None:
    """Make durable what was written to files; raises `SyncFailed`, and `DiskReadOnly` where none was tried."""
    try:
        for file in files:
            file.sync()
    except OSError as error:
        raise not_confirmed(disk, error) from error
