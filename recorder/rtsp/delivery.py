"""From access units to what the sink is owed: a key frame first, epochs before their key frames, flags, lip-sync."""

from collections.abc import Sequence
from typing import Protocol

from recorder.client.clock import SECOND_US
from recorder.client.stream import Epoch, TrackParameters
from recorder.codec import parameters
from recorder.codec.errors import BadBitstream
from recorder.rtsp.offer import METADATA_TRACK, VIDEO_TRACK, Offer
from recorder.rtsp.payload.choice import Sets
from recorder.rtsp.reception import Deliver
from recorder.rtsp.timeline import Timeline

# Reports that put sound further off than this speak of two clocks that have nothing to do with each other.
BELIEVED_SKEW_US = 10 * SECOND_US
# Sound and metadata further than this from the newest picture have a clock that is no clock: they are set beside it.
STRAY_US = BELIEVED_SKEW_US + 5 * SECOND_US
# Below this nobody sees it, and reports are no more exact.
NOTED_SKEW_US = SECOND_US // 50
# What two reports in a row say is as far off as this would take a minute to be moved unheard, and is moved at once.
COARSE_SKEW_US = SECOND_US
# Whole key frames are worth waiting for, but not for ever where the network is bad.
MOST_SKIPPED_KEYS = 1
# Combining flags of an enumeration costs more than all else that is done for a sample.
_KEY, _DAMAGED, _BREAK, _EPOCH = 1, 2, 4, 8
METADATA_BYTES_PER_S = 1 << 20
"""What of metadata is taken in a second of the picture: more would push pictures out of memory and off the disk."""
Unit = tuple[int, int, int, bytes]
"""An access unit: track, pts µs, flags, data. A plain tuple, since one is made for every picture."""


class Sink(Protocol):
    """Where samples go: those of one read together. Both calls come from the event loop and must not block.

    `epoch` comes before the first sample of each connection and before each key frame with new codec parameters.
    The first sample of a connection is a key frame with DISCONTINUITY and EPOCH. Later, DISCONTINUITY says that the
    camera's clock jumped or its sender began anew; then it need not be a key frame. Sound and metadata have neither
    KEY nor EPOCH. Flags are the number that a `SampleFlag` stands for. Times are on the axis of
    `clock.monotonic_us()`: anchored at the arrival of a track's first packet, then following the camera's clock; all
    tracks share it.
    """

    def epoch(self, epoch: Epoch) -> None:
        """Codec parameters of what follows."""
        ...

    def samples(self, units: list[Unit]) -> None:
        """Access units of one epoch, in the order they came."""
        ...


class Delivery:
    """What has been delivered of one connection, and what that makes of the next unit.

    Units are kept until `hand_over`, which whoever reads calls after each read.
    """

    def __init__(self, sink: Sink, video: Offer, others: Sequence[Offer], epoch_number: int) -> None:
        self.epoch_number = epoch_number
        self.samples = 0
        """Video samples delivered."""
        self.damaged = 0
        self.discontinuities = 0
        self.malformed = 0
        self.keys_without_sets = 0
        """Key frames that could not be used because no whole parameter sets were known."""
        self.dropped = 0
        """Documents of metadata beyond what is taken in a second, and sound that would be heard twice."""
        self._sink = sink
        self._units: list[Unit] = []
        self._video = video
        self._others: dict[int, TrackParameters] = {one.track: one.parameters() for one in others}
        self._sets: Sets
        self._skipped_keys = 0
        self._heard: set[int] = set()
        self._timelines: dict[int, Timeline] = {}
        self._skews: dict[int, int] = {}
        """How far each of them was off its picture by the newest reports."""
        self._shown_us = 0
        """The time of the newest picture."""
        self._metadata_second = 0
        self._metadata_bytes = 0

    def count_by(self, sets: Sets) -> None:
        """Set what counts the parameter sets of the video."""
        self._sets = sets

    @property
    def started(self) -> bool:
        """The first key frame has been delivered."""
        return self.samples > 0

    def without(self, track: int) -> None:
        """The camera did not set this track up."""
        self._others.pop(track, None)

    def video(self, pts_us: int, key: bool, damaged: bool, jumped: bool, data: bytes | memoryview) -> None:  # noqa: FBT001
        """Take an access unit of the video track."""
        if damaged:
            self.damaged += 1
        flags = 0
        if key:
            flags = _KEY
            if not self.samples:
                if damaged and self._skipped_keys < MOST_SKIPPED_KEYS:
                    self._skipped_keys += 1
                    return
                if not self._begin_epoch():
                    self.keys_without_sets += 1
                    return
                flags = _KEY | _EPOCH | _BREAK
                jumped = False
            elif self._sets.changed and self._begin_epoch():
                flags = _KEY | _EPOCH
        elif not self.samples:
            return
        if damaged:
            flags |= _DAMAGED
        if jumped:
            flags |= _BREAK
            self.discontinuities += 1
        self.samples += 1
        self._shown_us = pts_us
        self._units.append((VIDEO_TRACK, pts_us, flags, bytes(data)))

    def hand_over(self) -> None:
        """Give the sink what has come since the last time."""
        if self._units:
            units, self._units = self._units, []
            self._sink.samples(units)

    def other(self, track: int) -> Deliver:
        """Give who takes the units of a track of sound or metadata; nothing of it is told before the first picture."""
        take = self._metadata if track == METADATA_TRACK else self._other
        newest_us = -1
        stray_us = STRAY_US

        def deliver(pts_us: int, key: bool, damaged: bool, jumped: bool, data: bytes | memoryview) -> None:  # noqa: ARG001, FBT001
            nonlocal newest_us
            if not self.samples or track not in self._others:
                return
            if not -stray_us <= pts_us - self._shown_us <= stray_us:
                jumped, pts_us = True, self._bring_back(track, pts_us)
            # Brought back, it may have been here before: times never fall.
            if pts_us < newest_us:
                self.dropped += 1
                return
            if newest_us < 0:
                self._heard.add(track)
            newest_us = pts_us
            take(track, pts_us, _BREAK if jumped else 0, data)

        return deliver

    def tie(self, track: int, timeline: Timeline) -> None:
        """Keep the times of another track near those of the picture."""
        self._timelines[track] = timeline

    def _bring_back(self, track: int, pts_us: int) -> int:
        """Set a track beside its picture again: cameras send sound whose timestamps run away, or stand still.

        Its times decide with those of the picture what is recorded, so they must not lead into another hour.
        """
        self.discontinuities += 1
        if timeline := self._timelines.get(track):
            timeline.shift(self._shown_us - pts_us)
        return self._shown_us

    def _other(self, track: int, pts_us: int, flags: int, data: bytes | memoryview) -> None:
        self._units.append((track, pts_us, flags, bytes(data)))

    def _metadata(self, track: int, pts_us: int, flags: int, data: bytes | memoryview) -> None:
        # By the time of the picture: documents may have whatever times their camera likes.
        second = self._shown_us // SECOND_US
        if second != self._metadata_second:
            self._metadata_second, self._metadata_bytes = second, 0
        self._metadata_bytes += len(data)
        if self._metadata_bytes > METADATA_BYTES_PER_S:
            self.dropped += 1
        else:
            self._other(track, pts_us, flags, data)

    def synchronise(
        self, track: int, video: Timeline, other: Timeline, video_report: tuple[int, int], report: tuple[int, int]
    ) -> None:
        """Bring a track to its picture by the sender reports of both: (UTC µs of the camera, RTP timestamp)."""
        if not (video.started and other.started):
            return
        seen_us = video.pts_of(video_report[1]) - video_report[0]
        heard_us = other.pts_of(report[1]) - report[0]
        skew_us = seen_us - heard_us
        before, self._skews[track] = self._skews.get(track, 0), skew_us
        if not NOTED_SKEW_US <= abs(skew_us) <= BELIEVED_SKEW_US:
            return
        coarse = min(abs(skew_us), abs(before)) >= COARSE_SKEW_US and (skew_us > 0) is (before > 0)
        if track in self._heard and not coarse:
            other.slew(skew_us)
        else:
            other.shift(skew_us)
            self._skews[track] = 0

    def _begin_epoch(self) -> bool:
        """Tell the sink the parameters that count from now on; False where they cannot be read."""
        sets = self._sets.take()
        try:
            video = parameters.describe(VIDEO_TRACK, self._video.codec, self._video.clock_hz, sets)
            if not _complete(video):
                return False
        except BadBitstream:
            self.malformed += 1
            return False
        self.epoch_number += 1
        self.hand_over()
        self._sink.epoch(Epoch(self.epoch_number, (video, *self._others.values())))
        return True


def _complete(video: TrackParameters) -> bool:
    """Tell whether a decoder could begin: every kind of set is there."""
    try:
        parameters.decoder_configuration(video)
    except BadBitstream:
        return False
    return True
