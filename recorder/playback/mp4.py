"""One MP4 file of recorded samples, nothing encoded again but sound that MP4 cannot hold.

It is written under a hidden name beside its place, and takes its true name, which it never takes from another file,
when it is whole and on the disk. The index stands before the pictures ("fast start"), so that browsers begin at once:
room is left for it by how much is about to come, and only where that was too little the pictures are moved. H.265 is
tagged `hvc1`, which players of Apple insist on. Times are those of the source, to the microsecond.
"""

import contextlib
import os
import struct
from collections.abc import Iterable, Sequence
from datetime import UTC, datetime
from pathlib import Path

from recorder.client.stream import Epoch, Sample, SampleFlag, StreamKey
from recorder.codec.errors import BadBitstream
from recorder.codec.nal import is_whole
from recorder.codec.parameters import OF_NAL_UNITS
from recorder.playback import moov, names
from recorder.playback.errors import CannotWrite, ExportError
from recorder.playback.moov import About, Track
from recorder.playback.outgoing import Outgoing
from recorder.playback.sound import open_sound

_KEY = int(SampleFlag.KEY)
_MARGIN = 16
"""What is about to come is known to about a sixteenth."""
_STEP_US = 40_000
_LONE_US = 10_000_000
_DAMAGED = (BadBitstream, ValueError, IndexError, struct.error)


class CannotMux(ExportError):
    """The recorded samples do not make a file."""

    words = "The recording cannot be put into a file: {problem}."


class Mp4File:
    """A file that grows from a key frame on. Raises `CannotWrite`, `CannotMux`."""

    def __init__(
        self,
        wanted: Path,
        key: StreamKey,
        epoch: Epoch,
        first: Sample,
        *,
        sound: bool = True,
        samples: int = 0,
        hashed: bool = False,
    ) -> None:
        """Begin with nothing in it; about so many `samples` will come. `hashed` makes `pieces` for a manifest."""
        video = epoch.video
        if video is None or video.codec not in moov.VIDEO_CODECS:
            raise CannotMux(problem="no picture that MP4 can hold")
        self.wanted = wanted
        self.epoch = epoch
        self.start_us = first.wall_us
        self.newest_us = first.wall_us
        self.bytes = 0
        """Of samples so far."""
        self.pieces: tuple[str, ...] = ()
        """Hashes of the pieces of a finished file."""
        self._key = key
        self._video = Track(video)
        self._base_us = first.pts_us
        self._of_units = video.codec in OF_NAL_UNITS
        self._audio = epoch.audio if sound else None
        self._sound = open_sound(self._audio) if self._audio is not None else None
        self._heard: Track | None = None
        self._silenced = False
        try:
            moov.sample_entry(video)
        except _DAMAGED as error:
            raise CannotMux(problem="its codec parameters are damaged") from error
        self.temporary = names.under_way(wanted)
        likely = samples + samples // _MARGIN
        try:
            self.temporary.unlink(missing_ok=True)
            self._file = Outgoing(
                self.temporary, moov.room(likely, likely // 4, moov.parameter_bytes(epoch.tracks)), hashed=hashed
            )
        except OSError as error:
            raise CannotWrite(path=wanted.parent, problem=error.strerror or error) from error

    def add(self, samples: Sequence[Sample], data: memoryview | None = None) -> None:
        """Append samples of the epoch, video and sound, in recorded order; `data` are the bytes of all of them."""
        video, of_units = self._video.parameters.track, self._of_units
        parts: list[bytes | memoryview] = []
        times: list[int] = []
        places: list[int] = []
        sizes: list[int] = []
        keys: list[int] = []
        newest_us, at = self.newest_us, self.bytes
        for one in samples:
            picture = one.data
            if one.track != video:
                if self._audio is not None and one.track == self._audio.track and one.pts_us >= self._base_us:
                    at = self._hear(one, parts, at)
                continue
            newest_us = max(newest_us, one.wall_us)
            # What is not whole has nothing in it that a player could find.
            if of_units and not is_whole(picture):
                continue
            size = len(picture)
            times.append(one.pts_us)
            places.append(at)
            sizes.append(size)
            if int(one.flags) & _KEY:
                keys.append(len(sizes))
            parts.append(picture)
            at += size
        self._video.extend(times, places, sizes, keys)
        # All as it was read, or what was kept of it.
        whole = data is not None and len(parts) == len(samples) and len(data) == at - self.bytes
        self.newest_us, self.bytes = newest_us, at
        self._write(data if whole and data is not None else b"".join(parts))

    @property
    def size(self) -> int:
        """What the file takes by now, with the room for its index."""
        tracks = [self._video] if self._heard is None else [self._video, self._heard]
        samples, keys = sum(len(one.sizes) for one in tracks), len(self._video.keys)
        return max(self._file.room, moov.room(samples, keys, moov.parameter_bytes(self.epoch.tracks))) + self.bytes

    @property
    def step_us(self) -> int:
        """How far its pictures are from each other, on the average; of a single one, as far as a span lets be."""
        count = len(self._video.sizes)
        return (self.newest_us - self.start_us) // (count - 1) if count > 1 else _LONE_US

    def _write(self, block: bytes | memoryview) -> None:
        try:
            self._file.write(block)
        except OSError as error:
            raise self._refused(error) from error

    def _hear(self, sample: Sample, parts: list[bytes | memoryview], at: int) -> int:
        """Take sound; gives where the next sample begins."""
        if self._sound is None:
            self._silenced = True
            return at
        return self._keep(self._sound.frames(sample, sample.pts_us - self._base_us), parts, at)

    def _keep(self, frames: Iterable[tuple[int, bytes | memoryview]], parts: list[bytes | memoryview], at: int) -> int:
        for time_us, frame in frames:
            if self._heard is None:
                assert self._sound is not None
                self._heard = Track(self._sound.parameters)
            self._heard.add(self._base_us + time_us, at, len(frame), key=False)
            parts.append(frame)
            at += len(frame)
        return at

    def close(self) -> None:
        """Write what is left: every byte stands in the file at `temporary`, though not yet on the disk."""
        last: list[bytes | memoryview] = []
        if self._sound is not None:
            self.bytes = self._keep(self._sound.rest(), last, self.bytes)
        self._write(b"".join(last))
        try:
            self._file.write_front(self._front())
        except OSError as error:
            raise self._refused(error) from error
        except _DAMAGED as error:
            self.discard()
            raise CannotMux(problem="its codec parameters are damaged") from error

    def _front(self) -> bytes:
        """Give what stands before the samples, and have room for it."""
        file, sounds = self._file, [] if self._heard is None else [self._heard]
        index = moov.moov(self._video, sounds, file.room, self._about())
        front = moov.front(index, file.room, self.bytes)
        while front is None:
            file.make_room(moov.room_of(index))
            index = moov.moov(self._video, sounds, file.room, self._about())
            front = moov.front(index, file.room, self.bytes)
        return front

    def finish(self, *, exact: bool) -> Path:
        """Bring a closed file to the disk and give it its name; `exact` refuses any other than the wanted one."""
        try:
            self._file.sync()
            self.pieces = self._file.pieces()
            place = names.claim(self.wanted, exact=exact)
            self._move(place)
            _sync_folder(place.parent)
        except OSError as error:
            raise self._refused(error) from error
        except ExportError:
            self.discard()
            raise
        self._file.close()
        return place

    def _move(self, place: Path) -> None:
        try:
            self.temporary.replace(place)
        except OSError:
            # The empty file that holds the name must not be taken for an export.
            with contextlib.suppress(OSError):
                place.unlink()
            raise

    @property
    def silent(self) -> bool:
        """Sound was recorded, and is of a kind that cannot be taken along."""
        return self._silenced

    def discard(self) -> None:
        """Leave nothing behind, as far as the place still lets us; never raises."""
        with contextlib.suppress(OSError):
            self.temporary.unlink(missing_ok=True)
        with contextlib.suppress(OSError):
            self._file.close()

    def _refused(self, error: OSError) -> CannotWrite:
        self.discard()
        return CannotWrite(path=self.wanted.parent, problem=error.strerror or type(error).__name__)

    def _about(self) -> About:
        key, begin, end = self._key, iso(self.start_us), iso(self.newest_us + _STEP_US)
        comment = f"Nightjar channel={key.channel} stream={key.stream} start={begin} end={end}"
        return About(self.start_us, self.wanted.stem, comment)


def iso(at_us: int) -> str:
    """Give a time (UTC, µs) as it stands in files and manifests."""
    return datetime.fromtimestamp(at_us // 1_000_000, UTC).strftime("%Y-%m-%dT%H:%M:%S") + f".{at_us % 1_000_000:06}Z"


def _sync_folder(folder: Path) -> None:
    descriptor = os.open(folder, os.O_RDONLY | os.O_DIRECTORY)
    try:
        os.fsync(descriptor)
    finally:
        os.close(descriptor)
