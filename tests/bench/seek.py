"""Seeking in a day of footage: from the request to the key picture, and to the exact one, by a cold decoder.

24 h of 1080p H.264 at 0.5 Mbit/s are written straight through the store, with the clock that they would have been
filmed by; then the real reader and decode processes serve playback sessions that are opened at random times.
"""

import contextlib
import random
import statistics
import tempfile
import time
from pathlib import Path

from recorder.client.clock import ManualClock
from recorder.client.frames import DecodeClient
from recorder.client.instance import Instance
from recorder.client.stream import Epoch, Sample, SampleFlag, StreamKey, StreamName
from recorder.client.views import PictureFlag, PlayView
from recorder.store import Disk, StoreReader, StoreWriter, initialise_disk
from tests.bench.figure import Figure
from tests.bench.stage.clip import street
from tests.bench.stage.running import running

FPS, GOP = 25, 50
HOURS = 24
SEEKS = 40
START_US = 1_760_000_000_000_000
KEY_BUDGET_MS, EXACT_BUDGET_MS = 60.0, 200.0
DISK_BYTES = 6_300_000_000
BOOT = "5b2ffd0b-93c1-4f9c-8a51-6b6a1b1f9d10"


def write(
    instance: Instance, footage: list[tuple[StreamKey, Epoch, list[tuple[bytes, bool]], int]], size_bytes: int
) -> None:
    """Write streams one after the other, each its clip again and again for so many seconds."""
    clock = ManualClock(wall_us=START_US)
    path = instance.disks / "disk1"
    path.mkdir(parents=True)
    initialise_disk(path, size_bytes=size_bytes, name="bench", clock=clock)
    store = StoreWriter([Disk.open(path, clock)], instance.index, clock, BOOT, threads=False)
    store.start()
    step_us = 1_000_000 // FPS
    for key, epoch, samples, seconds in footage:
        begin_us = clock.now_us()
        recorder = store.open_stream(key)
        for number in range(seconds * FPS):
            data, is_key = samples[number % len(samples)]
            flags = SampleFlag.KEY if is_key else SampleFlag.NONE
            if not number:
                flags |= SampleFlag.DISCONTINUITY
            recorder.put(Sample(0, number * step_us, begin_us + number * step_us, flags, data), epoch)
            if number % (4 * FPS) == 0:
                clock.advance(4)
                store.step()
        store.flush()
    store.close()


def seek(client: DecodeClient, session: int, channel: int, at_us: int) -> tuple[float, float]:
    """Open a session at a time; milliseconds to the first picture and to the exact one."""
    view = 100 + session
    begin = time.perf_counter()
    client.play_open(session, [PlayView(view, channel, StreamName.MAIN, 1280, 720)], at_us)
    first = 0.0
    memory = bytearray(1280 * 720 * 4)
    seen = 0
    while time.perf_counter() - begin < 10:
        surface = client.surface(view)
        if surface is not None and surface.sequence != seen:
            picture = surface.copy(memory)
            now = (time.perf_counter() - begin) * 1000
            if picture is not None:
                seen = picture.sequence
                first = first or now
                if picture.flags == PictureFlag.NONE and picture.at_us <= at_us < picture.at_us + 1_000_000 // FPS:
                    client.play_close(session)
                    return first, now
        time.sleep(0.0005)
    raise AssertionError(f"no picture of {at_us}")


def run() -> list[Figure]:
    """Measure; takes about two minutes and 6 GB of the temporary directory."""
    day = HOURS * 3600
    with tempfile.TemporaryDirectory(prefix="nightjar-bench-") as place:
        instance = Instance(Path(place))
        epoch, low = street(1920, 1080, FPS, GOP, 510_000, 20)
        other, high = street(1920, 1080, FPS, GOP, 4_000_000, 10)
        rate = sum(len(data) for data, _ in low) * 8 / 20 / 1e6
        main, dense = StreamKey(1, StreamName.MAIN), StreamKey(2, StreamName.MAIN)
        begin = time.perf_counter()
        write(instance, [(main, epoch, low, day), (dense, other, high, 200)], DISK_BYTES)
        with contextlib.closing(StoreReader(instance.disks, instance.index, ManualClock())) as store:
            oldest = store.oldest(main)
        assert oldest == START_US, f"the disk was too small: {oldest} is left"
        wrote_s = time.perf_counter() - begin
        client = DecodeClient(instance.socket("decode"))
        with running("recorder.reader", instance.data), running("recorder.decode", instance.data):
            client.start()
            while not client.connected:
                time.sleep(0.05)
            time.sleep(0.5)  # decode finds the reader
            chance = random.Random(5)
            begin_us = START_US + day * 1_000_000
            seek(client, 1, 1, START_US + 1_000_000)
            found = [
                seek(client, number + 2, 1, START_US + chance.randrange(day * 1_000_000)) for number in range(SEEKS)
            ]
            denser = [
                seek(client, number + 200, 2, begin_us + chance.randrange(199_000_000)) for number in range(SEEKS)
            ]
            client.close()
    keys, exact = zip(*found, strict=True)
    dense_keys, dense_exact = zip(*denser, strict=True)
    note = f"{HOURS} h of 1080p25 at {rate:.2f} Mbit/s, GOP {GOP}, {SEEKS} seeks, written in {wrote_s:.0f} s"
    return [
        Figure("seek: request to key picture, median", statistics.median(keys), "ms", KEY_BUDGET_MS, note=note),
        Figure("seek: request to exact picture, median", statistics.median(exact), "ms", EXACT_BUDGET_MS, note=note),
        Figure("seek: exact picture, slowest", max(exact), "ms"),
        Figure("seek at 4 Mbit/s: key picture, median", statistics.median(dense_keys), "ms", KEY_BUDGET_MS),
        Figure("seek at 4 Mbit/s: exact picture, median", statistics.median(dense_exact), "ms", EXACT_BUDGET_MS),
    ]


if __name__ == "__main__":
    for figure in run():
        print(figure.line())
