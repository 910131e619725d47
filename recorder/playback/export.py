"""Export recorded footage: `export(...)` for programs, `python -m recorder.playback.export` for the reader.

    python -m recorder.playback.export --data DIR --job FILE.json

prints one JSON object a line, `{"state", "done_us", "total_us", "bytes", "files", "words"}`; SIGTERM cancels, and
leaves nothing half-written: files that were whole by then stay, and are told.
"""

import argparse
import os
import shutil
import signal
import sys
import threading
import time
from collections.abc import Callable
from dataclasses import replace
from pathlib import Path

import msgspec

from recorder.client.errors import Invalid, NightjarError
from recorder.client.instance import Instance
from recorder.client.stream import Epoch, Sample, SampleFlag, StreamKey
from recorder.client.tap import Subscribe
from recorder.client.words import _
from recorder.playback import names
from recorder.playback.errors import AlreadyThere, Cancelled, CannotWrite, NoFolder, NoSpace, NothingRecorded
from recorder.playback.job import ExportJob, Progress, State, read_job
from recorder.playback.mp4 import Mp4File
from recorder.playback.recorded import FromReader, FromStore, Source
from recorder.playback.vouch import Hashes, Tree, Vouching

LARGEST_FILE_BYTES = 4_000_000_000
"""FAT takes files below 4 GiB: a longer stretch goes on in another part."""
SPARE_BYTES = 16 << 20
"""Left free on the device."""
CHECK_EVERY_BYTES = 32 << 20
TELL_EVERY_S = 0.25
LAST_WORD_S = 2.0
"""After SIGTERM, so long is waited for what is being written."""
SUFFIX = ".mp4"

_KEY, _DISCONTINUITY = int(SampleFlag.KEY), int(SampleFlag.DISCONTINUITY)
SWITCH_S = 0.0002
"""So long a thread of the process interprets while another one waits: those that hash and read hardly interpret, and
Python's 5 ms would leave them and the muxer waiting for each other at every picture."""

Tell = Callable[[Progress], None]


def export(
    job: ExportJob,
    reader_socket: Path,
    on_progress: Tell,
    cancelled: threading.Event,
    vouching: Vouching | None = None,
) -> Progress:
    """Write the files of a job and give the last progress; it never raises for what can be told in words."""
    return Export(job, FromReader(reader_socket, cancelled), on_progress, vouching).run()


class Export:
    """One job under way. `open_file` is what is being written, for whoever must remove it in a hurry.

    With `vouching` a signed manifest comes to lie beside each file.
    """

    def __init__(self, job: ExportJob, source: Source, on_progress: Tell, vouching: Vouching | None = None) -> None:
        self.open_file: Mp4File | None = None
        self._job, self._source, self._tell, self._vouching = job, source, on_progress, vouching
        self._tree: Tree | None = None
        self._progress = Progress(State.RUNNING, 0, (job.end_us - job.start_us) * len(job.channels))
        self._told_s = 0.0
        self._checked_bytes = 0
        self._finished_bytes = 0
        self._left_out: dict[str, None] = {}
        """Sentences on what was recorded and is not in the files, in order."""

    def run(self) -> Progress:
        """Write all files."""
        try:
            self._tell(self._progress)
            folder, name = _place(self._job)
            names.sweep(folder, time.time())
            self._check_space(folder, self._expected())
            for number, channel in enumerate(self._job.channels):
                self._channel(channel, number, folder, name)
            if not self._progress.files:
                raise NothingRecorded
            words = " ".join(self._left_out)
            done = replace(self._progress, state=State.DONE, done_us=self._progress.total_us, words=words)
        except Cancelled:
            done = replace(self._progress, state=State.CANCELLED, words=str(Cancelled()))
        except NightjarError as error:
            done = replace(self._progress, state=State.FAILED, words=str(error))
        if done.state is not State.DONE and self.open_file is not None:
            self.open_file.discard()
            if self._tree is not None:
                self._tree.finish()
        self._tell(done)
        return done

    def _subscription(self, channel: int) -> Subscribe:
        job = self._job
        return Subscribe(1, channel, job.stream, from_us=job.start_us, until_us=job.end_us, audio=job.audio)

    def _expected(self) -> int:
        return sum(self._source.expected_bytes(self._subscription(channel)) for channel in self._job.channels)

    def _channel(self, channel: int, number: int, folder: Path, name: str | None) -> None:
        key = StreamKey(channel, self._job.stream)
        base, part = name, 0
        known: Epoch | None = None
        video = -1
        for epoch, sample in self._source.samples(self._subscription(channel)):
            if epoch is not known:
                known, video = epoch, epoch.video.track if epoch.video is not None else -1
            file = self.open_file
            if sample.track == video and self._new_part(file, epoch, sample):
                self._finish(channel, exact=name is not None)
                if not sample.flags & SampleFlag.KEY:
                    continue
                part += 1
                if base is None:
                    title = self._job.names.get(channel) or _("channel")
                    base = names.stem(title, channel, sample.wall_us)
                wanted = folder / (f"{base}{SUFFIX}" if part == 1 else f"{base}_part{part}{SUFFIX}")
                if name is not None and wanted.exists():
                    raise AlreadyThere(path=wanted)
                self.open_file = file = Mp4File(wanted, key, epoch, sample, sound=self._job.audio)
                self._tree = Tree() if self._vouching is not None else None
                if epoch.metadata is not None:
                    self._left_out[_("What the camera says of its pictures (metadata) has no place in MP4.")] = None
            if file is not None:
                file.add(sample)
                if self._tree is not None:
                    self._tree.add(sample)
                self._note(file, number)
        self._finish(channel, exact=name is not None)

    def _new_part(self, file: Mp4File | None, epoch: Epoch, sample: Sample) -> bool:
        # As numbers: this is asked of every sample, and enums take their time.
        flags = int(sample.flags)
        if file is None or flags & _DISCONTINUITY:
            return True
        if epoch is not file.epoch and epoch.tracks != file.epoch.tracks:
            return True
        return bool(flags & _KEY) and file.bytes > LARGEST_FILE_BYTES

    def _finish(self, channel: int, *, exact: bool) -> None:
        file = self.open_file
        if file is None:
            return
        file.close()
        hashes = self._hashes(file)
        path = file.finish(exact=exact)
        if file.silent:
            self._left_out[_("The sound is of a kind that MP4 has no place for.")] = None
        self.open_file = None
        self._finished_bytes += path.stat().st_size
        self._checked_bytes = 0
        self._progress = replace(self._progress, bytes=self._finished_bytes, files=(*self._progress.files, str(path)))
        if self._vouching is not None and self._tree is not None and hashes is not None:
            self._vouching.sign(path, channel, self._tree, hashes, file.start_us, file.newest_us)

    def _hashes(self, file: Mp4File) -> Hashes | None:
        try:
            return Hashes(file.temporary) if self._vouching is not None else None
        except OSError as error:
            raise CannotWrite(path=file.wanted.parent, problem=error.strerror or error) from error

    def _note(self, file: Mp4File, number: int) -> None:
        if file.bytes - self._checked_bytes > CHECK_EVERY_BYTES:
            self._checked_bytes = file.bytes
            self._check_space(file.wanted.parent, 0)
        now_s = time.monotonic()
        if now_s - self._told_s > TELL_EVERY_S:
            self._told_s = now_s
            stretch = self._job.end_us - self._job.start_us
            within = min(max(file.newest_us - self._job.start_us, 0), stretch)
            self._progress = replace(
                self._progress, done_us=number * stretch + within, bytes=self._finished_bytes + file.bytes
            )
            self._tell(self._progress)

    def _check_space(self, folder: Path, needed: int) -> None:
        free = shutil.disk_usage(folder).free
        if free < needed + SPARE_BYTES:
            raise NoSpace(path=folder, free=free >> 20, needed=(needed + SPARE_BYTES) >> 20)


def _place(job: ExportJob) -> tuple[Path, str | None]:
    """The folder of a job, and the stem of its file if it names one."""
    path = Path(job.path)
    if "\0" in job.path or not path.is_absolute():
        raise NoFolder(path=job.path[:200])
    if path.is_dir():
        return path, None
    if path.suffix.lower() != SUFFIX or not path.parent.is_dir():
        raise NoFolder(path=path if path.suffix.lower() != SUFFIX else path.parent)
    if len(job.channels) > 1:
        raise Invalid(problem=_("Several channels need a folder, not one file."))
    if path.exists():
        raise AlreadyThere(path=path)
    return path.parent, path.stem


def _print(progress: Progress) -> None:
    sys.stdout.buffer.write(msgspec.json.encode(progress) + b"\n")
    sys.stdout.buffer.flush()


def main() -> int:
    """Run one job; exit status 0 when it is done."""
    parser = argparse.ArgumentParser(prog="python -m recorder.playback.export", description="Export footage to MP4")
    parser.add_argument("--data", type=Path, required=True, help="the data directory of the instance")
    parser.add_argument("--job", type=Path, required=True, help="a JSON file: channels, stream, start_us, end_us, path")
    asked = parser.parse_args()
    sys.setswitchinterval(SWITCH_S)
    cancelled = threading.Event()
    for number in (signal.SIGTERM, signal.SIGINT):
        signal.signal(number, lambda _number, _frame: cancelled.set())
    try:
        job = read_job(asked.job)
    except NightjarError as error:
        _print(Progress(State.FAILED, 0, 0, words=str(error)))
        return 1
    instance = Instance(asked.data)
    under_way = Export(job, FromStore(instance, cancelled), _print, Vouching(instance, job))
    results: list[Progress] = []
    thread = threading.Thread(target=lambda: results.append(under_way.run()), daemon=True)
    thread.start()
    while thread.is_alive() and not cancelled.is_set():
        thread.join(0.1)
    thread.join(LAST_WORD_S if cancelled.is_set() else None)
    if thread.is_alive():
        # It moves gigabytes within the muxer, which does not listen: take the file away from under it.
        if under_way.open_file is not None:
            under_way.open_file.discard()
        _print(Progress(State.CANCELLED, 0, (job.end_us - job.start_us) * len(job.channels), words=str(Cancelled())))
        os._exit(1)
    return 0 if results and results[0].state is State.DONE else 1


if __name__ == "__main__":
    sys.exit(main())
