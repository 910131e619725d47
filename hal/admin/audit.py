"""The audit: a line for every destructive request and every refusal, in a file that is only ever added to.

A lasting one is itself made append-only where the file system can (ext4, XFS), so that even root must first say so
(ioctl_iflags(2)); that of simulated disks goes with its data folder. Nothing destructive is done whose line could not
be written.
"""

import fcntl
import logging
import os
import time
from collections.abc import Callable, Mapping
from contextlib import suppress
from pathlib import Path
from typing import Any

import msgspec

from hal.access import Peer, Refusals
from hal.errors import Refused

LARGEST_BYTES = 32 << 20
"""A hundred thousand destructive requests; when it is full, they are refused until somebody keeps it elsewhere."""
REFUSALS_BYTES = 16 << 20
"""Up to here refusals are written too, and what drivers ask is done; neither uses up what owners' requests need."""
LARGEST_REFUSED = 2 << 10
"""Of what was asked for and refused, in bytes: what is longer was no honest request, and its beginning says enough."""
_GETFLAGS, _SETFLAGS = 0x80086601, 0x40086602  # ioctl_iflags(2)
_APPEND = 0x20
log = logging.getLogger("hal.audit")


class Audit:
    """Writes lines of JSON, each synced before what it tells of is done."""

    def __init__(
        self,
        path: Path,
        *,
        lasting: bool,
        wall_s: Callable[[], float] = time.time,
        refusals: Refusals | None = None,
    ) -> None:
        path.parent.mkdir(mode=0o700, parents=True, exist_ok=True)
        self._file = os.open(path, os.O_WRONLY | os.O_APPEND | os.O_CREAT | os.O_CLOEXEC | os.O_NOFOLLOW, 0o600)
        self._wall_s = wall_s
        self._refusals = refusals or Refusals()
        with suppress(OSError):  # a file system that cannot, or we are not root
            flags = bytearray(8)
            fcntl.ioctl(self._file, _GETFLAGS, flags)
            wanted = flags[0] | _APPEND if lasting else flags[0] & ~_APPEND
            if wanted != flags[0]:
                flags[0] = wanted
                fcntl.ioctl(self._file, _SETFLAGS, bytes(flags))

    def write(
        self,
        what: str,
        peer: Peer,
        noun: str,
        verb: str,
        args: Mapping[str, Any],
        words: str = "",
        *,
        for_owners: bool = True,
    ) -> None:
        """Add a line: `asked`, `refused`, `done` or `failed`. Raises `Refused` for `asked` where there is no room.

        There is less for what is not asked `for_owners`, but by a driver.

        Of many refusals of a user only some are written (`hal.access.Refusals`), with how many there were besides.
        """
        unwritten = self._refusals.unwritten(peer.user) if what == "refused" else 0
        if unwritten is None:
            return
        size = os.fstat(self._file).st_size
        if size >= (LARGEST_BYTES if for_owners and what != "refused" else REFUSALS_BYTES):
            if what == "asked":
                raise Refused("The audit is full; keep it elsewhere first")
            log.warning("%s: %s %s by %s: the audit is full", what, noun, verb, peer.user)
            return
        told = {
            "time_us": round(self._wall_s() * 1e6),
            "what": what,
            "verb": f"{noun}.{verb}",
            "user": peer.user,
            "pid": peer.pid,
            "args": args if what != "refused" else _clipped(args),
            "words": words if what != "refused" else words[:LARGEST_REFUSED],
        }
        if unwritten:
            told["unwritten"] = unwritten
        os.write(self._file, msgspec.json.encode(told) + b"\n")
        os.fsync(self._file)

    def close(self) -> None:
        """Close the file."""
        os.close(self._file)


def _clipped(args: Mapping[str, Any]) -> Any:
    """Give arguments as they were, or the beginning of their text where they are long."""
    text = msgspec.json.encode(args)
    return args if len(text) <= LARGEST_REFUSED else text[:LARGEST_REFUSED].decode(errors="replace")
