"""One process of the recorder: started, heard, and started again when it dies."""

import asyncio
import contextlib
import ctypes
import logging
import os
import signal
import time
from collections.abc import AsyncIterator, Callable, Mapping, Sequence
from dataclasses import dataclass, field

from recorder.client import child_signal

# Who dies for the first time is started again at once; who dies again, after these.
FIRST_PAUSE_S = 0.2
LONGEST_PAUSE_S = 5.0
# A process that lived this long dies for a new reason: it is started again at once.
STEADY_S = 30.0
STOP_S = 3.0
LONGEST_LINE = 65536
PRIVATE_VARIABLES = {"NIGHTJAR_ADMIN_PASSWORD"}
"""Passed on only to the process that is given them by name."""
_PR_SET_PDEATHSIG = 1  # prctl(2)
_libc = ctypes.CDLL(None, use_errno=True)


def _end_with_parent() -> None:
    _libc.prctl(_PR_SET_PDEATHSIG, signal.SIGTERM)


@dataclass(frozen=True)
class ChildSpec:
    """What to start.

    `said` hears each line of its standard output; `over` each end that was not asked for, with its status (negative
    for a signal); `when_ready` is called in a thread each time it said `ready`.
    """

    name: str
    argv: Sequence[str]
    environment: Mapping[str, str] = field(default_factory=dict[str, str])
    said: Callable[[str], None] | None = None
    over: Callable[[int], None] | None = None
    when_ready: Callable[[], None] | None = None

    def surroundings(self) -> dict[str, str]:
        """Its environment: ours without what only one process may know, and its own."""
        ours = {name: value for name, value in os.environ.items() if name not in PRIVATE_VARIABLES}
        return {**ours, **self.environment}


@dataclass(frozen=True)
class Running:
    """A living process."""

    pid: int
    since_us: int
    restarts: int


class Child:
    """Keeps one process alive until `stop`. `changed` is called when a process began or ended."""

    def __init__(self, spec: ChildSpec, changed: Callable[[], None]) -> None:
        self.spec = spec
        self.running: Running | None = None
        self.ready = asyncio.Event()
        self._changed = changed
        self._log = logging.getLogger(spec.name)
        self._process: asyncio.subprocess.Process | None = None
        self._stopping = False
        self._task: asyncio.Task[None] | None = None
        self._told: asyncio.Future[None] | None = None

    def start(self) -> None:
        """Begin to keep it alive."""
        self._task = asyncio.create_task(self._keep(), name=self.spec.name)

    async def stop(self, *, at_once: bool = False) -> None:
        """Ask it to end, and make it end after 3 s; or kill it at once, as a power cut does."""
        if self._task is None:
            return
        self._stopping = True
        process = self._process
        if process is not None and process.returncode is None:
            child_signal.send(process, signal.SIGKILL if at_once else signal.SIGTERM)
            try:
                async with asyncio.timeout(STOP_S):
                    await process.wait()
            except TimeoutError:
                self._log.warning("did not end within %.0f s and was killed", STOP_S)
                child_signal.send(process, signal.SIGKILL)
                await process.wait()
            # What it still said is heard, unless a child of its own holds the pipe.
            await asyncio.wait([self._task], timeout=1)
        self._task.cancel()
        with contextlib.suppress(asyncio.CancelledError):
            await self._task

    async def _keep(self) -> None:
        pause = 0.0
        restarts = 0
        while not self._stopping:
            began = time.monotonic()
            await self._live(restarts)
            if self._stopping:
                return
            if time.monotonic() - began > STEADY_S:
                pause = 0.0
            await asyncio.sleep(pause)
            pause = min(max(pause * 2, FIRST_PAUSE_S), LONGEST_PAUSE_S)
            restarts += 1

    async def _live(self, restarts: int) -> None:
        self._process = process = await asyncio.create_subprocess_exec(
            *self.spec.argv,
            env=self.spec.surroundings(),
            stdin=asyncio.subprocess.DEVNULL,
            stdout=asyncio.subprocess.PIPE,
            stderr=asyncio.subprocess.PIPE,
            limit=LONGEST_LINE,
            # Ctrl-C of a terminal goes to a whole group: it is ours alone, who end all in their order.
            process_group=0,
            preexec_fn=_end_with_parent,
        )
        self.running = Running(process.pid, time.time_ns() // 1000, restarts)
        self._changed()
        assert process.stdout is not None
        assert process.stderr is not None
        try:
            await asyncio.gather(self._hear(process.stdout), self._note(process.stderr), process.wait())
        finally:
            self.running = None
            self.ready.clear()
            self._changed()
        status = process.returncode or 0
        if not self._stopping:
            self._log.warning("ended with status %d and is started again", status)
            if self.spec.over:
                self.spec.over(status)

    async def _hear(self, stream: asyncio.StreamReader) -> None:
        async for line in _lines(stream):
            if line.partition(" ")[0] == "ready":
                self.ready.set()
                if self.spec.when_ready:
                    self._told = asyncio.get_running_loop().run_in_executor(None, self.spec.when_ready)
            if self.spec.said:
                self.spec.said(line)

    async def _note(self, stream: asyncio.StreamReader) -> None:
        async for line in _lines(stream):
            self._log.info("%s", line)


async def _lines(stream: asyncio.StreamReader) -> AsyncIterator[str]:
    while True:
        try:
            raw = await stream.readline()
        except ValueError:  # a line longer than the limit; what was read is gone
            continue
        if not raw:
            return
        yield raw.decode("utf-8", "replace").rstrip()
