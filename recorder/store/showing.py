"""A disk that is only read: what its catalog says goes into the index, and nothing is written to it."""

from typing import NamedTuple

from recorder.client.stream import StreamKey
from recorder.store.catalog import Catalog
from recorder.store.disk import Disk
from recorder.store.index import Index
from recorder.store.layout import CATALOG_FILE, BlockState
from recorder.store.tally import Tally


class Shown(NamedTuple):
    """What is on the disk: bytes in use, bytes by channel, and where the sealed footage of each stream begins."""

    used_bytes: int
    taken: dict[int, int]
    oldest: dict[StreamKey, int]


def show(disk: Disk, index: Index) -> Shown:
    """Put an attached disk into the index; raises `OSError` and `StoreError`."""
    identity = disk.identity
    assert identity is not None
    file = disk.files.open_to_read(CATALOG_FILE, disk.directory)
    try:
        catalog = Catalog(file, file, identity)
        index.open_disk(identity, disk.path, catalog)
    finally:
        file.close()
    contents = catalog.contents
    tally = Tally(identity.block_bytes)
    for row in contents.blocks.values():
        tally.take(row, contents.pieces(row.number))
    used = sum(one.state != BlockState.FREE for one in contents.blocks.values())
    return Shown(used * identity.block_bytes, tally.bytes, dict(tally.oldest()))
