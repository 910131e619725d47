"""Exporting from the page cache: 40 minutes of 4 Mbit/s out of the blocks into an MP4 file with its manifest.

The first export brings the footage into the cache, the second and third are measured, from the start of its process to
its last word. They write to the file system of the temporary directory and wait until all of it is on its disk.
"""

import resource
import subprocess
import sys
import tempfile
import time
from pathlib import Path

import msgspec

from recorder.client.instance import Instance
from recorder.client.stream import StreamKey, StreamName
from recorder.playback.job import ExportJob
from tests.bench.figure import Figure
from tests.bench.seek import FPS, GOP, START_US, write
from tests.bench.stage.clip import street
from tests.bench.stage.running import running

MINUTES = 40
DISK_BYTES = 2 << 30
LEAST_MB_PER_S = 500.0


def export(instance: Instance, target: Path) -> tuple[int, float, float]:
    """Run one export; gives bytes written, seconds and CPU seconds taken."""
    job = ExportJob((1,), StreamName.MAIN, START_US, START_US + MINUTES * 60_000_000, str(target))
    place = instance.data / "job.json"
    place.write_bytes(msgspec.json.encode(job))
    began, before = time.perf_counter(), _cpu_s()
    command = [sys.executable, "-m", "recorder.playback.export", "--data", str(instance.data), "--job", str(place)]
    subprocess.run(command, check=True, stdout=subprocess.DEVNULL)
    took, spent = time.perf_counter() - began, _cpu_s() - before
    size = target.stat().st_size
    target.unlink()
    return size, took, spent


def _cpu_s() -> float:
    used = resource.getrusage(resource.RUSAGE_CHILDREN)
    return used.ru_utime + used.ru_stime


def run() -> list[Figure]:
    """Measure; takes a minute and 3.5 GB of the temporary directory."""
    with tempfile.TemporaryDirectory(prefix="nightjar-bench-") as name:
        instance = Instance(Path(name))
        epoch, samples = street(1920, 1080, FPS, GOP, 4_000_000, 10)
        write(instance, [(StreamKey(1, StreamName.MAIN), epoch, samples, MINUTES * 60)], DISK_BYTES)
        with running("recorder.reader", instance.data):
            runs = [export(instance, Path(name) / f"{number}.mp4") for number in range(3)][1:]
    size, took, spent = min(runs, key=lambda one: one[1])
    note = f"the better of two; {size / 1e6:.0f} MB in {took:.1f} s with {spent:.1f} CPU-s"
    rate = size / took / 1e6
    return [Figure("export from the page cache", rate, "MB/s", LEAST_MB_PER_S, note, more_is_better=True)]
