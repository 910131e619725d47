"""Export recorded footage, as a process of the reader's.

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
from dataclasses import dataclass, field, replace
from pathlib import Path

import msgspec

from recorder.client.errors import Invalid, NightjarError
from recorder.client.instance import Instance
from recorder.client.stream import Epoch, Sample, SampleFlag, StreamName, TrackParameters
from recorder.client.tap import Subscribe
from recorder.client.words import _
from recorder.playback import moov, names
from recorder.playback.errors import (
    AlreadyThere,
    AnotherDevice,
    Cancelled,
    CannotWrite,
    NoFolder,
    NoPictures,
    NoSpace,
    NothingRecorded,
    OutOfReach,
)
from recorder.playback.job import ExportJob, Progress, State, read_job
from recorder.playback.left_out import LeftOut
from recorder.playback.mp4 import CannotMux, Mp4File
from recorder.playback.recorded import FromStore, Source
from recorder.playback.vouch import Contents, Vouching
from recorder.store.intervals import Interval
from recorder.store.playback import HOLE_US
from recorder.store.portion import Portion

LARGEST_FILE_BYTES = 4_000_000_000
"""With its index. FAT takes files below 4 GiB: a longer stretch goes on in another part."""
SPARE_BYTES = 16 << 20
"""Left free on the device."""
OWN_SPARE_BYTES = 256 << 20
"""Left free where the recorder keeps its own files: settings, events and the index grow there."""
CHECK_EVERY_BYTES = 32 << 20
TELL_EVERY_S = 0.25
LAST_WORD_S = 2.0
"""After SIGTERM, so long is waited for what is being written."""
SUFFIX = ".mp4"

_KEY, _DISCONTINUITY = int(SampleFlag.KEY), int(SampleFlag.DISCONTINUITY)
_CUTS = _KEY | _DISCONTINUITY
SWITCH_S = 0.0002
"""So long a thread of the process interprets while another one waits: those that hash and read hardly interpret, and
Python's 5 ms would leave them and the one that writes waiting for each other at every chunk."""

Tell = Callable[[Progress], None]


@dataclass
class _Channel:
    """The files of one channel: where they go, and how many there are. One with a name of its own gets no other."""

    channel: int
    number: int
    folder: Path
    base: str | None
    parts: int = 0
    written: list[Interval] = field(default_factory=list[Interval])
    """What the files show."""
    unfit: tuple[TrackParameters, ...] = ()
    """Parameters of which no file can be made."""
    step_us: int = 0
    """The longest that lies, on the average of a file, between two of its pictures."""

    def __post_init__(self) -> None:
        self.exact = self.base is not None

    def wrote(self, file: Mp4File) -> None:
        """A file is whole."""
        self.written.append((file.start_us, file.newest_us + 1))
        self.step_us = max(self.step_us, file.step_us)


class Export:
    """One job under way. `open_file` is what is being written, for whoever must remove it in a hurry.

    With `vouching` a signed manifest comes to lie beside each file. `own` is where the recorder keeps its own files.
    """

    def __init__(
        self,
        job: ExportJob,
        source: Source,
        on_progress: Tell,
        vouching: Vouching | None = None,
        own: Path | None = None,
    ) -> None:
        self.open_file: Mp4File | None = None
        self._job, self._source, self._tell, self._vouching = job, source, on_progress, vouching
        self._own = own
        self._contents = Contents()
        self._progress = Progress(State.RUNNING, 0, (job.end_us - job.start_us) * len(job.channels))
        self._device = 0
        """The file system that it began to write to."""
        self._told_s = 0.0
        self._checked_bytes = 0
        self._finished_bytes = 0
        self._expected: dict[int, int] = {}
        """About how many bytes each channel has in the stretch, 0 where that is not known."""
        self._left_out = LeftOut(job.names)
        self._unfit: CannotMux | None = None
        """Why pictures could not be put into a file."""

    def run(self) -> Progress:
        """Write all files; gives the last progress, and never raises for what can be told in words."""
        try:
            self._tell(self._progress)
            if self._job.stream is StreamName.MOTION:
                raise NoPictures(stream=self._job.stream)
            folder, name = _place(self._job)
            self._device = folder.stat().st_dev
            names.sweep(folder, time.time())
            self._expected = {one: self._source.expected_bytes(self._subscription(one)) for one in self._job.channels}
            expected = sum(self._expected.values())
            self._check_space(folder, expected)
            for number, channel in enumerate(self._job.channels):
                self._channel(channel, number, folder, name)
            if not self._progress.files:
                raise self._unfit or (OutOfReach if expected else NothingRecorded)
            words = self._left_out.words
            done = replace(self._progress, state=State.DONE, done_us=self._progress.total_us, words=words)
        except Cancelled:
            done = self.cancelled()
        except NightjarError as error:
            done = replace(self._progress, state=State.FAILED, words=str(error))
        except OSError as error:
            # The place went away between two writes: a stick that was pulled, a share that is gone.
            words = str(CannotWrite(path=self._job.path[:200], problem=error.strerror or type(error).__name__))
            done = replace(self._progress, state=State.FAILED, words=words)
        if done.state is not State.DONE and self.open_file is not None:
            self.open_file.discard()
        done = replace(done, stalled=False)
        self._tell(done)
        return done

    def cancelled(self) -> Progress:
        """Give the last progress of one that is called off: what was whole by then stays."""
        return replace(self._progress, state=State.CANCELLED, words=str(Cancelled()), stalled=False)

    def waits(self, disk: str) -> None:
        """Tell that a disk does not answer and is waited for, or with "" that it goes on."""
        words = (
            _("Disk {disk} does not answer at the moment. The export waits for it.").format(disk=disk) if disk else ""
        )
        self._progress = replace(self._progress, words=words, stalled=bool(disk))
        self._tell(self._progress)

    def _subscription(self, channel: int) -> Subscribe:
        job = self._job
        heard = channel not in job.silent
        return Subscribe(1, channel, job.stream, from_us=job.start_us, until_us=job.end_us, audio=heard)

    def _channel(self, channel: int, number: int, folder: Path, name: str | None) -> None:
        asked, under_way = self._subscription(channel), _Channel(channel, number, folder, name)
        recorded = self._source.stretches(asked)
        for portion in self._source.portions(asked):
            self._take(under_way, portion)
        self._finish(under_way)
        if under_way.written:
            self._left_out.compare(channel, recorded, under_way.written, under_way.step_us)
        elif not under_way.unfit:
            self._left_out.nothing(channel, recorded=bool(self._expected.get(channel)))

    def _take(self, under_way: "_Channel", portion: Portion) -> None:
        """Put a portion into the file it belongs to; where a new one is due it is shared out."""
        epoch, samples = portion.epoch, portion.samples
        video = epoch.video.track if epoch.video is not None else -1
        changed = self.open_file is not None and self.open_file.epoch.tracks != epoch.tracks
        begin = 0
        for n, sample in enumerate(samples):
            # As numbers: this is asked of every sample, and enums take their time.
            flags = int(sample.flags)
            if sample.track != video or (self.open_file is not None and not changed and not flags & _CUTS):
                continue
            # Other sound that comes before the first of its pictures has no file.
            if not changed:
                self._add(portion, begin, n, under_way.number)
            begin = n
            if changed or self._new_part(self.open_file, flags):
                changed = False
                self._finish(under_way)
                if flags & _KEY and epoch.tracks != under_way.unfit:
                    self._begin(under_way, epoch, sample)
        if not changed:
            self._add(portion, begin, len(samples), under_way.number)

    def _begin(self, under_way: "_Channel", epoch: Epoch, sample: Sample) -> None:
        """Begin a file with a key frame."""
        channel = under_way.channel
        if under_way.folder.stat().st_dev != self._device:
            raise AnotherDevice(path=under_way.folder)
        part = under_way.parts + 1
        title = self._job.names.get(channel) or _("channel")
        base = under_way.base or names.stem(title, channel, sample.wall_us)
        wanted = under_way.folder / f"{base}{f'_part{part}' if part > 1 else ''}{SUFFIX}"
        if under_way.exact and wanted.exists():
            raise AlreadyThere(path=wanted)
        asked = self._subscription(channel)
        ahead = replace(asked, from_us=sample.wall_us)
        try:
            self.open_file = Mp4File(
                wanted,
                asked.key,
                epoch,
                sample,
                sound=asked.audio,
                samples=self._source.samples_ahead(ahead, LARGEST_FILE_BYTES, moov.SAMPLE_BYTES),
                hashed=self._vouching is not None,
            )
        except CannotMux as error:
            # What comes with other parameters, and other channels, may do.
            under_way.unfit, self._unfit = epoch.tracks, error
            self._left_out.unfit(channel, str(error))
            return
        under_way.parts, under_way.base = part, base
        self._contents = Contents()
        if epoch.audio is not None and not asked.audio:
            self._left_out.unheard(channel)
        if epoch.metadata is not None:
            self._left_out.say(_("What the camera says of its pictures (metadata) has no place in MP4."))

    def _add(self, portion: Portion, begin: int, end: int, number: int) -> None:
        file = self.open_file
        if file is None or begin == end:
            return
        samples = portion.samples[begin:end]
        file.add(samples, portion.data if len(samples) == len(portion.samples) else None)
        self._contents.add(end - begin, portion.root)
        self._note(file, number)

    @staticmethod
    def _new_part(file: Mp4File | None, flags: int) -> bool:
        if file is None or flags & _DISCONTINUITY:
            return True
        return bool(flags & _KEY) and file.size > LARGEST_FILE_BYTES

    def _finish(self, under_way: "_Channel") -> None:
        file = self.open_file
        if file is None:
            return
        if file.newest_us + HOLE_US < self._job.start_us and not self._expected.get(under_way.channel):
            # Where a camera records but has sent nothing yet, reading begins with its newest GOP: a time before.
            self.open_file = None
            file.discard()
            under_way.parts -= 1
            under_way.base = under_way.base if under_way.exact else None
            return
        file.close()
        path = file.finish(exact=under_way.exact)
        if file.silent:
            self._left_out.say(_("The sound is of a kind that MP4 has no place for."))
        self.open_file = None
        under_way.wrote(file)
        size = path.stat().st_size
        self._finished_bytes += size
        self._checked_bytes = 0
        self._progress = replace(self._progress, bytes=self._finished_bytes, files=(*self._progress.files, str(path)))
        if self._vouching is not None:
            self._vouching.sign(path, under_way.channel, self._contents, size, file)

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
        needed += OWN_SPARE_BYTES if self._own and _together(self._own, folder) else SPARE_BYTES
        if free < needed:
            raise NoSpace(path=folder, free=free >> 20, needed=needed >> 20)


def _together(one: Path, other: Path) -> bool:
    """Whether two places are on the same file system."""
    return one.stat().st_dev == other.stat().st_dev


def _place(job: ExportJob) -> tuple[Path, str | None]:
    """The folder of a job, and the stem of its file if it names one."""
    path = Path(job.path)
    if "\0" in job.path or not path.is_absolute():
        raise NoFolder(path=job.path[:200])
    if path.is_dir():
        return path, None
    if path.suffix.lower() != SUFFIX:
        raise NoFolder(path=path)
    if not path.parent.is_dir():
        raise NoFolder(path=path.parent)
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
    source = FromStore(instance, cancelled)
    under_way = Export(job, source, _print, Vouching(instance, job), own=instance.state)
    source.waiting = under_way.waits
    results: list[Progress] = []
    thread = threading.Thread(target=lambda: results.append(under_way.run()), daemon=True)
    thread.start()
    while thread.is_alive() and not cancelled.is_set():
        thread.join(0.1)
    thread.join(LAST_WORD_S if cancelled.is_set() else None)
    if thread.is_alive():
        # It waits for the disk, and does not listen: take the file away from under it.
        if under_way.open_file is not None:
            under_way.open_file.discard()
        _print(under_way.cancelled())
        os._exit(1)
    return 0 if results and results[0].state is State.DONE else 1


if __name__ == "__main__":
    sys.exit(main())
