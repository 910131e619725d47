"""Ids of rows: (recorder, boot number, counter), so that their order never depends on a clock (architecture §3)."""

import itertools
import os
import secrets
import struct
from pathlib import Path
from typing import NamedTuple, Self

import msgspec

from recorder.client.errors import UNREADABLE
from recorder.client.instance import file_mode

_ID = struct.Struct("<QII")
ID_BYTES = _ID.size
FILE = "recorder.json"
RESTORED = "restored-recorder.json"
"""Which recorder it is again since its settings were brought back: control writes it, media begins with it."""


PASSED_OVER = 100_000
"""More starts than a recorder has between two backups, even where it starts anew every second for a day."""


class RowId(NamedTuple):
    """An id. `boot` counts the starts of this recorder's store, `counter` the rows since then."""

    recorder: int
    boot: int
    counter: int

    def pack(self) -> bytes:
        """Give the 16 stored bytes."""
        return _ID.pack(*self)

    @classmethod
    def parse(cls, data: bytes | memoryview) -> Self:
        """Read 16 stored bytes."""
        return cls(*_ID.unpack(data))


class IdSource:
    """Draws ids for one run of the store; safe from any thread."""

    def __init__(self, recorder: int, boot: int) -> None:
        self.recorder, self.boot = recorder, boot
        self._counter = itertools.count(1)

    def draw(self) -> RowId:
        """Give the next id."""
        return RowId(self.recorder, self.boot, next(self._counter))


class _Kept(msgspec.Struct):
    recorder: str
    boot: int


def recorder_number(state: Path) -> str:
    """Give the number of the recorder (hex) whose number is kept in `state`; empty where it never recorded."""
    return kept_number(state)[0]


def kept_number(state: Path, file: str = FILE) -> tuple[str, int]:
    """Give the number of the recorder (hex; empty where it never recorded), and how often it began to record."""
    try:
        kept = msgspec.json.decode((state / file).read_bytes(), type=_Kept)
    except (OSError, *UNREADABLE):
        return "", 0
    return kept.recorder, kept.boot


def restored(recorder: str, boot: int) -> bytes:
    """Give what `RESTORED` says; boots that the backup did not live to see are passed over, so that no id returns."""
    return msgspec.json.encode(_Kept(recorder, min(boot + PASSED_OVER, 2**32 - 2)))


def next_boot(state: Path) -> IdSource:
    """Begin a new boot number of the recorder whose number is kept in `state`, durably before it is used.

    Where the file is lost or damaged this becomes a recorder of a new random number, so old ids never return. Where its
    settings were brought back from before, it becomes again the recorder that it was.
    """
    path = state / FILE
    number, kept_boot = kept_number(state)
    restored, restored_boot = kept_number(state, RESTORED)
    if restored and restored != number:
        number, kept_boot = restored, restored_boot
    try:
        recorder, boot = int(number, 16) % 2**64, kept_boot + 1
    except ValueError:
        recorder, boot = secrets.randbits(64), 1
    if not 0 < boot < 2**32:
        recorder, boot = secrets.randbits(64), 1
    state.mkdir(mode=0o700, parents=True, exist_ok=True)
    fresh = path.with_suffix(".new")
    descriptor = os.open(fresh, os.O_WRONLY | os.O_CREAT | os.O_TRUNC | os.O_CLOEXEC, file_mode(state))
    with os.fdopen(descriptor, "wb") as file:
        file.write(msgspec.json.encode(_Kept(f"{recorder:016x}", boot)))
        file.flush()
        os.fsync(file.fileno())
    fresh.replace(path)
    return IdSource(recorder, boot)
