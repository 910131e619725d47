"""Days of a recorder's life, compressed: footage, silence, marks, holds, restarts and kills, laps without end."""

import contextlib
import gc
import os
import sqlite3
import threading
import tracemalloc
from collections.abc import Iterator
from dataclasses import dataclass
from pathlib import Path

from recorder.client.clock import SECOND_US
from recorder.client.recording import RecordType
from recorder.store.check import check
from tests.recorder.store.rig import ALWAYS, MAIN, SUB, Rig, hold, played, simple, unflagged

HOUR_S = 3600
FILMED_S = 6
"""Of every hour; the rest is silence that must be explained."""
BLOCKS, BLOCK_BYTES = 12, 128 << 10
KEYS = (MAIN, SUB)


@dataclass(frozen=True)
class Day:
    """What is held at the end of a day, everything closed but store and reader."""

    number: int
    laps: int
    """Times that a block was used again since the month began."""
    objects: int
    """Python objects that the garbage collector knows."""
    traced_bytes: int
    """Memory that Python gave out and has not got back."""
    resident_bytes: int
    files: int
    threads: int
    index_bytes: int
    rows: int
    """Gaps of one stream that the index tells of, all days."""


def open_files() -> int:
    """Count this process's open files, sockets and pipes."""
    return sum(1 for _one in Path("/proc/self/fd").iterdir())


def resident() -> int:
    """Memory of this process in bytes."""
    return int(Path("/proc/self/statm").read_text().split()[1]) * os.sysconf("SC_PAGE_SIZE")


class Month:
    """One recorder with one small disk. `threads` as in `StoreWriter` are off: time belongs to the clock."""

    def __init__(self, place: Path) -> None:
        self._rig = Rig(place, blocks=BLOCKS, block_bytes=BLOCK_BYTES)
        self._store = self._rig.store()
        self._reader = self._rig.reader()
        self._cameras = [self._rig.camera(key, size=5000) for key in KEYS]
        self._marks = 0
        self.faults: list[str] = []

    def days(self, count: int, hours: int = 24) -> Iterator[Day]:
        """Live so many days."""
        tracemalloc.start()
        try:
            for number in range(count):
                self._day(number, hours)
                yield self._counted(number)
        finally:
            tracemalloc.stop()
            self._rig.finish()

    def _day(self, number: int, hours: int) -> None:
        clock = self._rig.clock
        for hour in range(hours):
            began_us = clock.now_us()
            self._rig.film(self._store, *self._cameras, seconds=FILMED_S)
            self._event(began_us)
            if hour % 6 == 0:
                self._hold(began_us)
            if hour == hours // 2:
                self._restart(kill=number % 2 == 1)
            clock.advance(HOUR_S - FILMED_S)
            self._store.step()
            for one in self._cameras:
                # What was sent need only be known until it was compared.
                del one.sent[: -FILMED_S * one.fps]
            self._rig.durable.clear()
        self._compare(number)

    def _event(self, began_us: int) -> None:
        self._marks += 1
        at_us = began_us + 2 * SECOND_US
        for until_us in (None, at_us + SECOND_US):
            self._store.mark(f"event {self._marks}", [MAIN], at_us, SECOND_US, until_us, RecordType.MOTION)

    def _hold(self, began_us: int) -> None:
        hold(self._store, began_us, began_us + SECOND_US, expires_us=began_us + 5 * HOUR_S * SECOND_US)

    def _restart(self, *, kill: bool) -> None:
        if kill:
            self._store.flush()
            self._rig.crash(self._store)
        else:
            self._store.close()
            self._rig._open.remove(self._store)
        self._rig.clock.advance(30)
        self._store = self._rig.store()

    def _compare(self, number: int) -> None:
        """The last hour plays as it was sent, holes of the day are told, and the disk is sound."""
        self._store.flush()
        for one in self._cameras:
            sent = unflagged(simple(one.sent))
            # All there is: the reader keeps every block open that it ever will.
            found = unflagged(played(self._reader, one.key, 0, ALWAYS))
            if not set(sent) <= set(found):
                self.faults.append(f"day {number}: {one.key} plays {len(found)} of {len(sent)} samples")
        if number % 5 == 0:
            self.faults += [f"day {number}: {words}" for words in check(self._rig.disk).damage]

    def _counted(self, number: int) -> Day:
        gc.collect()
        with contextlib.closing(sqlite3.connect(self._rig.index)) as index:
            # Its log aside, which SQLite empties when it holds 4 MB.
            (used,) = index.execute(
                "SELECT (page_count - freelist_count) * page_size"
                " FROM pragma_page_count, pragma_freelist_count, pragma_page_size"
            ).fetchone()
        serials = [one.serial for one in self._store._writers[0].volume.catalog.contents.blocks.values()]
        rows = len(self._reader.gaps(MAIN, 0, ALWAYS))
        return Day(
            number,
            max(serials) - BLOCKS,
            len(gc.get_objects()),
            tracemalloc.get_traced_memory()[0],
            resident(),
            open_files(),
            threading.active_count(),
            used,
            rows,
        )


def grows(days: list[Day], name: str, *, share: float, slack: int) -> str:
    """Say where a figure grew: the last quarter of the days against the second one, beyond a share and a slack.

    The first quarter is left out: caches fill once. The slack is for the catalog, whose past goes at a checkpoint only.
    """
    quarter = max(1, len(days) // 4)
    early = [getattr(one, name) for one in days[quarter : 2 * quarter]]
    late = [getattr(one, name) for one in days[-quarter:]]
    before, after = sum(early) / len(early), sum(late) / len(late)
    if after <= before * (1 + share) + slack:
        return ""
    return f"{name} grew from {before:.0f} to {after:.0f}"


def growth(days: list[Day]) -> list[str]:
    """Give everything that grew and must not."""
    found = [
        grows(days, "objects", share=0.02, slack=500),
        grows(days, "traced_bytes", share=0.03, slack=512 << 10),
        grows(days, "resident_bytes", share=0.03, slack=4 << 20),
        grows(days, "index_bytes", share=0.1, slack=256 << 10),
        grows(days, "rows", share=0.1, slack=50),
        grows(days, "files", share=0, slack=0),
        grows(days, "threads", share=0, slack=0),
    ]
    return [one for one in found if one]
