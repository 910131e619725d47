"""The log of a drive's writes, and what is on the platter when the power fails behind any of them.

Format: Documentation/admin-guide/device-mapper/log-writes.rst, as QEMU's `blklogwrites` writes it too. A flush makes
durable what came before it in the log; everything since may be there, or not, or in part, in any order.
"""

import mmap
import random
import shutil
import struct
from collections.abc import Iterable, Iterator
from dataclasses import dataclass
from enum import StrEnum
from pathlib import Path
from typing import Any

MAGIC = 0x6A736677736872
_HEAD = struct.Struct("<QQQI")
_ENTRY = struct.Struct("<QQQQ")
FLUSH, FUA, DISCARD, MARK = 1, 2, 4, 8
SECTOR = 512


class NotALog(Exception):
    """The file is no log of writes."""


@dataclass(frozen=True)
class Entry:
    """One write or flush; `at` and `size` in bytes on the drive, `data_at` in the log."""

    flags: int
    at: int
    size: int
    data_at: int


class WriteLog:
    """A log that is complete: the drive was pulled, or QEMU is gone."""

    def __init__(self, path: Path) -> None:
        with path.open("rb") as file:
            self._map = mmap.mmap(file.fileno(), 0, access=mmap.ACCESS_READ)
        magic, version, count, sector = _HEAD.unpack_from(self._map)
        if (magic, version) != (MAGIC, 1):
            raise NotALog(f"{path} begins with {magic:#x}, version {version}")
        self._sector = sector
        self.entries = list(self._parse(count))

    def _parse(self, count: int) -> Iterator[Entry]:
        at, unit = self._sector, self._sector
        for _nth in range(count):
            first, sectors, flags, _length = _ENTRY.unpack_from(self._map, at)
            at += unit
            yield Entry(flags, first * unit, sectors * unit, at)
            if not flags & DISCARD:
                at += sectors * unit

    def data(self, entry: Entry) -> bytes:
        """Give the bytes of a write."""
        if entry.flags & DISCARD:
            return bytes(entry.size)
        return self._map[entry.data_at : entry.data_at + entry.size]


def laps(writes: Iterable[tuple[Any, ...]]) -> list[list[tuple[Any, ...]]]:
    """Part the writes to a block where its header is written: there it begins anew.

    Of what is written between two flushes the kernel sends the parts in any order: the header may come after the rest.
    Each is the number of the flushes before it, where it lies in the file, and whatever belongs to it.
    """
    found: list[list[tuple[Any, ...]]] = [[]]
    for one in sorted(writes):
        if one[1] == 0:
            found.append([])
        found[-1].append(one)
    return found


class Luck(StrEnum):
    """What becomes of what was not flushed."""

    NONE = "all of it is lost"
    SOME = "each write survives or not"
    TORN = "each sector of 512 bytes survives or not"
    LAST = "all but the last writes survive, and the last one is torn"
    ALL = "all of it survives"


class Platter:
    """A drive, replayed write by write from how it was before the log began.

    Cuts must be asked for in ascending order.
    """

    def __init__(self, base: Path, log: WriteLog, durable: Path) -> None:
        """`durable` is where the bytes are kept that no power cut can take any more."""
        self.log = log
        shutil.copyfile(base, durable)
        self._durable = durable
        self._done = 0
        self._waiting: list[Entry] = []

    def cut(self, behind: int, luck: Luck, dice: random.Random, out: Path) -> list[Entry]:
        """Write to `out` what is on the drive when power fails behind so many entries; gives what was at stake."""
        with self._durable.open("r+b") as file:
            for entry in self.log.entries[self._done : behind]:
                if entry.size and not entry.flags & FLUSH:
                    self._waiting.append(entry)
                if entry.flags & (FLUSH | FUA):
                    # A flush with data speaks of what came before it; its own data is durable with FUA only.
                    if entry.flags & FLUSH:
                        self._settle(file)
                    if entry.size and entry.flags & FUA:
                        self._put(file, entry)
                        self._waiting = [one for one in self._waiting if one is not entry]
                    elif entry.size and entry.flags & FLUSH:
                        self._waiting.append(entry)
        self._done = behind
        shutil.copyfile(self._durable, out)
        with out.open("r+b") as file:
            self._gamble(file, luck, dice)
        return list(self._waiting)

    def discard(self) -> None:
        """Give the space back."""
        self._durable.unlink(missing_ok=True)

    def _settle(self, file) -> None:
        for one in self._waiting:
            self._put(file, one)
        self._waiting = []

    def _put(self, file, entry: Entry) -> None:
        file.seek(entry.at)
        file.write(self.log.data(entry))

    def _gamble(self, file, luck: Luck, dice: random.Random) -> None:
        for nth, one in enumerate(self._waiting):
            last = nth == len(self._waiting) - 1
            if luck is Luck.ALL or (luck is Luck.LAST and not last) or (luck is Luck.SOME and dice.random() < 0.5):
                self._put(file, one)
            elif luck is Luck.TORN or (luck is Luck.LAST and last):
                data = self.log.data(one)
                for sector in range(0, one.size, SECTOR):
                    if dice.random() < 0.5:
                        file.seek(one.at + sector)
                        file.write(data[sector : sector + SECTOR])
