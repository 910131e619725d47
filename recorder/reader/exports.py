"""Exports as jobs: a process each (`recorder.playback.export`), a few at once, followed and cancelled from here.

A job's process gets `--data DIR --job FILE`; FILE holds an `ExportRequest`. On standard output it prints one JSON
object a line: `{state, done_us, total_us, bytes, files, words}`; SIGTERM asks it to clean up and end.
"""

import asyncio
import contextlib
import logging
import re
import signal
import sys
import uuid
from collections.abc import Callable
from dataclasses import dataclass, field, replace
from enum import StrEnum
from pathlib import Path
from typing import Any

import msgspec

from recorder.client import child_signal
from recorder.client.errors import UNREADABLE, NotFound
from recorder.client.instance import Instance, private_directory
from recorder.client.stream import StreamName
from recorder.client.words import _

log = logging.getLogger(__name__)

MOST_AT_ONCE = 2
MOST_STALLED = 4
"""More than these, waiting for disks that do not answer and holding up no other job, fail: each is a process."""
MOST_REMEMBERED = 200
LONGEST_LINE = 1 << 20
KILL_AFTER_S = 3.0
NAME = re.compile("[0-9a-f]{12}")


class ExportState(StrEnum):
    """Where a job stands."""

    QUEUED = "queued"
    RUNNING = "running"
    DONE = "done"
    FAILED = "failed"
    CANCELLED = "cancelled"


Follower = Callable[["ExportProgress"], None]

_OVER = (ExportState.DONE, ExportState.FAILED, ExportState.CANCELLED)


@dataclass(frozen=True)
class ExportRequest:
    """What is to be exported; `path` is the folder or file that it goes to."""

    channels: tuple[int, ...]
    stream: StreamName
    start_us: int
    end_us: int
    path: str
    names: dict[int, str] = field(default_factory=dict[int, str])
    """Names of channels, for the names of files."""
    silent: tuple[int, ...] = ()
    """Channels whose sound is left out."""
    exported_by: str = ""
    """Who wanted it, for the manifest."""
    fetched: bool = False
    """Whether the folder belongs to who asked, and goes when the files were fetched."""


@dataclass(frozen=True)
class ExportProgress:
    """How far a job is; sent at every change."""

    job: str
    state: ExportState
    done_us: int = 0
    total_us: int = 0
    bytes: int = 0
    files: tuple[str, ...] = ()
    words: str = ""
    op: str = "export_progress"


class _Line(msgspec.Struct):
    state: ExportState
    done_us: int = 0
    total_us: int = 0
    bytes: int = 0
    files: tuple[str, ...] = ()
    words: str = ""
    stalled: bool = False


@dataclass
class _Job:
    request: ExportRequest
    progress: ExportProgress
    process: asyncio.subprocess.Process | None = None
    cancelled: bool = False
    task: asyncio.Task[None] | None = None
    has_place: bool = False
    """Whether it is one of those at once: one that waits for a disk gave its place to another."""


class Exports:
    """All jobs of this run of the reader."""

    def __init__(self, instance: Instance, entry: str = "recorder.playback.export") -> None:
        self._instance = instance
        self._entry = entry
        self._jobs: dict[str, _Job] = {}
        self._slots = asyncio.Semaphore(MOST_AT_ONCE)
        self.followers: list[Follower] = []
        """Told of every change of every job."""

    def start(self, request: ExportRequest, name: str = "") -> str:
        """Begin a job, or queue it; gives its id, which is `name` where that is free."""
        if not NAME.fullmatch(name) or name in self._jobs:
            name = uuid.uuid4().hex[:12]
        total = (request.end_us - request.start_us) * len(request.channels)
        job = _Job(request, ExportProgress(name, ExportState.QUEUED, total_us=total))
        self._jobs[name] = job
        self._forget_oldest()
        job.task = asyncio.get_running_loop().create_task(self._run(name, job))
        return name

    def cancel(self, name: str) -> None:
        """End a job early; raises `NotFound`. Its process removes the file under way; finished ones stay."""
        job = self._jobs.get(name)
        if job is None:
            raise NotFound(what=_("export {job}").format(job=name))
        job.cancelled = True
        if job.process is not None:
            self._end(job.process)
        elif job.progress.state is ExportState.QUEUED and job.task is not None:
            job.task.cancel()
            self._tell(job, replace(job.progress, state=ExportState.CANCELLED))

    def list(self) -> tuple[ExportProgress, ...]:
        """Give all jobs, oldest first."""
        return tuple(job.progress for job in self._jobs.values())

    def requests(self) -> dict[str, ExportRequest]:
        """Give what each job was asked to do."""
        return {name: job.request for name, job in self._jobs.items()}

    async def stop(self) -> None:
        """Cancel what runs."""
        for name in list(self._jobs):
            self.cancel(name)
        tasks = [job.task for job in self._jobs.values() if job.task is not None]
        if tasks:
            await asyncio.wait(tasks, timeout=KILL_AFTER_S)

    async def _run(self, name: str, job: _Job) -> None:
        place = private_directory(self._instance.run / "exports") / f"{name}.json"
        await self._slots.acquire()
        job.has_place = True
        try:
            place.write_bytes(msgspec.json.encode(job.request))
            await self._follow(job, place)
        except OSError as error:
            self._tell(job, replace(job.progress, state=ExportState.FAILED, words=str(error)))
        finally:
            place.unlink(missing_ok=True)
            self._give_place(job)

    def _give_place(self, job: _Job) -> None:
        if job.has_place:
            job.has_place = False
            self._slots.release()

    async def _follow(self, job: _Job, place: Path) -> None:
        process = job.process = await asyncio.create_subprocess_exec(
            *(sys.executable, "-m", self._entry, "--data", str(self._instance.data), "--job", str(place)),
            stdin=asyncio.subprocess.DEVNULL,
            stdout=asyncio.subprocess.PIPE,
            limit=LONGEST_LINE,
        )
        assert process.stdout is not None
        if job.cancelled:
            self._end(process)
        self._tell(job, replace(job.progress, state=ExportState.RUNNING))
        with contextlib.suppress(ValueError):  # a line without end
            async for line in process.stdout:
                self._heard(job, line)
        self._end(process)
        status = await process.wait()
        job.process = None
        if job.progress.state not in _OVER:
            state = ExportState.CANCELLED if job.cancelled else ExportState.FAILED
            words = "" if job.cancelled else _("The export ended unexpectedly ({status}).").format(status=status)
            self._tell(job, replace(job.progress, state=state, words=words))

    def _heard(self, job: _Job, line: bytes) -> None:
        try:
            told = msgspec.json.decode(line, type=_Line)
        except UNREADABLE:
            log.warning("An export said something that is not progress")
            return
        if job.progress.state in _OVER:
            return
        facts = msgspec.structs.asdict(told)
        if facts.pop("stalled") and job.has_place:
            self._stalled(job, facts)
        else:
            self._tell(job, replace(job.progress, **facts))

    def _stalled(self, job: _Job, facts: dict[str, Any]) -> None:
        """Let others go on while a job waits for a disk; where many do already it fails."""
        waiting = sum(one.process is not None and not one.has_place for one in self._jobs.values())
        if waiting < MOST_STALLED:
            self._tell(job, replace(job.progress, **facts))
            self._give_place(job)
        elif job.process is not None:
            words = _("{waiting} other exports wait for it, too. Export this again later.").format(waiting=waiting)
            facts |= {"state": ExportState.FAILED, "words": f"{facts['words']} {words}"}
            self._tell(job, replace(job.progress, **facts))
            self._end(job.process)

    def _tell(self, job: _Job, progress: ExportProgress) -> None:
        job.progress = progress
        for follower in list(self.followers):
            follower(progress)

    def _end(self, process: asyncio.subprocess.Process) -> None:
        if process.returncode is None:
            child_signal.send(process, signal.SIGTERM)
            asyncio.get_running_loop().call_later(KILL_AFTER_S, child_signal.send, process, signal.SIGKILL)

    def _forget_oldest(self) -> None:
        over = [name for name, job in self._jobs.items() if job.progress.state in _OVER]
        for name in over[: max(len(self._jobs) - MOST_REMEMBERED, 0)]:
            del self._jobs[name]
