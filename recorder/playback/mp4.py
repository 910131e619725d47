"""One MP4 file of recorded samples, nothing encoded again but sound that MP4 cannot hold.

It is written under a hidden name beside its place, and takes its true name, which it never takes from another file,
when it is whole and on the disk. The index stands before the pictures ("fast start"), so that browsers begin at once.
H.265 is tagged `hvc1`, which players of Apple insist on. Times are those of the source, to the microsecond.
"""

import io
import os
from datetime import UTC, datetime
from fractions import Fraction
from pathlib import Path
from typing import cast

import av
from av.error import FFmpegError

from recorder.client.stream import Codec, Epoch, Sample, SampleFlag, StreamKey
from recorder.codec.errors import BadBitstream
from recorder.codec.nal import annex_b, is_whole
from recorder.codec.parameters import OF_NAL_UNITS, decoder_configuration, parameter_sets_annex_b
from recorder.playback import names
from recorder.playback.errors import CannotWrite, ExportError
from recorder.playback.order import DecodingTimes
from recorder.playback.sound import Sound, open_sound

TICK = Fraction(1, 1_000_000)
MOST_WAITING_BYTES = 64 << 20
"""A GOP longer than this is written in pieces."""
SOUND_WAIT_US = 10_000_000
_KEY = int(SampleFlag.KEY)
_UNKNOWN_END = "0000-00-00T00:00:00.000000Z"
# MJPEG and MPEG-4 part 2 become `mp4v` with their object types (ISO/IEC 14496-1 table 5), which players know.
_FORMATS = {Codec.H264: "h264", Codec.H265: "hevc", Codec.MJPEG: "mjpeg", Codec.MPEG4: "m4v"}


class CannotMux(ExportError):
    """The recorded samples do not make a file."""

    words = "The recording cannot be put into a file: {problem}."


class Mp4File:
    """A file that grows from a key frame on. Raises `CannotWrite`, `CannotMux`."""

    def __init__(self, wanted: Path, key: StreamKey, epoch: Epoch, first: Sample, *, sound: bool = True) -> None:
        video = epoch.video
        if video is None or video.codec not in _FORMATS:
            raise CannotMux(problem="no picture that MP4 can hold")
        self.wanted = wanted
        self.epoch = epoch
        self.start_us = first.wall_us
        self.newest_us = first.wall_us
        self.bytes = 0
        """Of samples so far."""
        self._video = video
        self._base_us = first.pts_us
        self._of_units = video.codec in OF_NAL_UNITS
        self._times = DecodingTimes()
        self._gops: list[list[Sample]] = []
        self._waiting_bytes = 0
        self._audio = epoch.audio if sound else None
        self._sounds: list[Sample] = []
        self._sound: Sound | None = None
        self._heard = False
        self._begun = False
        self._step_us = 40_000
        self._decoded = 0
        self.temporary = names.under_way(wanted)
        try:
            self.temporary.unlink(missing_ok=True)
            options = {"movflags": "faststart", "video_track_timescale": str(TICK.denominator)}
            self._container = av.open(str(self.temporary), "w", format="mp4", options=options)
            self._container.metadata.update(self._metadata(key))
            self._stream = self._add_video(first)
        except (FFmpegError, OSError) as error:
            self.discard()
            raise CannotWrite(path=wanted.parent, problem=_problem(error)) from error
        except (BadBitstream, ValueError, IndexError) as error:
            self.discard()
            raise CannotMux(problem="its codec parameters are damaged") from error

    def add(self, sample: Sample) -> None:
        """Append a sample of the epoch, video or sound, in recorded order."""
        if self._audio is not None and sample.track == self._audio.track:
            if sample.pts_us >= self._base_us:
                self._heard = True
                self._sounds.append(sample)
                self._waiting_bytes += len(sample.data)
        elif sample.track == self._video.track:
            if not self._gops or int(sample.flags) & _KEY or self._waiting_bytes > MOST_WAITING_BYTES:
                if self._may_flush(sample):
                    self._flush()
                self._gops.append([])
            self._gops[-1].append(sample)
            self._waiting_bytes += len(sample.data)
            self.newest_us = max(self.newest_us, sample.wall_us)

    def close(self) -> None:
        """Write what is left: every byte stands in the file at `temporary`, though not yet on the disk."""
        try:
            self._flush()
            if self._sound is not None:
                self._container.mux(list(self._sound.rest()))
            self._container.close()
            with self.temporary.open("r+b") as file:
                _set_end(file, _iso(self.newest_us + self._step_us))
        except (FFmpegError, OSError) as error:
            self.discard()
            raise CannotWrite(path=self.wanted.parent, problem=_problem(error)) from error

    def finish(self, *, exact: bool) -> Path:
        """Bring a closed file to the disk and give it its name; `exact` refuses any other than the wanted one."""
        try:
            with self.temporary.open("rb") as file:
                os.fsync(file.fileno())
            place = names.claim(self.wanted, exact=exact)
            self.temporary.replace(place)
            _sync_folder(place.parent)
        except OSError as error:
            self.discard()
            raise CannotWrite(path=self.wanted.parent, problem=_problem(error)) from error
        except ExportError:
            self.discard()
            raise
        return place

    @property
    def silent(self) -> bool:
        """Sound was recorded, and is of a kind that cannot be taken along."""
        return self._begun and self._audio is not None and self._heard and self._sound is None

    def discard(self) -> None:
        """Leave nothing behind."""
        self.temporary.unlink(missing_ok=True)

    def _add_video(self, first: Sample) -> av.VideoStream:
        # A probed stream gives the muxer what the codec configuration, set by hand, does not say. With avcC and hvcC it
        # takes samples as they are recorded, NAL units behind their lengths.
        configuration = decoder_configuration(self._video)
        ahead = configuration if self._video.codec is Codec.MPEG4 else parameter_sets_annex_b(self._video)
        probe = io.BytesIO(ahead + (annex_b(first.data) if self._video.codec in OF_NAL_UNITS else first.data))
        with av.open(probe, format=_FORMATS[self._video.codec]) as template:
            stream = self._container.add_stream_from_template(template.streams.video[0], opaque=True)
        if configuration:
            stream.codec_context.extradata = configuration
        if self._video.codec is Codec.H265:
            stream.codec_context.codec_tag = "hvc1"
        stream.time_base = TICK
        return stream

    def _may_flush(self, sample: Sample) -> bool:
        """Whether the tracks of the file are known: with sound due, its first sample is waited for."""
        if self._begun or self._audio is None or self._sounds:
            return True
        return sample.pts_us - self._base_us > SOUND_WAIT_US or self._waiting_bytes > MOST_WAITING_BYTES

    def _flush(self) -> None:
        """Write the pictures of whole GOPs and the sound that came with them."""
        gops, self._gops, self._waiting_bytes = self._gops, [], 0
        sounds, self._sounds = self._sounds, []
        if not self._begun and sounds and self._audio is not None:
            self._sound = open_sound(self._container, self._audio, sounds[0])
        for gop in gops:
            shown = [sample.pts_us - self._base_us for sample in gop]
            for sample, at, decoded in zip(gop, shown, self._times.of(shown), strict=True):
                self._put(sample, at, decoded)
        if self._sound is None:
            return
        for sample in sounds:
            for packet in self._sound.packets(sample, sample.pts_us - self._base_us):
                self._container.mux_one(packet)
                self.bytes += packet.size

    def _put(self, sample: Sample, shown: int, decoded: int) -> None:
        data = sample.data
        if self._of_units and not is_whole(data):
            return  # nothing in it that a player could find
        # It takes any buffer, and copies only when it is written.
        packet = av.Packet(cast("bytes", data))
        packet.stream = self._stream
        packet.time_base = TICK
        packet.pts, packet.dts = shown, decoded
        # Only that of the last picture counts; without one, players leave it out.
        packet.duration = decoded - self._decoded if self._begun else self._step_us
        self._decoded = decoded
        packet.is_keyframe = bool(int(sample.flags) & _KEY)
        self._begun = True
        self._container.mux_one(packet)
        self.bytes += len(data)

    def _metadata(self, key: StreamKey) -> dict[str, str]:
        begin = _iso(self.start_us)
        return {
            "creation_time": begin,
            "title": self.wanted.stem,
            "comment": f"Nightjar channel={key.channel} stream={key.stream} start={begin} end={_UNKNOWN_END}",
        }


def _iso(at_us: int) -> str:
    return datetime.fromtimestamp(at_us // 1_000_000, UTC).strftime("%Y-%m-%dT%H:%M:%S") + f".{at_us % 1_000_000:06}Z"


def _set_end(file: io.BufferedRandom, end: str) -> None:
    """Write the end, which nobody knew at the begin, over its stand-in in the `moov` box (of the same length)."""
    while len(header := file.read(8)) == 8:
        size, kind = int.from_bytes(header[:4], "big"), header[4:]
        if size == 1:
            size = int.from_bytes(file.read(8), "big") - 8
        if kind == b"moov":
            begin = file.tell()
            at = file.read(size - 8).rfind(_UNKNOWN_END.encode())
            if at >= 0:
                file.seek(begin + at)
                file.write(end.encode())
                file.flush()
            return
        if size < 8:
            return
        file.seek(size - 8, os.SEEK_CUR)


def _sync_folder(folder: Path) -> None:
    descriptor = os.open(folder, os.O_RDONLY | os.O_DIRECTORY)
    try:
        os.fsync(descriptor)
    finally:
        os.close(descriptor)


def _problem(error: OSError | FFmpegError) -> str:
    return error.strerror or type(error).__name__
