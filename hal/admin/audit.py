"""The audit: a line for every destructive request and every refusal, in files that are only ever added to.

What owners ask has a file of its own: neither refusals nor what drivers ask, which stand in another one, ever have a
line of an owner's go (`hal.admin.lines`). Nothing destructive is done whose line could not be written.
"""

import time
from collections.abc import Callable, Mapping
from pathlib import Path
from typing import Any

import msgspec

from hal.access import Peer, Refusals
from hal.admin.lines import Lines

LARGEST_BYTES = 32 << 20
"""For what owners ask: a hundred thousand requests. Half of it at least is always there."""
OTHERS_BYTES = 16 << 20
"""For refusals and what drivers ask."""
OTHERS = ".others"
"""What the second file is called behind the first."""
LARGEST_TOLD = 2 << 10
"""Of what was asked for, in bytes: what is longer was no honest request, and its beginning says enough."""


class Audit:
    """Writes lines of JSON, each synced before what it tells of is done."""

    def __init__(
        self,
        path: Path,
        *,
        lasting: bool,
        wall_s: Callable[[], float] = time.time,
        monotonic_s: Callable[[], float] = time.monotonic,
        refusals: Refusals | None = None,
    ) -> None:
        """`lasting`: the files are append-only, too; those of simulated disks go with their data folder."""
        self._wall_s = wall_s
        self._refusals = refusals or Refusals()
        others = path.with_name(path.name + OTHERS)
        self._owners = Lines(path, LARGEST_BYTES, lasting=lasting, wall_s=wall_s, monotonic_s=monotonic_s)
        # A flood of refusals keeps no driver from what it needs.
        self._others = Lines(others, OTHERS_BYTES, lasting=lasting, least_s=0, wall_s=wall_s)

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
        """Add a line: `asked`, `refused`, `done` or `failed`. Raises `Refused` for an owner's that come too fast.

        Of many refusals of a user only some are written (`hal.access.Refusals`), with how many there were besides.
        """
        unwritten = self._refusals.unwritten(peer.user) if what == "refused" else 0
        if unwritten is None:
            return
        told = {
            "time_us": round(self._wall_s() * 1e6),
            "what": what,
            "verb": f"{noun}.{verb}",
            "user": peer.user,
            "pid": peer.pid,
            "args": _clipped(args),
            "words": words[:LARGEST_TOLD],
        }
        if unwritten:
            told["unwritten"] = unwritten
        lines = self._owners if for_owners and what != "refused" else self._others
        lines.add(told, refusing=what == "asked")

    def close(self) -> None:
        """Close the files."""
        self._owners.close()
        self._others.close()


def _clipped(args: Mapping[str, Any]) -> Any:
    """Give arguments as they were, or the beginning of their text where they are long."""
    text = msgspec.json.encode(args)
    return args if len(text) <= LARGEST_TOLD else text[:LARGEST_TOLD].decode(errors="replace")
