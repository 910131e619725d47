"""Has clips made by worker processes, at most two at a time, and gives work again that a dead worker left."""

import asyncio
import contextlib
import logging
import signal
import sys
from pathlib import Path

import msgspec

from recorder.client import child_signal
from recorder.simulate.clip import ClipSpec

WORKERS = 2
TRIES = 3
_LOOK_EVERY_S = 0.1

log = logging.getLogger("simulate")


class _Worker:
    """One worker process and what it has yet to do."""

    def __init__(self) -> None:
        self.process: asyncio.subprocess.Process | None = None
        self.jobs: dict[str, ClipSpec] = {}
        self.listening: asyncio.Task[None] | None = None

    @property
    def scenes(self) -> set[str]:
        """The scenes it is at work on."""
        return {spec.scene for spec in self.jobs.values()}


class Workshop:
    """Makes the clips of one cache directory."""

    def __init__(self, cache: Path) -> None:
        self.cache = cache
        self._workers = [_Worker() for _ in range(WORKERS)]
        self._tries: dict[str, int] = {}
        self._starting = asyncio.Lock()

    def failed(self, spec: ClipSpec) -> bool:
        """Whether a clip was given up."""
        return self._tries.get(spec.key, 0) >= TRIES

    async def want(self, spec: ClipSpec) -> None:
        """See to it that a clip is in the cache or on its way."""
        async with self._starting:
            wanted = any(spec.key in worker.jobs for worker in self._workers)
            if wanted or self.failed(spec) or spec.place(self.cache).exists():
                return
            # What shows the same scene shares its light; otherwise whoever has less to do.
            worker = min(self._workers, key=lambda one: (spec.scene not in one.scenes, len(one.jobs)))
            worker.jobs[spec.key] = spec
            await self._assign(worker, [spec])

    async def idle(self) -> None:
        """Wait until nothing is left to do."""
        while working := [one.listening for one in self._workers if one.jobs and one.listening is not None]:
            await asyncio.wait(working, timeout=_LOOK_EVERY_S)

    async def close(self) -> None:
        """End the workers; what they have not finished is begun anew next time."""
        for worker in self._workers:
            worker.jobs.clear()
            if worker.process is not None:
                child_signal.send(worker.process, signal.SIGTERM)
        for worker in self._workers:
            if worker.listening is not None:
                await worker.listening

    async def _assign(self, worker: _Worker, specs: list[ClipSpec]) -> None:
        if worker.process is None or worker.process.returncode is not None:
            command = [sys.executable, "-m", "recorder.simulate.worker", str(self.cache)]
            pipe = asyncio.subprocess.PIPE
            worker.process = await asyncio.create_subprocess_exec(*command, stdin=pipe, stdout=pipe)
            worker.listening = asyncio.create_task(self._listen(worker, worker.process))
        assert worker.process.stdin is not None
        # A worker that just ended takes nothing; `_listen` then gives its work to a new one.
        with contextlib.suppress(ConnectionError):
            worker.process.stdin.write(b"".join(msgspec.json.encode(spec) + b"\n" for spec in specs))
            await worker.process.stdin.drain()

    async def _listen(self, worker: _Worker, process: asyncio.subprocess.Process) -> None:
        assert process.stdout is not None
        assert process.stdin is not None
        async for line in process.stdout:
            word, _, key = line.decode(errors="replace").strip().partition(" ")
            worker.jobs.pop(key, None)
            if word == "failed":
                self._tries[key] = TRIES
        await process.wait()
        process.stdin.close()
        left = list(worker.jobs.values())
        for spec in left:
            self._tries[spec.key] = self._tries.get(spec.key, 0) + 1
            if self.failed(spec):
                log.error("the clip %s was given up after %d tries", spec.key, TRIES)
                del worker.jobs[spec.key]
        if worker.jobs:
            await self._assign(worker, list(worker.jobs.values()))
