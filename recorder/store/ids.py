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
    try:
        return msgspec.json.decode((state / FILE).read_bytes(), type=_Kept).recorder
    except (OSError, *UNREADABLE):
        return ""


def next_boot(state: Path) -> IdSource:
    """Begin a new boot number of the recorder whose number is kept in `state`, durably before it is used.

    Where the file is lost or damaged this becomes a recorder of a new random number, so old ids never return.
    """
    path = state / FILE
    try:
        kept = msgspec.json.decode(path.read_bytes(), type=_Kept)
        recorder, boot = int(kept.recorder, 16) % 2**64, kept.boot + 1
    except (OSError, ValueError, msgspec.DecodeError):
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
