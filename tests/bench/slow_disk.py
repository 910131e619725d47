"""A disk of 80 operations and 200 MB a second under 64 main and 64 sub streams, 400 Mbit/s in all, and four playbacks.

The drive stands between store and file system and lets no operation pass sooner than such a disk would (`stage.disk`);
all of the store runs in this process, in its own threads and in real time. The disk has been written once before, as
one that records has. Held means: nothing is given up, what is durable is never more than 5 s behind (S2), and playback
at normal speed does not stand.
"""

import tempfile
import threading
import time
from pathlib import Path
from unittest import mock

from recorder.client.clock import SECOND_US, ManualClock, SystemClock
from recorder.client.recording import GapReason
from recorder.client.stream import Codec, Epoch, Sample, SampleFlag, StreamKey, StreamName, TrackKind, TrackParameters
from recorder.store import Disk, StoreReader, StoreWriter, initialise_disk, read_boot_id, read_disks
from recorder.store.block_cache import BlockCache
from tests.bench.figure import Figure
from tests.bench.stage.disk import Drive

CHANNELS, FPS, GOP, PLAYBACKS = 64, 25, 50, 4
RATES = {StreamName.MAIN: 5_500_000, StreamName.SUB: 750_000}
OPERATIONS_PER_S, BYTES_PER_S = 80, 200e6
DISK_BYTES, BLOCK_BYTES = 4 << 30, 16 << 20
SETTLE_S, WINDOW_S = 25.0, 40.0
LAG_S, LATE_S = 5.0, 1.0
EPOCH = Epoch(1, (TrackParameters(0, TrackKind.VIDEO, Codec.H264, 90000, (bytes(30), bytes(6)), 1920, 1080),))


def fill(place: Path) -> None:
    """Write the whole disk once, an hour ago."""
    clock = ManualClock(wall_us=SystemClock().now_us() - 3600 * SECOND_US)
    initialise_disk(place / "disks" / "one", size_bytes=DISK_BYTES, block_bytes=BLOCK_BYTES, name="one", clock=clock)
    disk = Disk(place / "disks" / "one", clock)
    store = StoreWriter([disk], place / "index.sqlite", clock, read_boot_id(), threads=False)
    store.start()
    data = bytes(1 << 20)
    recorder = store.open_stream(StreamKey(CHANNELS + 1))
    for _n in range(DISK_BYTES // len(data)):
        recorder.put(Sample(0, clock.boot_us, clock.wall_us, SampleFlag.KEY, data), EPOCH)
        clock.advance(0.2)
        store.step()
    store.close()


class Recorders:
    """All streams at their rates in real time, and how far behind each is on the disk."""

    def __init__(self, store: StoreWriter, clock: SystemClock) -> None:
        self.durable: dict[StreamKey, int] = {}
        self.over = threading.Event()
        self.lags_s: list[float] = []
        self._clock = clock
        self._streams = [
            (store.open_stream(StreamKey(channel, stream)), bytes(rate // 8 // FPS))
            for channel in range(1, CHANNELS + 1)
            for stream, rate in RATES.items()
        ]

    def run(self) -> None:
        """Give samples until it is over."""
        begin_us = self._clock.now_us()
        number = 0
        while not self.over.is_set():
            wall_us = begin_us + number * SECOND_US // FPS
            self.over.wait(max(0.0, (wall_us - self._clock.now_us()) / SECOND_US))
            for at, (recorder, data) in enumerate(self._streams):
                flags = SampleFlag.KEY if (number + at) % GOP == 0 or not number else SampleFlag.NONE
                recorder.put(Sample(0, wall_us, wall_us, flags, data), EPOCH)
            number += 1
            if self.durable and number % FPS == 0:
                self.lags_s.append((self._clock.now_us() - min(self.durable.values())) / SECOND_US)


def play(place: Path, cache: BlockCache, channel: int, at_us: int, over: threading.Event, late_s: list[float]) -> None:
    """Read a main stream at normal speed and note how late its samples come."""
    reader = StoreReader(place / "disks", place / "index.sqlite", cache=cache)
    begin = 0.0
    first_us = 0
    samples = reader.read(StreamKey(channel), at_us)
    while not over.is_set():
        found = next(samples, None)
        if found is None:
            # It has caught up: more comes.
            over.wait(0.2)
            continue
        sample = found[1]
        begin, first_us = begin or time.monotonic(), first_us or sample.wall_us
        ahead = (sample.wall_us - first_us) / SECOND_US - (time.monotonic() - begin)
        late_s.append(-ahead)
        over.wait(max(0.0, ahead))
    reader.close()


def run() -> list[Figure]:
    """Measure; takes two minutes and 4 GB of the temporary directory."""
    clock = SystemClock()
    with tempfile.TemporaryDirectory(prefix="nightjar-bench-") as name:
        place = Path(name)
        fill(place)
        drive = Drive(OPERATIONS_PER_S, BYTES_PER_S)
        told: dict[StreamKey, int] = {}
        disk = Disk(place / "disks" / "one", clock, drive)
        boot = read_boot_id()
        store = StoreWriter([disk], place / "index.sqlite", clock, boot, on_durable=told.__setitem__)
        store.start()
        began_us = clock.now_us()
        recorders = Recorders(store, clock)
        recorders.durable = told
        threads = [threading.Thread(target=recorders.run)]
        threads[0].start()
        time.sleep(SETTLE_S)
        late: list[list[float]] = [[] for _n in range(PLAYBACKS)]
        with mock.patch.object(read_disks, "SystemFiles", return_value=drive):
            # As readers of one process have it.
            cache = BlockCache()
            for number, one in enumerate(late):
                asked = (place, cache, number + 1, began_us + 2 * SECOND_US, recorders.over, one)
                threads.append(threading.Thread(target=play, args=asked))
                threads[-1].start()
            time.sleep(5)
            recorders.lags_s.clear()
            operations, written, read = drive.operations, drive.written_bytes, drive.read_bytes
            for one in late:
                one.clear()
            time.sleep(WINDOW_S)
            done = (drive.operations - operations) / WINDOW_S
            wrote_mb = (drive.written_bytes - written) / WINDOW_S / 1e6
            read_mb = (drive.read_bytes - read) / WINDOW_S / 1e6
            lag_s, late_s = max(recorders.lags_s), max(max(one, default=LAG_S) for one in late)
            recorders.over.set()
            for thread in threads:
                thread.join()
        store.close(30)
        with mock.patch.object(read_disks, "SystemFiles", Drive):
            reader = StoreReader(place / "disks", place / "index.sqlite")
            keys = [StreamKey(channel, stream) for channel in range(1, CHANNELS + 1) for stream in RATES]
            gaps = [gap for key in keys for gap in reader.gaps(key, began_us, clock.now_us())]
            reader.close()
    shed = sum(gap.end_us - gap.start_us for gap in gaps if gap.reason in {GapReason.OVERLOAD, GapReason.DISK})
    note = f"{done:.0f} operations, {wrote_mb:.0f} MB written and {read_mb:.1f} MB read a second"
    return [
        Figure("slow disk: footage given up by 128 streams", shed / SECOND_US, "s", 0, note),
        Figure("slow disk: most that is not durable yet", lag_s, "s", LAG_S),
        Figure("slow disk: four playbacks, the latest sample", late_s, "s", LATE_S),
    ]
