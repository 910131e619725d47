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
from collections import deque
from collections.abc import Iterator
from pathlib import Path

import msgspec

from recorder.simulate.clip import ClipSpec
from recorder.simulate.encoding import encode

IDLE_S = 10.0
NICENESS = 5
_PAUSE_S = 0.1

log = logging.getLogger("simulate.worker")


def main(cache: Path) -> None:
    """Work until the input ends or nothing came for `IDLE_S`."""
    logging.basicConfig(level=logging.INFO, format="%(name)s: %(message)s")
    with contextlib.suppress(OSError):
        os.nice(NICENESS)
    jobs: deque[tuple[str, Iterator[bool]]] = deque()
    pending = b""
    while True:
        if select.select([sys.stdin.fileno()], [], [], 0 if jobs else IDLE_S)[0]:
            read = os.read(sys.stdin.fileno(), 1 << 16)
            if not read:
                return
            *lines, pending = (pending + read).split(b"\n")
            for line in lines:
                spec = msgspec.json.decode(line, type=ClipSpec)
                jobs.append((spec.key, encode(spec, cache)))
        elif not jobs:
            return
        progress = [_advance(jobs) for _ in range(len(jobs))]
        if jobs and not any(progress):
            time.sleep(_PAUSE_S)


def _advance(jobs: deque[tuple[str, Iterator[bool]]]) -> bool:
    key, job = jobs.popleft()
    try:
        progressed = next(job)
    except StopIteration:
        print(f"done {key}", flush=True)  # noqa: T201 - the protocol of this process
        return True
    except Exception:  # one clip that fails must not take the others with it
        log.exception("%s could not be made", key)
        print(f"failed {key}", flush=True)  # noqa: T201
        return True
    jobs.append((key, job))
    return progressed


if __name__ == "__main__":
    main(Path(sys.argv[1]))
