"""Footage in a real store, and the real reader process in front of it."""

import contextlib
import subprocess
import sys
from collections.abc import Iterator

from recorder.client.clock import ManualClock
from recorder.client.instance import Instance
from recorder.client.stream import StreamKey
from recorder.store import Disk, StoreWriter, initialise_disk
from tests.recorder.decode.taps import Stretch

BOOT = "8a4b4d6e-3a43-4f4a-9f6e-0d6ffb3f2c11"


def record(instance: Instance, footage: dict[StreamKey, list[Stretch]], *, size_bytes: int = 32 << 20) -> None:
    """Write stretches with the clock that they were filmed by, and close the store."""
    samples = [
        (key, one.epoch, sample) for key, stretches in footage.items() for one in stretches for sample in one.samples
    ]
    samples.sort(key=lambda one: one[2].wall_us)
    clock = ManualClock(wall_us=samples[0][2].wall_us)
    path = instance.disks / "disk1"
    path.mkdir(parents=True)
    initialise_disk(path, size_bytes=size_bytes, block_bytes=1 << 20, name="test", clock=clock)
    store = StoreWriter([Disk.open(path, clock)], instance.index, clock, BOOT, threads=False)
    store.start()
    for key, epoch, sample in samples:
        clock.advance((sample.wall_us - clock.wall_us) / 1e6)
        store.open_stream(key).put(sample, epoch)
        store.step()
    assert store.flush()
    store.close()


@contextlib.contextmanager
def reader_process(instance: Instance) -> Iterator[subprocess.Popen]:
    """Run `recorder.reader`."""
    command = [sys.executable, "-m", "recorder.reader", "--data", str(instance.data)]
    with subprocess.Popen(command, stdout=subprocess.PIPE, text=True) as process:
        try:
            assert process.stdout.readline() == "ready\n"
            yield process
        finally:
            process.kill()
