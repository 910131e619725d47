"""Lines of JSON in a file that is only ever added to; when it is full a fresh one takes its place; what goes is told.

Of a lasting one the file is append-only where the file system can (ext4, XFS), so that even root must first say so
(ioctl_iflags(2)). The full one is kept as `NAME.before`. The one that was kept until then goes: the first line of the
fresh file says how many lines those were, from when, and their digest.
"""

import errno
import fcntl
import hashlib
import logging
import os
import time
from collections.abc import Callable
from contextlib import suppress
from pathlib import Path
from threading import Lock
from typing import Any

import msgspec

from hal.admin import durable
from hal.errors import Refused

LEAST_S = 3600.0
"""A file that was filled sooner was filled by no owner: who could fill it at will could have old lines go at will."""
DROPPED = "dropped"
"""What the line is about that tells of those that went."""
_GETFLAGS, _SETFLAGS = 0x80086601, 0x40086602  # ioctl_iflags(2)
_APPEND = 0x20
log = logging.getLogger("hal.audit")


class Lines:
    """Each is durable when it was added. `largest` bytes are taken at most, by both files together."""

    def __init__(
        self,
        path: Path,
        largest: int,
        *,
        lasting: bool,
        least_s: float = LEAST_S,
        wall_s: Callable[[], float] = time.time,
        monotonic_s: Callable[[], float] = time.monotonic,
    ) -> None:
        """So long a file serves at least before it is put away. Raises OSError."""
        self._path = path
        self._least_s = least_s
        self._before = path.with_name(f"{path.name}.before")
        self._fresh = path.with_name(f"{path.name}.new")
        self._largest = largest
        self._lasting = lasting
        self._wall_s = wall_s
        self._monotonic_s = monotonic_s
        self._lock = Lock()
        self._begun_s: float | None = None
        """When this process began the file; None: an earlier one did."""
        path.parent.mkdir(mode=0o700, parents=True, exist_ok=True)
        if not path.exists() and self._fresh.exists():
            self._fresh.rename(path)  # the power was cut between the two names
        with suppress(FileNotFoundError):
            kept = os.open(self._before, os.O_RDONLY | os.O_CLOEXEC | os.O_NOFOLLOW)
            _append_only(kept, lasting)
            os.close(kept)
        self._file = self._open()

    def add(self, line: Any, *, refusing: bool = False) -> None:
        """Add a line; with `refusing` raises `Refused` where the file was filled too soon to be put away."""
        data = msgspec.json.encode(line) + b"\n"
        with self._lock:
            self._add(data, refusing=refusing)

    def _add(self, data: bytes, *, refusing: bool) -> None:
        if os.fstat(self._file).st_size + len(data) > self._largest // 2:
            if self._begun_s is None or self._monotonic_s() - self._begun_s >= self._least_s:
                self._turn()
            elif refusing:
                raise Refused("The audit was filled within an hour; ask again when that is over")
        if os.write(self._file, data) != len(data):
            raise OSError(errno.ENOSPC, os.strerror(errno.ENOSPC), str(self._path))
        os.fsync(self._file)

    def close(self) -> None:
        """Close the file."""
        os.close(self._file)

    def _open(self) -> int:
        file = os.open(self._path, os.O_WRONLY | os.O_APPEND | os.O_CREAT | os.O_CLOEXEC | os.O_NOFOLLOW, 0o600)
        _append_only(file, self._lasting)
        return file

    def _turn(self) -> None:
        """Begin a fresh file. What goes is told in it before it goes, wherever the power is cut."""
        flags = os.O_WRONLY | os.O_CREAT | os.O_TRUNC | os.O_CLOEXEC | os.O_NOFOLLOW
        with os.fdopen(os.open(self._fresh, flags, 0o600), "wb") as fresh:
            if (gone := self._gone()) is not None:
                log.warning("the oldest lines of the audit go: %s", gone)
                fresh.write(msgspec.json.encode(gone) + b"\n")
            fresh.flush()
            os.fsync(fresh.fileno())
        _append_only(self._file, lasting=False)  # such a file is not renamed either
        with suppress(FileNotFoundError):
            kept = os.open(self._before, os.O_RDONLY | os.O_CLOEXEC | os.O_NOFOLLOW)
            _append_only(kept, lasting=False)
            os.close(kept)
        self._path.rename(self._before)
        _append_only(self._file, self._lasting)
        self._fresh.rename(self._path)
        durable.sync(self._path.parent)
        os.close(self._file)
        self._file, self._begun_s = self._open(), self._monotonic_s()

    def _gone(self) -> dict[str, Any] | None:
        """Tell of the lines that go; None: there are none."""
        digest, count, first, last = hashlib.sha256(), 0, b"", b""
        try:
            with self._before.open("rb") as kept:
                for line in kept:
                    digest.update(line)
                    if _number(line, "in_all"):
                        continue  # it told of those that went earlier
                    count += 1
                    first, last = first or line, line
        except FileNotFoundError:
            return None
        with self._path.open("rb") as now:
            earlier = _number(now.readline(), "in_all")
        times = {"from_us": _number(first, "time_us"), "to_us": _number(last, "time_us")}
        told = {"lines": count, "in_all": earlier + count, **times, "sha256": digest.hexdigest()}
        return {"time_us": round(self._wall_s() * 1e6), "what": DROPPED, **told}


def _append_only(file: int, lasting: bool) -> None:  # noqa: FBT001 - it is what it says
    with suppress(OSError):  # a file system that cannot, or we are not root
        flags = bytearray(8)
        fcntl.ioctl(file, _GETFLAGS, flags)
        wanted = flags[0] | _APPEND if lasting else flags[0] & ~_APPEND
        if wanted != flags[0]:
            flags[0] = wanted
            fcntl.ioctl(file, _SETFLAGS, bytes(flags))


def _number(line: bytes, name: str) -> int:
    with suppress(msgspec.MsgspecError, KeyError, TypeError, ValueError):
        return int(msgspec.json.decode(line)[name])
    return 0
