"""`nightjar store bench`: how many cameras a disk can record, measured the way that the recorder writes.

It works in one temporary file within the free space of the file system, never in footage, and removes it at the end.
"""

import argparse
import contextlib
import errno
import os
import random
import shutil
import statistics
import sys
import time
from collections.abc import Generator
from dataclasses import dataclass
from pathlib import Path
from typing import TYPE_CHECKING

from recorder.cli.output import print_json
from recorder.client.instance import Instance
from recorder.client.words import _, counted
from recorder.store.errors import StoreError
from recorder.store.files import AlignedBuffer, SystemFile

if TYPE_CHECKING:
    from recorder.cli.verbs import Verbs

LARGEST_FILE = 1 << 30
"""Of the temporary file: beyond the cache of every drive that is sold."""
SMALLEST_FILE = 64 << 20
FREE_SHARE = 4
"""Of the free space, at most one part in so many is used."""
STREAMS = 64
CHUNK_BYTES = 1 << 20
STREAM_CHUNK_BYTES = 256 << 10
"""A second of a stream of 2 Mbit/s."""
SEEK_BYTES = 64 << 10
CAMERA_BYTES_PER_S = 4_000_000 // 8 + 512_000 // 8
"""A main stream of 4 Mbit/s and a sub stream of 512 kbit/s."""
SPARE = 0.5
"""Of what was measured is left to playback, to the slow inner tracks, and to age."""


class NoRoom(StoreError):
    """There is too little free space for a measurement that means something."""

    status = 507
    words = _("{path} has {free_mb} MB free. Measuring it takes at least {need_mb} MB.")


class CannotMeasure(StoreError):
    """The operating system refused."""

    words = _("{path} cannot be measured: {problem}.")


@dataclass(frozen=True)
class Measured:
    """What a disk does. Rates in bytes a second, times in ms."""

    path: str
    direct: bool
    """Past the page cache; without it the figures flatter."""
    write: float
    mixed: float
    """64 streams at once, each pass made durable."""
    passes_per_s: float
    worst_pass_ms: float
    read: float
    seek_ms: float
    worst_seek_ms: float

    @property
    def cameras(self) -> int:
        """How many cameras it can record."""
        return cameras(self.mixed, self.worst_pass_ms)


def cameras(mixed: float, worst_pass_ms: float) -> int:
    """Give how many cameras a disk can record that writes so much in so long passes."""
    # A pass that takes longer than a second makes the next one larger; what is slower than five exposes too much (S2).
    slow = min(1.0, 5000 / max(worst_pass_ms, 1.0))
    return int(mixed * SPARE * slow // CAMERA_BYTES_PER_S)


def measure(path: Path, seconds: float) -> Measured:
    """Measure the disk that a directory is on, about `seconds` for each of four parts.

    Raises `NoRoom` and `CannotMeasure`.
    """
    try:
        free = shutil.disk_usage(path).free
        size = min(LARGEST_FILE, free // FREE_SHARE) // CHUNK_BYTES * CHUNK_BYTES
        if size < SMALLEST_FILE:
            raise NoRoom(path=path, free_mb=free >> 20, need_mb=SMALLEST_FILE * FREE_SHARE >> 20)
        with _file(path, size) as (file, direct):
            write = _write(file, size, seconds)
            mixed, passes, worst = _mixed(file, size, seconds)
            read = _read(file, size, seconds)
            seeks = _seeks(file, size, seconds)
    except OSError as error:
        raise CannotMeasure(path=path, problem=error.strerror or error) from error
    late = sorted(seeks)[min(len(seeks) - 1, len(seeks) * 95 // 100)]
    return Measured(str(path), direct, write, mixed, passes, worst, read, statistics.median(seeks), late)


@contextlib.contextmanager
def _file(path: Path, size: int) -> Generator[tuple[SystemFile, bool]]:
    """Make a file that has no name as soon as it is open: whatever happens, its space is given back."""
    place = path / f".nightjar-bench-{os.getpid()}"
    flags = os.O_RDWR | os.O_CREAT | os.O_EXCL | os.O_CLOEXEC | os.O_NOFOLLOW
    direct = True
    try:
        descriptor = os.open(place, flags | os.O_DIRECT, 0o600)
    except OSError as error:
        if error.errno != errno.EINVAL:
            raise
        # Some make the file before they refuse to open it so.
        place.unlink(missing_ok=True)
        descriptor, direct = os.open(place, flags, 0o600), False
    place.unlink()
    file = SystemFile(descriptor, direct=direct)
    try:
        os.posix_fallocate(descriptor, 0, size)
        yield file, direct
    finally:
        file.close()


def _write(file: SystemFile, size: int, seconds: float) -> float:
    buffer = AlignedBuffer(CHUNK_BYTES)
    data = buffer.holding(os.urandom(CHUNK_BYTES))
    began, written = time.monotonic(), 0
    # All of it once, however long that takes: what was never written is not read from the disk either.
    while written < size or time.monotonic() - began < seconds:
        file.write(data, written % size)
        written += CHUNK_BYTES
        _say_progress(written)
    file.sync()
    rate = written / (time.monotonic() - began)
    buffer.release()
    return rate


def _mixed(file: SystemFile, size: int, seconds: float) -> tuple[float, float, float]:
    """Write a chunk for each of 64 streams, each in its own place, and make them durable; again and again."""
    buffer = AlignedBuffer(STREAM_CHUNK_BYTES)
    data = buffer.holding(os.urandom(STREAM_CHUNK_BYTES))
    region = size // STREAMS // STREAM_CHUNK_BYTES * STREAM_CHUNK_BYTES
    began, times = time.monotonic(), list[float]()
    while not times or time.monotonic() - began < seconds:
        at = len(times) * STREAM_CHUNK_BYTES % region
        begun = time.monotonic()
        for stream in range(STREAMS):
            file.write(data, stream * region + at)
        file.sync()
        times.append(time.monotonic() - begun)
        _say_progress(len(times))
    spent = time.monotonic() - began
    buffer.release()
    return len(times) * STREAMS * STREAM_CHUNK_BYTES / spent, len(times) / spent, max(times) * 1000


def _read(file: SystemFile, size: int, seconds: float) -> float:
    buffer = AlignedBuffer(CHUNK_BYTES)
    began, read = time.monotonic(), 0
    while not read or time.monotonic() - began < seconds:
        read += file.read_into(buffer.of(CHUNK_BYTES), read % size)
        _say_progress(read)
    return read / (time.monotonic() - began)


def _seeks(file: SystemFile, size: int, seconds: float) -> list[float]:
    buffer = AlignedBuffer(SEEK_BYTES)
    chance = random.Random(1)
    began, times = time.monotonic(), list[float]()
    while len(times) < 10 or time.monotonic() - began < seconds:
        at = chance.randrange(size // SEEK_BYTES) * SEEK_BYTES
        begun = time.monotonic()
        file.read_into(buffer.of(SEEK_BYTES), at)
        times.append((time.monotonic() - begun) * 1000)
        _say_progress(len(times))
    return times


def add(actions: "Verbs", shared: argparse.ArgumentParser) -> None:
    """Name the action of `store`."""
    one = actions.add_parser("bench", parents=[shared], help="measure how many cameras a disk can record")
    one.add_argument("disk", help="a name below the instance's disks, or a path; footage is not touched")
    one.add_argument("--seconds", type=float, default=10.0, help="for each of four parts (default: %(default)s)")
    one.add_argument("--json", action="store_true")
    one.set_defaults(run=run)


def run(asked: argparse.Namespace) -> None:
    """Measure and tell."""
    path = Path(asked.disk) if "/" in asked.disk else Instance(asked.data).disks / asked.disk
    found = measure(path, max(asked.seconds, 0.1))
    if asked.json:
        print_json({**found.__dict__, "cameras": found.cameras})
        return
    for words, value in (
        (_("Writing one after the other: {value:.0f} MB/s"), found.write / 1e6),
        (_("Writing 64 streams at once: {value:.0f} MB/s"), found.mixed / 1e6),
        (_("  the longest pass took {value:.0f} ms"), found.worst_pass_ms),
        (_("Reading one after the other: {value:.0f} MB/s"), found.read / 1e6),
        (_("Finding a place: {value:.1f} ms"), found.seek_ms),
        (_("  95 of 100 within {value:.1f} ms"), found.worst_seek_ms),
    ):
        _say(words.format(value=value))
    if not found.direct:
        _say(_("The file system has no direct writes: its cache flatters these figures."))
    words = counted(
        "It can record about {count} camera of 4 Mbit/s with its sub stream, half of it left for playback.",
        "It can record about {count} cameras of 4 Mbit/s with their sub streams, half of it left for playback.",
        found.cameras,
    )
    _say(words)


def _say(line: str) -> None:
    sys.stdout.write(line + "\n")


def _say_progress(done: int) -> None:
    if sys.stderr.isatty() and done % 64 == 0:
        sys.stderr.write(".")
        sys.stderr.flush()
