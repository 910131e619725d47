"""Export jobs: begun at the reader, followed to their end, cancelled; kept in a bounded list.

The reader goes on when control ends; what it still knows is taken up again by the next run of control.
"""

import asyncio
import contextlib
import logging
import os
import secrets
import shutil
from collections.abc import Mapping, Sequence
from dataclasses import dataclass, field, replace
from pathlib import Path
from typing import Any

import msgspec

from recorder.client import wire
from recorder.client.answers import ExportJob, JobState
from recorder.client.clock import SECOND_US, Clock
from recorder.client.errors import NightjarError, NotFound, Unavailable
from recorder.client.instance import Instance
from recorder.client.stream import StreamName
from recorder.client.words import _
from recorder.control.events import Events
from recorder.control.frames_call import Told, ask, connect, next_message, told
from recorder.control.keeping import held_for_export

log = logging.getLogger(__name__)

KEPT_JOBS = 100
AT_ONCE = 8
ANSWER_S = 10.0
UNFETCHED_S = 24 * 3600
"""So long what is over waits to be fetched."""
CANCEL_S = 5.0
FIND_S = 3.0
"""So long the start of control may wait for a reader that does not say what it does."""


class TooManyExports(NightjarError):
    """More exports run than the disks can serve beside recording."""

    status = 429
    words = _("{count} exports run already. Wait until one has ended.")


@dataclass
class _Job:
    answer: ExportJob
    temporary: bool
    over_us: int = 0
    """When it was over, by the clock that never steps; 0 while it is not."""
    task: asyncio.Task[None] | None = None
    writer: asyncio.StreamWriter | None = None
    reader_job: Any = None


@dataclass(frozen=True)
class Wanted:
    """What to export: channels, one stream of each, a time, and the folder for the files."""

    channels: tuple[int, ...]
    stream: StreamName
    start_us: int
    end_us: int
    directory: Path
    temporary: bool = False
    """Whether the folder is ours, and goes when the job is forgotten."""
    grant: str = ""
    names: Mapping[int, str] = field(default_factory=dict[int, str])
    """Names of the channels, for the names of files."""
    silent: tuple[int, ...] = ()
    """Channels whose sound is left out."""


class _Asked(msgspec.Struct):
    """What the reader tells of a job's request."""

    channels: tuple[int, ...]
    stream: StreamName
    start_us: int
    end_us: int
    path: str
    silent: tuple[int, ...] = ()
    exported_by: str = ""
    fetched: bool = False


class _Listed(msgspec.Struct):
    """What the reader tells of all its jobs: how far each is, and what it was asked to do."""

    jobs: tuple[dict[str, Any], ...]
    asked: dict[str, _Asked]


class Exports:
    """All exports that are known. Belongs to the event loop."""

    def __init__(self, instance: Instance, events: Events, clock: Clock) -> None:
        self._instance = instance
        self._events = events
        self._clock = clock
        self._jobs: dict[str, _Job] = {}

    def all(self) -> list[ExportJob]:
        """Every job that is kept, oldest first."""
        return [job.answer for job in self._jobs.values()]

    def get(self, job: str) -> ExportJob:
        """One job; raises `NotFound`."""
        return self._job(job).answer

    def places(self) -> list[str]:
        """The folders that something is being written to."""
        return [job.answer.directory for job in self._jobs.values() if not job.answer.state.over]

    async def begin(self, wanted: Wanted, owner: str) -> ExportJob:
        """Begin an export; raises `Unavailable`, `Told` and `TooManyExports`, and then its own folder is gone."""
        await self._forget_oldest()
        await self._forget_unfetched()
        # It is counted and stands among the others at once: nobody comes in between.
        if sum(not one.answer.state.over for one in self._jobs.values()) >= AT_ONCE:
            if wanted.temporary:
                await _remove(wanted.directory)
            raise TooManyExports(count=AT_ONCE)
        number = secrets.token_hex(6)
        answer = ExportJob(
            number,
            JobState.QUEUED,
            wanted.channels,
            wanted.stream,
            wanted.start_us,
            wanted.end_us,
            str(wanted.directory),
            silent=wanted.silent,
            by=owner,
        )
        job = self._jobs[number] = _Job(answer, wanted.temporary)
        try:
            reader = await self._ask(job, wanted)
        except (OSError, asyncio.IncompleteReadError, TimeoutError, wire.BadFrame) as error:
            await self._abandon(job)
            raise Unavailable(process="reader") from error
        except NightjarError:
            await self._abandon(job)
            raise
        if job.answer.state.over:
            # Somebody cancelled it while the reader was asked.
            _ask_to_end(job)
            _hang_up(job)
            await _clear(job)
            return job.answer
        job.task = asyncio.create_task(self._follow_held(job, reader), name=f"export {number}")
        return job.answer

    async def find_again(self) -> frozenset[str] | None:
        """Take up what the reader does for an earlier run of ours; give the folders of files that can be fetched.

        Without a reader there is nothing to take up. None: the reader did not answer, and nobody knows.
        """
        try:
            _reader, writer = await connect(self._instance, "reader")
        except Unavailable:
            return frozenset()
        writer.close()
        try:
            async with asyncio.timeout(FIND_S):
                listed = await self._list()
                for progress in listed.jobs:
                    number = str(progress.get("job"))
                    if number in listed.asked and number not in self._jobs:
                        await self._know(number, listed.asked[number], progress)
        except (OSError, asyncio.IncompleteReadError, TimeoutError, NightjarError, msgspec.ValidationError) as error:
            log.warning("the reader did not tell of its exports: %s", error)
            return None
        return frozenset(job.answer.directory for job in self._jobs.values() if job.temporary)

    async def _list(self) -> _Listed:
        found = await ask(self._instance, "reader", {"op": "export_list", "id": 1}, "exports", FIND_S)
        return msgspec.convert(found, _Listed, strict=False)

    async def _know(self, number: str, asked: _Asked, progress: dict[str, Any]) -> None:
        """Know a job again as the reader tells it, and follow it where it is not over."""
        when = (asked.channels, asked.stream, asked.start_us, asked.end_us)
        answer = ExportJob(number, JobState.QUEUED, *when, asked.path, silent=asked.silent, by=asked.exported_by)
        job = _Job(answer, asked.fetched, reader_job=number)
        if not _state(progress).over:
            await self._take_up(job)
            return
        self._progress(job, progress)
        self._jobs[number] = job
        await _clear(job)

    async def _take_up(self, job: _Job) -> None:
        """Follow a job: first what is so, then what comes."""
        number = job.answer.id
        try:
            reader, job.writer = await connect(self._instance, "reader")
            job.writer.write(wire.encode({"op": "export_list", "id": 1}))
            while (message := await next_message(reader))["op"] != "exports":
                pass
            listed = msgspec.convert(message, _Listed, strict=False)
            progress = next((one for one in listed.jobs if one.get("job") == number), None)
            if progress is not None:
                self._progress(job, progress)
        except BaseException:
            _hang_up(job)
            raise
        if progress is None:
            _hang_up(job)
            return
        self._jobs[number] = job
        if job.answer.state.over:
            _hang_up(job)
            await _clear(job)
        else:
            job.task = asyncio.create_task(self._follow_held(job, reader), name=f"export {number}")

    async def cancel(self, number: str) -> ExportJob:
        """Stop a job: the reader removes the file under way, finished ones stay. Forget one that is over."""
        job = self._job(number)
        if job.answer.state.over:
            await self._forget(number)
            return job.answer
        if job.task is None:
            # The reader has not answered yet; `begin` ends it when it does.
            self._tell(job, state=JobState.CANCELLED)
            return job.answer
        _ask_to_end(job)
        with contextlib.suppress(TimeoutError):
            async with asyncio.timeout(CANCEL_S):
                await asyncio.shield(job.task)
        if not job.answer.state.over:
            self._tell(job, state=JobState.CANCELLED)
            job.task.cancel()
            _hang_up(job)
            await _clear(job)
        return job.answer

    def file(self, number: str, name: str) -> Path:
        """Give the path of a finished file by its name, or of its manifest or signature; raises `NotFound`."""
        answer = self.get(number)
        signed = name.removesuffix(".json").removesuffix(".sig")
        if answer.state is not JobState.DONE or not {name, signed} & set(answer.files):
            raise NotFound(what=_("finished file {name}").format(name=name))
        return Path(answer.directory) / name

    async def close(self) -> None:
        """Let go of all jobs; the reader goes on with them."""
        for job in self._jobs.values():
            if job.task is not None:
                job.task.cancel()
                await asyncio.wait([job.task])
            _hang_up(job)

    async def _ask(self, job: _Job, wanted: Wanted) -> asyncio.StreamReader:
        reader, job.writer = await connect(self._instance, "reader")
        question = {
            "op": "export",
            "id": 1,
            "channels": wanted.channels,
            "stream": wanted.stream,
            "start_us": wanted.start_us,
            "end_us": wanted.end_us,
            "path": str(wanted.directory),
            "grant": wanted.grant,
            "names": wanted.names,
            "silent": wanted.silent,
            "exported_by": job.answer.by,
            "name": job.answer.id,
            "fetched": wanted.temporary,
        }
        async with asyncio.timeout(ANSWER_S):
            job.writer.write(wire.encode(question))
            await job.writer.drain()
            while True:
                message = await next_message(reader)
                if message["op"] == "exporting":
                    job.reader_job = message.get("job")
                    self._tell(job, state=JobState.RUNNING)
                    return reader
                if message["op"] == "failed":
                    raise told(message)

    async def _follow_held(self, job: _Job, reader: asyncio.StreamReader) -> None:
        """Follow a job whose footage is kept from reuse meanwhile (S6)."""
        one = job.answer
        when = (one.channels, one.stream, one.start_us, one.end_us)
        async with held_for_export(self._instance, self._clock, *when, one.id):
            await self._follow(job, reader)
            await _clear(job)

    async def _follow(self, job: _Job, reader: asyncio.StreamReader) -> None:
        try:
            while not job.answer.state.over:
                message = await next_message(reader)
                if message["op"] == "export_progress" and message.get("job") == job.reader_job:
                    self._progress(job, message)
                elif message["op"] == "failed":
                    raise told(message)
        except Told as error:
            self._tell(job, state=JobState.FAILED, words=str(error))
        except (OSError, asyncio.IncompleteReadError, wire.BadFrame):
            words = _("The reader service ended in the middle of the export. Begin it again.")
            self._tell(job, state=JobState.FAILED, words=words)
        finally:
            _hang_up(job)

    def _progress(self, job: _Job, message: dict[str, Any]) -> None:
        try:
            self._tell(
                job,
                state=_state(message),
                done_us=int(message.get("done_us", 0)),
                total_us=int(message.get("total_us", 0)),
                bytes=int(message.get("bytes", 0)),
                files=_names(message.get("files", ())),
                words=str(message.get("words", "")),
            )
        except (ValueError, TypeError) as error:
            raise wire.BadFrame(problem=str(error)) from error

    def _tell(self, job: _Job, **changes: Any) -> None:
        if job.answer.state.over:
            return
        job.answer = replace(job.answer, **changes)
        if job.answer.state.over:
            job.over_us = self._clock.monotonic_us()
        self._events.publish("export", job.answer)

    def _job(self, number: str) -> _Job:
        try:
            return self._jobs[number]
        except KeyError:
            raise NotFound(what=_("export {number}").format(number=number)) from None

    async def _abandon(self, job: _Job) -> None:
        _hang_up(job)
        await self._forget(job.answer.id)

    async def _forget_oldest(self) -> None:
        over = [number for number, job in self._jobs.items() if job.answer.state.over]
        for number in over[: max(0, len(self._jobs) - KEPT_JOBS + 1)]:
            await self._forget(number)

    async def _forget_unfetched(self) -> None:
        """Forget what nobody fetched within a day, and the oldest of it while all of it takes half of the room."""
        waiting = {number: job for number, job in self._jobs.items() if job.temporary and job.over_us}
        left = sum(job.answer.bytes for job in waiting.values())
        usage = await asyncio.to_thread(shutil.disk_usage, self._instance.data)
        most, oldest_us = (usage.free + left) // 2, self._clock.monotonic_us() - UNFETCHED_S * SECOND_US
        for number, job in waiting.items():
            if left > most or job.over_us < oldest_us:
                left -= job.answer.bytes
                await self._forget(number)

    async def _forget(self, number: str) -> None:
        job = self._jobs.pop(number, None)
        if job is not None and job.temporary:
            await _remove(Path(job.answer.directory))


def _ask_to_end(job: _Job) -> None:
    if job.writer is not None:
        job.writer.write(wire.encode({"op": "export_cancel", "job": job.reader_job}))


def _hang_up(job: _Job) -> None:
    if job.writer is not None:
        job.writer.close()
        job.writer = None


async def _clear(job: _Job) -> None:
    """Remove what was made to be fetched and never can be: only what is done is given."""
    if job.temporary and job.answer.state is not JobState.DONE:
        await _remove(Path(job.answer.directory))


async def _remove(folder: Path) -> None:
    await asyncio.to_thread(shutil.rmtree, folder, ignore_errors=True)


def _state(progress: dict[str, Any]) -> JobState:
    """Read how far a job is; raises `BadFrame`."""
    try:
        return JobState(progress.get("state", ""))
    except ValueError as error:
        raise wire.BadFrame(problem=str(error)) from error


def _names(files: Sequence[Any]) -> tuple[str, ...]:
    """The bare names of files: the reader may tell whole paths."""
    return tuple(os.path.basename(str(one)) for one in files)  # noqa: PTH119 - a name, not a path of ours
