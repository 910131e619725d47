"""The tap: how live and recorded samples travel from media and reader to decode, web, rtsp and exports.

A client connects to `media.sock` (live) or `reader.sock` (recorded time) and sends `Subscribe`. It is answered with
an `Opened` or a `Failed` message, then `EpochMessage` before the first sample and wherever codec parameters change,
then sample frames, and `Ended` when recorded time runs out or the stream goes away for good. Several subscriptions
share a connection; `id` tells them apart and is chosen by the client.

* Live (`from_us` is None): samples begin at the newest key frame of the ring, so a picture shows at once. A slow
  subscriber skips to the next key frame; it never pushes back (its first sample then has DISCONTINUITY).
* Recorded: samples begin at the key frame at or before `from_us` and go on to `until_us`. The reader sends only what
  `Credit` allows, in bytes of samples; holes between spans are marked by DISCONTINUITY. Live frames have no credit.
* `Mode.KEY` sends key frames only; `Mode.REVERSE` sends GOP after GOP backwards in time, each GOP forward inside, its
  first sample flagged DISCONTINUITY; `Mode.REVERSE_KEY` sends key frames only, backwards in time, all flagged so.

A sample frame is kind 1: `SAMPLE_HEADER` (subscription, track, flags, 0, epoch, pts µs, wall µs), then the data.
"""

import struct
from dataclasses import dataclass
from enum import StrEnum

from recorder.client import wire
from recorder.client.stream import Epoch, Sample, SampleFlag, StreamKey, StreamName, TrackKind

SAMPLE_HEADER = struct.Struct(">IBBHIqq")
_FRAME = struct.Struct(">IB" + SAMPLE_HEADER.format[1:])
_FLAGS = tuple(SampleFlag(value) for value in range(16))
"""Looked up for every sample: making one takes ten times as long."""


class Mode(StrEnum):
    """Which samples of the stretch are wanted."""

    ALL = "all"
    KEY = "key"
    REVERSE = "reverse"
    REVERSE_KEY = "reverse_key"

    @property
    def backwards(self) -> bool:
        """Whether it goes back in time."""
        return self in {Mode.REVERSE, Mode.REVERSE_KEY}


@dataclass(frozen=True)
class Subscribe:
    """Client: send me a stream."""

    id: int
    channel: int
    stream: StreamName = StreamName.MAIN
    from_us: int | None = None
    until_us: int | None = None
    mode: Mode = Mode.ALL
    audio: bool = False
    metadata: bool = False
    grant: str = ""
    video: bool = True
    """Live: False for the sound alone, which begins at any sample."""
    op: str = "subscribe"

    @property
    def key(self) -> StreamKey:
        """The stream asked for."""
        return StreamKey(self.channel, self.stream)

    def tracks(self, epoch: Epoch) -> frozenset[int]:
        """The tracks of an epoch that are wanted: its pictures, and what else was asked for."""
        kinds = {TrackKind.VIDEO} if self.video else set[TrackKind]()
        if self.audio:
            kinds.add(TrackKind.AUDIO)
        if self.metadata:
            kinds.add(TrackKind.METADATA)
        return frozenset(one.track for one in epoch.tracks if one.kind in kinds)


@dataclass(frozen=True)
class Unsubscribe:
    """Client: no more of this."""

    id: int
    op: str = "unsubscribe"


@dataclass(frozen=True)
class Credit:
    """Client: so many more bytes of samples may be sent (recorded time only)."""

    id: int
    bytes: int
    op: str = "credit"


@dataclass(frozen=True)
class Opened:
    """Server: the subscription stands; samples follow when there are any."""

    id: int
    op: str = "opened"


@dataclass(frozen=True)
class EpochMessage:
    """Server: the codec parameters of the samples that follow."""

    id: int
    epoch: Epoch
    op: str = "epoch"


@dataclass(frozen=True)
class Ended:
    """Server: nothing more comes, and why: `end` of the stretch, `removed`, `replaced`."""

    id: int
    reason: str
    op: str = "ended"


@dataclass(frozen=True)
class Failed:
    """Server: a request was refused. `code` names the error class, `words` is for people."""

    id: int
    code: str
    words: str
    op: str = "failed"


@dataclass(frozen=True, slots=True)
class Arrived:
    """A sample as it came over the tap."""

    id: int
    epoch: int
    sample: Sample


def pack_sample_header(subscription: int, epoch: int, sample: Sample) -> bytes:
    """Give the bytes before the data of a sample frame, frame header included; send the data right behind it."""
    return _FRAME.pack(
        1 + SAMPLE_HEADER.size + len(sample.data),
        wire.SAMPLE,
        subscription,
        sample.track,
        int(sample.flags),
        0,
        epoch,
        sample.pts_us,
        sample.wall_us,
    )


def unpack_sample(payload: bytes | memoryview) -> Arrived:
    """Read the payload of a sample frame; raises `BadFrame`."""
    if len(payload) < SAMPLE_HEADER.size:
        raise wire.BadFrame(problem="a short sample")
    subscription, track, flags, _, epoch, pts_us, wall_us = SAMPLE_HEADER.unpack_from(payload)
    data = memoryview(payload)[SAMPLE_HEADER.size :]
    return Arrived(subscription, epoch, Sample(track, pts_us, wall_us, _FLAGS[flags & 15], data))
