"""How long a disk takes to be recorded to again when its recorder was cut off with 64 half full blocks open."""

import os
import tempfile
import time
from pathlib import Path
from unittest.mock import patch

from recorder.client.clock import ManualClock
from recorder.client.stream import Sample, StreamKey
from recorder.store import Disk, StoreWriter, allocation, initialise_disk
from recorder.store.open_block import OpenBlock
from tests.bench.figure import Figure
from tests.bench.store import EPOCH, KEY, NONE
from tests.recorder.store.faulty_disk import CountingFiles
from tests.recorder.store.rig import ANOTHER_BOOT, BOOT

MB = 1 << 20
STREAMS, BLOCK, PICTURE = 64, 256 * MB, 256 << 10
FILLED = 128 * MB + 7 * MB
"""Half of a block, and nearly as much as no list names yet: the most there is to walk."""
GOP = 16
BUDGET_S = 10.0
OPERATIONS_PER_S, BYTES_PER_S = 80, 200_000_000
"""Of the slow drive that recorders are measured by."""


def _cut_off(place: Path, clock: ManualClock) -> None:
    """Record to all blocks, and stop as a power cut does."""
    initialise_disk(place / "one", size_bytes=(STREAMS + 4) * BLOCK, block_bytes=BLOCK, name="one", clock=clock)
    store = StoreWriter([Disk(place / "one", clock)], place / "index.sqlite", clock, BOOT, threads=False)
    store.start()
    streams = [store.open_stream(StreamKey(n + 1)) for n in range(STREAMS)]
    data = [os.urandom(PICTURE) for _n in range(16)]
    for n in range(FILLED // PICTURE):
        for m, one in enumerate(streams):
            one.put(Sample(0, n * 500_000, clock.wall_us, NONE if n % GOP else KEY, data[(n + m) % 16]), EPOCH)
        clock.advance(0.5)
        if n % 4 == 3:
            store.flush()
    (writer,) = store._writers
    assert writer.volume is not None
    writer.volume.close()
    writer.disk.detach()
    store.index.close()


def _forget(place: Path) -> None:
    """Have the kernel drop what it holds of the disk: after a power cut it holds nothing."""
    os.sync()
    for one in (place / "one").rglob("*"):
        if one.is_file():
            file = os.open(one, os.O_RDONLY)
            os.posix_fadvise(file, 0, 0, os.POSIX_FADV_DONTNEED)
            os.close(file)


def _recovered(place: Path, clock: ManualClock) -> tuple[float, list[int], list[OpenBlock]]:
    """Give the seconds until the disk is written again, the size of each read, and the blocks that were found open."""
    files = CountingFiles()
    disk = Disk(place / "one", clock, files)
    store = StoreWriter([disk], place / "index.sqlite", clock, ANOTHER_BOOT, threads=False)
    began = time.perf_counter()
    store.start()
    took = time.perf_counter() - began
    (writer,) = store._writers
    assert writer.usable
    assert writer.volume is not None
    found = list(writer.volume.open.values())
    store.close()
    return took, [size for _name, size in files.sizes], found


def run() -> list[Figure]:
    """Measure in a directory that is removed afterwards; writes 9 GB, and takes a minute or two."""
    clock = ManualClock()
    with tempfile.TemporaryDirectory(prefix="nightjar-bench-") as folder:
        place = Path(folder)
        # On so few blocks streams would share some: the disk stands for a large one, of which these are the open ones.
        with patch.object(allocation, "_OPEN_SHARE", 1):
            _cut_off(place, clock)
        _forget(place)
        took, reads, found = _recovered(place, clock)
    assert len(found) == STREAMS
    assert all(one.end >= FILLED for one in found)
    slow = len(reads) / OPERATIONS_PER_S + sum(reads) / BYTES_PER_S
    what = f"{len(reads)} reads, {sum(reads) / MB:.0f} MiB"
    return [
        Figure("recovery: 64 half full blocks of 256 MiB, on this disk", took, "s", BUDGET_S, what),
        Figure(
            "recovery: the same by 80 operations and 200 MB a second", slow, "s", BUDGET_S, "calculated by its reads"
        ),
    ]
