"""What a stream is made of: its key, the codec parameters of its tracks, and samples with their times."""

from dataclasses import dataclass
from enum import IntFlag, StrEnum

import msgspec


class StreamName(StrEnum):
    """The streams of a channel (architecture §2)."""

    MAIN = "main"
    SUB = "sub"
    SUB2 = "sub2"
    PICTURE = "picture"
    MOTION = "motion"
    """Where something moved, as detection found it: no pictures."""


MOMENTS = frozenset({StreamName.PICTURE, StreamName.MOTION})
"""What is recorded now and then, on purpose: between two samples nothing is due."""


class TrackKind(StrEnum):
    """What a track carries."""

    VIDEO = "video"
    AUDIO = "audio"
    METADATA = "metadata"


class Codec(StrEnum):
    """How samples are coded.

    H.264 and H.265: NAL units behind 4-byte big-endian lengths, as in MP4. MJPEG: whole JPEG files. MPEG-4 part 2: what
    belongs to one VOP, with start codes. G.726: packed as RFC 3551 §4.5.4 says, least significant bits first. Opus: one
    packet. ONVIF: one XML document. Motion: one record of `recorder.client.motion`.
    """

    H264 = "h264"
    H265 = "h265"
    MJPEG = "mjpeg"
    MPEG4 = "mpeg4"
    PCMA = "pcma"
    PCMU = "pcmu"
    AAC = "aac"
    G726 = "g726"
    OPUS = "opus"
    ONVIF = "onvif"
    MOTION = "motion"


class SampleFlag(IntFlag):
    """What is to be known of one sample without looking into it."""

    NONE = 0
    KEY = 1
    """Decoding can begin here."""
    DAMAGED = 2
    """Packets of it were lost."""
    DISCONTINUITY = 4
    """Samples before it are missing, or the clock of the camera jumped: a new span begins here."""
    EPOCH = 8
    """Codec parameters changed: they come before this sample."""


@dataclass(frozen=True, order=True)
class StreamKey:
    """A stream of a channel; channels count from 1."""

    channel: int
    stream: StreamName = StreamName.MAIN

    def __str__(self) -> str:
        return f"{self.channel}/{self.stream}"


@dataclass(frozen=True)
class TrackParameters:
    """The codec parameters of one track: all that a decoder needs before the first sample.

    `parameter_sets` holds, for H.264, SPS then PPS; for H.265, VPS, SPS, PPS, each a whole NAL unit without start code
    or length; for MJPEG, the frame header (SOF segment); for MPEG-4 part 2, the configuration (VOS, VO, VOL headers);
    for AAC, one AudioSpecificConfig; for G.726, one byte: bits per sample; for all others, nothing.
    """

    track: int
    kind: TrackKind
    codec: Codec
    clock_hz: int
    parameter_sets: tuple[bytes, ...] = ()
    width: int = 0
    height: int = 0
    channels: int = 0


@dataclass(frozen=True)
class Epoch:
    """A stretch of a stream in which no codec parameter changes. `number` counts up within one stream."""

    number: int
    tracks: tuple[TrackParameters, ...]

    def track(self, number: int) -> TrackParameters | None:
        """Give the parameters of a track of this epoch, or None where it has no such track."""
        return next((one for one in self.tracks if one.track == number), None)

    @property
    def video(self) -> TrackParameters | None:
        """The first video track."""
        return next((one for one in self.tracks if one.kind is TrackKind.VIDEO), None)

    @property
    def metadata(self) -> TrackParameters | None:
        """The first metadata track."""
        return next((one for one in self.tracks if one.kind is TrackKind.METADATA), None)

    @property
    def audio(self) -> TrackParameters | None:
        """The first audio track."""
        return next((one for one in self.tracks if one.kind is TrackKind.AUDIO), None)


SAMPLE_BYTES = 300
"""What a sample takes in memory beside its data, at most (measured): itself, its times, its place where it is kept."""


class Sample(msgspec.Struct, frozen=True, gc=False):
    """One access unit of a track with its times: made for every picture of every camera, so at a tenth of the cost.

    `pts_us` is media time in microseconds, continuous within a span; `wall_us` is UTC in microseconds, when the picture
    was taken by the recorder's clock. Both order the samples of a track as they are shown.
    """

    track: int
    pts_us: int
    wall_us: int
    flags: SampleFlag
    data: bytes | memoryview
