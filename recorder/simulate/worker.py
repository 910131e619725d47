"""The process that makes clips: `python -m recorder.simulate.worker CACHE`.

It reads one `ClipSpec` a line (JSON) and works on all of them in turn, a GOP at a time, so that every camera soon has
something to show. It answers `done KEY` or `failed KEY`, and ends when its input does or when there is nothing to do.
"""

import contextlib
import logging
import os
import select
import sys
import time
from collections.abc import Iterator
from dataclasses import dataclass
from pathlib import Path

import msgspec

from recorder.simulate.clip import ClipSpec
from recorder.simulate.encoding import encode

IDLE_S = 10.0
NICENESS = 5
_PAUSE_S = 0.1

log = logging.getLogger("simulate.worker")


@dataclass
class _Job:
    """One clip in the making."""

    spec: ClipSpec
    work: Iterator[bool]
    gops: int = 0
    waits: bool = False
    """Another process makes it."""


def main(cache: Path) -> None:
    """Work until the input ends or nothing came for `IDLE_S`."""
    logging.basicConfig(level=logging.INFO, format="%(name)s: %(message)s")
    with contextlib.suppress(OSError):
        os.nice(NICENESS)
    jobs: list[_Job] = []
    pending = b""
    while True:
        if select.select([sys.stdin.fileno()], [], [], 0 if jobs else IDLE_S)[0]:
            read = os.read(sys.stdin.fileno(), 1 << 16)
            if not read:
                return
            *lines, pending = (pending + read).split(b"\n")
            for line in lines:
                spec = msgspec.json.decode(line, type=ClipSpec)
                jobs.append(_Job(spec, encode(spec, cache)))
        elif not jobs:
            return
        # Whoever has least goes first, small pictures before large ones.
        job = min((one for one in jobs if not one.waits), key=lambda one: (one.gops, one.spec.width), default=None)
        if job is None:
            time.sleep(_PAUSE_S)
            for one in jobs:
                one.waits = False
        elif _advance(job):
            jobs.remove(job)


def _advance(job: _Job) -> bool:
    """Make one GOP; tells whether the clip is done with."""
    key = job.spec.key
    try:
        job.waits = not next(job.work)
    except StopIteration:
        print(f"done {key}", flush=True)  # noqa: T201 - the protocol of this process
        return True
    except Exception:  # one clip that fails must not take the others with it
        log.exception("%s could not be made", key)
        print(f"failed {key}", flush=True)  # noqa: T201
        return True
    job.gops += 1
    return False


if __name__ == "__main__":
    main(Path(sys.argv[1]))
