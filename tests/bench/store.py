"""What the store alone costs: writing, per stream-minute; and a seek in a day of footage, to its first sample."""

import os
import random
import resource
import statistics
import tempfile
import time
from pathlib import Path

from recorder.client.clock import ManualClock
from recorder.client.instance import Instance
from recorder.client.stream import Codec, Epoch, Sample, SampleFlag, StreamKey, TrackKind, TrackParameters
from recorder.store import BlockCache, Disk, StorePolicy, StoreReader, StoreWriter, initialise_disk, read_boot_id
from recorder.store.key_ring import KeyRing
from tests.bench.figure import Figure

FPS, GOP = 25, 50
EPOCH = Epoch(1, (TrackParameters(0, TrackKind.VIDEO, Codec.H264, 90000, (bytes(30), bytes(6)), 1920, 1080),))
KEY, NONE = SampleFlag.KEY, SampleFlag.NONE


def _store(place: Path, clock: ManualClock, size_bytes: int, *, encrypted: bool = False) -> StoreWriter:
    place.mkdir(exist_ok=True)
    keys = KeyRing(Instance(place))
    keys.make(1)
    initialise_disk(place / "disks" / "one", size_bytes=size_bytes, block_bytes=64 << 20, name="one", clock=clock)
    disk = Disk(place / "disks" / "one", clock)
    policy = StorePolicy(encrypted=encrypted)
    store = StoreWriter([disk], place / "index.sqlite", clock, read_boot_id(), policy, threads=False, keys=keys)
    store.start()
    return store


def _used() -> float:
    usage = resource.getrusage(resource.RUSAGE_SELF)
    return usage.ru_utime + usage.ru_stime


def write_cost(place: Path, streams: int = 16, minutes: float = 1.0, *, encrypted: bool = False) -> Figure:
    """Processor seconds per stream-minute at 4 Mbit/s and 25 pictures a second, on blocks in their second lap."""
    clock = ManualClock()
    store = _store(place, clock, 4 << 30, encrypted=encrypted)
    recorders = [store.open_stream(StreamKey(n + 1)) for n in range(streams)]
    data = [os.urandom(20_000) for _n in range(64)]
    lap = int(4 * 1.1 * (1 << 30) / (streams * 500_000 / FPS))
    pictures = round(minutes * 60 * FPS)
    began = 0.0
    for n in range(lap + pictures):
        if n == lap:
            store.flush()
            began = _used()
        wall, flags = clock.wall_us, KEY if n % GOP == 0 else NONE
        for m, recorder in enumerate(recorders):
            recorder.put(Sample(0, n * 40_000, wall, flags, data[(n + m) % 64]), EPOCH)
        clock.advance(1 / FPS)
        if n % 6 == 0:
            store.step()
    store.flush()
    figure = (_used() - began) / streams / minutes
    store.close()
    return Figure("store: processor time per stream-minute of 4 Mbit/s", figure, "s", 0.06)


def encryption_cost(place: Path) -> Figure:
    """What the writer pays for an encrypted pool, against the same streams in the clear."""
    plain = write_cost(place / "plain").value
    encrypted = write_cost(place / "encrypted", encrypted=True).value
    return Figure("store: processor time of the writer, encrypted against plain", encrypted / plain, "x", 2.0)


def seek_latency(place: Path, hours: float = 24.0, bits_per_s: int = 500_000) -> Figure:
    """Request to first sample at random times, as the reader process does it; pages as the kernel has them."""
    clock = ManualClock()
    begin = clock.wall_us
    store = _store(place, clock, int(hours * 3600 * bits_per_s / 8 * 1.1) + (1 << 30))
    recorder = store.open_stream(StreamKey(1))
    size = bits_per_s // 8 // FPS
    data = os.urandom(size)
    for n in range(round(hours * 3600 * FPS)):
        recorder.put(Sample(0, n * 40_000, clock.wall_us, KEY if n % GOP == 0 else NONE, data), EPOCH)
        clock.advance(1 / FPS)
        if n % FPS == 0:
            store.step()
    store.flush()
    chance = random.Random(1)
    times: list[float] = []
    cache = BlockCache()
    for _n in range(200):
        at = begin + chance.randrange(round(hours * 3600)) * 1_000_000
        asked = time.perf_counter()
        reader = StoreReader(place / "disks", place / "index.sqlite", clock, cache)
        _epoch, sample = next(iter(reader.read(StreamKey(1), at)))
        times.append(time.perf_counter() - asked)
        assert 0 <= at - sample.wall_us <= GOP * 1_000_000 // FPS
        reader.close()
    store.close()
    worst = sorted(times)[len(times) * 95 // 100] * 1000
    name = f"store: seek in {hours:g} h of footage to the first sample"
    return Figure(name, statistics.median(times) * 1000, "ms", 10.0, f"median; 95 of 100 within {worst:.1f} ms")


def run() -> list[Figure]:
    """Measure in a directory that is removed afterwards; takes a minute on an idle machine."""
    found: list[Figure] = []
    for one in (write_cost, encryption_cost, seek_latency):
        with tempfile.TemporaryDirectory(prefix="nightjar-bench-") as place:
            found.append(one(Path(place)))
    return found
