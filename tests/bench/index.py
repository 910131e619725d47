"""The index of 30 days of 64 channels, main and sub: a day's spans and a month's calendar, as the reader asks for them.

Rows are those of a full set of disks: a main stream of 4 Mbit/s fills a block of 256 MiB in nine minutes, the sub
streams of 0.5 Mbit/s share one for 67 s; every stream breaks off once a day. They go in by the index's own writer.
"""

import random
import statistics
import tempfile
import time
from collections.abc import Iterator
from datetime import UTC, datetime
from itertools import islice
from pathlib import Path

from recorder.client.clock import SECOND_US, ManualClock
from recorder.client.stream import StreamKey, StreamName
from recorder.store import Disk, StoreReader, StoreWriter, initialise_disk, read_boot_id
from recorder.store.catalog import Position
from recorder.store.ids import RowId
from recorder.store.index import Index
from recorder.store.layout import STREAM_CODES, BlockClass, BlockState, Source
from recorder.store.rows import BlockRow, PieceRow, Row
from tests.bench.figure import Figure

CHANNELS, DAYS = 64, 30
BLOCK_BYTES = 256 << 20
MAIN_US = BLOCK_BYTES * 8 * SECOND_US // 4_000_000
SHARED_US = BLOCK_BYTES * 8 * SECOND_US // (CHANNELS * 500_000)
DAY_US = 86_400 * SECOND_US
BREAK_US = 20 * SECOND_US
BEGIN_US = int(datetime(2023, 11, 1, tzinfo=UTC).timestamp()) * SECOND_US
DAY_MS, MONTH_MS = 5.0, 20.0
AT_ONCE = 20_000
"""Rows of one transaction."""


def _sealed(number: int, kind: BlockClass, first_us: int, last_us: int, channel: int, stream: int) -> BlockRow:
    lap = (BlockState.SEALED, 1, number + 1, number, 1, BLOCK_BYTES)
    return BlockRow(number, kind, *lap, first_us, first_us, last_us, BLOCK_BYTES - (1 << 20), 500, channel, stream)


def _pieces(block: int, channel: int, stream: int, first_us: int, last_us: int, boot: bytes) -> Iterator[PieceRow]:
    """The part of a stream that lies in a block: two, where the stream breaks off within it."""
    day = (first_us - BEGIN_US) // DAY_US
    # Each channel breaks off at its own time of day.
    broke_us = BEGIN_US + day * DAY_US + channel * 1200 * SECOND_US
    cuts = [(first_us, last_us)]
    if first_us < broke_us < last_us - BREAK_US:
        cuts = [(first_us, broke_us), (broke_us + BREAK_US, last_us)]
    for begin, end in cuts:
        span = RowId(1, 1, 1_000_000 * channel + 1000 * stream + day + (begin > broke_us))
        rate = 500_000 if stream == STREAM_CODES[StreamName.MAIN] else 62_500
        size = (end - begin) * rate // SECOND_US
        frames = (end - begin) // 40_000
        yield PieceRow(
            block, block + 1, span, channel, stream, Source.LIVE, boot, begin, begin, end, size, frames, frames // 50
        )


def _rows(boot: bytes) -> Iterator[Row]:
    main, sub = STREAM_CODES[StreamName.MAIN], STREAM_CODES[StreamName.SUB]
    number, end_us = 0, BEGIN_US + DAYS * DAY_US
    for channel in range(1, CHANNELS + 1):
        for first_us in range(BEGIN_US + channel * 7 * SECOND_US, end_us, MAIN_US):
            last_us = min(first_us + MAIN_US, end_us)
            yield _sealed(number, BlockClass.SINGLE, first_us, last_us, channel, main)
            yield from _pieces(number, channel, main, first_us, last_us, boot)
            number += 1
    for first_us in range(BEGIN_US, end_us, SHARED_US):
        last_us = min(first_us + SHARED_US, end_us)
        yield _sealed(number, BlockClass.SHARED, first_us, last_us, 0, 0)
        for channel in range(1, CHANNELS + 1):
            yield from _pieces(number, channel, sub, first_us, last_us, boot)
        number += 1


def _built(place: Path, clock: ManualClock) -> int:
    """Make a disk and its index; gives how many rows that has."""
    initialise_disk(place / "disks" / "one", size_bytes=64 << 20, block_bytes=4 << 20, name="one", clock=clock)
    disk = Disk(place / "disks" / "one", clock)
    identity = disk.attach()
    disk.detach()
    store = StoreWriter([disk], place / "index.sqlite", clock, read_boot_id(), threads=False)
    store.start()
    store.close()
    index, count, left = Index(place / "index.sqlite"), 0, _rows(bytes(16))
    while some := list(islice(left, AT_ONCE)):
        index.apply(identity.id_bytes, Position(1, count), some)
        count += len(some)
    index.close()
    return count


def _asked(name: str, budget_ms: float, times_s: list[float], note: str) -> Figure:
    worst = sorted(times_s)[len(times_s) * 95 // 100] * 1000
    return Figure(
        name, statistics.median(times_s) * 1000, "ms", budget_ms, f"median; 95 of 100 within {worst:.1f} ms{note}"
    )


def run() -> list[Figure]:
    """Measure in a directory that is removed afterwards; making the rows takes minutes."""
    chance = random.Random(1)
    with tempfile.TemporaryDirectory(prefix="nightjar-bench-") as name:
        place, clock = Path(name), ManualClock()
        clock.wall_us = BEGIN_US + DAYS * DAY_US
        count = _built(place, clock)
        size = sum(one.stat().st_size for one in place.glob("index.sqlite*"))
        reader = StoreReader(place / "disks", place / "index.sqlite", clock)
        figures: list[Figure] = []
        for stream in (StreamName.MAIN, StreamName.SUB):
            times: list[float] = []
            for _n in range(100):
                key = StreamKey(chance.randrange(CHANNELS) + 1, stream)
                day_us = BEGIN_US + chance.randrange(1, DAYS - 1) * DAY_US
                began = time.perf_counter()
                found = reader.spans(key, day_us, day_us + DAY_US)
                times.append(time.perf_counter() - began)
                assert len(found) == 2, found
            figures.append(_asked(f"index: the spans of a day, {stream} stream", DAY_MS, times, f"; {count:,} rows"))
        for stream in (StreamName.MAIN, StreamName.SUB):
            times = []
            for channel in range(1, CHANNELS + 1):
                began = time.perf_counter()
                found_days = reader.days([StreamKey(channel, stream)], 2023, 11, "Europe/Berlin")
                times.append(time.perf_counter() - began)
                assert list(found_days.values()) == [list(range(1, DAYS + 1))], found_days
            figures.append(_asked(f"index: the calendar of a month, {stream} stream", MONTH_MS, times, ""))
        reader.close()
        return [*figures, Figure("index: its size", size / 1e6, "MB")]
