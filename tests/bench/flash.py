"""What recording writes beside the disks, to the system's flash: the index and its log, extrapolated to a day.

64 main and 64 sub streams for 20 minutes of their own time, at a sixty-fourth of 4 and 0.5 Mbit/s on blocks of a
sixty-fourth of 256 MiB: blocks fill, spans break off and rows come as often as they would on real disks. All that the
process writes (`wchar` of proc(5)) less what goes to the disk is counted.
"""

import tempfile
from pathlib import Path

from recorder.client.clock import ManualClock
from recorder.client.stream import Codec, Epoch, Sample, SampleFlag, StreamKey, StreamName, TrackKind, TrackParameters
from recorder.store import Disk, StoreWriter, initialise_disk, read_boot_id
from tests.bench.figure import Figure
from tests.bench.stage.disk import Drive

CHANNELS, MINUTES, SCALE, FPS = 64, 20, 64, 2
RATES = {StreamName.MAIN: 4_000_000 // SCALE, StreamName.SUB: 500_000 // SCALE}
BLOCK_BYTES = (256 << 20) // SCALE
DAY_GB = 2.0
EPOCH = Epoch(1, (TrackParameters(0, TrackKind.VIDEO, Codec.H264, 90000, (bytes(30), bytes(6)), 1920, 1080),))


def _written() -> int:
    fields = dict(line.split(": ") for line in Path("/proc/self/io").read_text().splitlines())
    return int(fields["wchar"])


def run() -> list[Figure]:
    """Measure in a directory that is removed afterwards; takes a minute."""
    clock, drive = ManualClock(), Drive()
    with tempfile.TemporaryDirectory(prefix="nightjar-bench-") as name:
        place = Path(name)
        initialise_disk(place / "one", size_bytes=2 << 30, block_bytes=BLOCK_BYTES, name="one", clock=clock)
        disk = Disk(place / "one", clock, drive)
        store = StoreWriter([disk], place / "index.sqlite", clock, read_boot_id(), threads=False)
        store.start()
        streams = [
            (store.open_stream(StreamKey(channel, stream)), bytes(rate // 8 // FPS))
            for channel in range(1, CHANNELS + 1)
            for stream, rate in RATES.items()
        ]
        before, disk_before = _written(), drive.written_bytes
        for number in range(MINUTES * 60 * FPS):
            flags = SampleFlag.KEY if number % (2 * FPS) == 0 else SampleFlag.NONE
            for recorder, data in streams:
                recorder.put(Sample(0, number * 1_000_000 // FPS, clock.wall_us, flags, data), EPOCH)
            clock.advance(1 / FPS)
            store.step()
        store.flush()
        beside, disk_bytes = _written() - before, drive.written_bytes - disk_before
        store.close()
    beside -= disk_bytes
    day = beside * 1440 / MINUTES / 1e9
    note = f"{beside / 1e6:.1f} MB in {MINUTES} min beside {disk_bytes / 1e6:.0f} MB on the disk"
    return [Figure("flash: written in a day by recording 64 channels", day, "GB", DAY_GB, note)]
