"""From access units to what the sink is owed: a key frame first, epochs before their key frames, flags, lip-sync."""

from typing import Protocol

from recorder.client.clock import SECOND_US
from recorder.client.stream import Codec, Epoch, SampleFlag, TrackParameters
from recorder.codec import parameters
from recorder.codec.errors import BadBitstream
from recorder.rtsp.offer import AUDIO_TRACK, VIDEO_TRACK, Offer
from recorder.rtsp.payload.parameter_sets import ParameterSets
from recorder.rtsp.timeline import Timeline

# Reports that put sound further off than this speak of two clocks that have nothing to do with each other.
BELIEVED_SKEW_US = 10 * SECOND_US
# Below this nobody sees it, and reports are no more exact.
NOTED_SKEW_US = SECOND_US // 50
# Whole key frames are worth waiting for, but not for ever where the network is bad.
MOST_SKIPPED_KEYS = 1
# Combining flags of an enumeration costs more than all else that is done for a sample; they are made once.
_FLAGS = tuple(SampleFlag(value) for value in range(16))
_KEY, _DAMAGED, _BREAK, _EPOCH = 1, 2, 4, 8


class Sink(Protocol):
    """Where samples go. Both calls come from the event loop and must not block.

    `epoch` comes before the first sample of each connection and before each key frame with new codec parameters.
    The first sample of a connection is a key frame with DISCONTINUITY and EPOCH. Later, DISCONTINUITY says that the
    camera's clock jumped or its sender began anew; then it need not be a key frame. Audio has neither KEY nor EPOCH.
    `pts_us` is on the axis of `clock.monotonic_us()`: anchored at the arrival of a track's first packet, then following
    the camera's clock; video and audio share it. `data` is valid only during the call.
    """

    def epoch(self, epoch: Epoch) -> None:
        """Codec parameters of what follows."""
        ...

    def sample(self, track: int, pts_us: int, flags: SampleFlag, data: memoryview) -> None:
        """One access unit."""
        ...


class Delivery:
    """What has been delivered of one connection, and what that makes of the next unit."""

    def __init__(self, sink: Sink, video: Offer, audio: Offer | None, sets: ParameterSets, epoch_number: int) -> None:
        self.epoch_number = epoch_number
        self.samples = 0
        """Video samples delivered."""
        self.damaged = 0
        self.discontinuities = 0
        self.malformed = 0
        self.keys_without_sets = 0
        """Key frames that could not be used because no whole parameter sets were known."""
        self._sink = sink
        self._video = video
        self._audio: TrackParameters | None = audio.audio_parameters() if audio else None
        self._sets = sets
        self._skipped_keys = 0
        self._heard = False

    @property
    def started(self) -> bool:
        """The first key frame has been delivered."""
        return self.samples > 0

    def without_audio(self) -> None:
        """The camera did not set the audio track up."""
        self._audio = None

    def video(self, pts_us: int, key: bool, damaged: bool, jumped: bool, data: memoryview) -> None:  # noqa: FBT001
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
        self._sink.sample(VIDEO_TRACK, pts_us, _FLAGS[flags], data)

    def audio(self, pts_us: int, key: bool, damaged: bool, jumped: bool, data: memoryview) -> None:  # noqa: ARG002, FBT001
        """Take a frame of the audio track; nothing is heard before the first picture."""
        if self.samples and self._audio:
            self._heard = True
            self._sink.sample(AUDIO_TRACK, pts_us, _FLAGS[_BREAK if jumped else 0], data)

    def synchronise(
        self, video: Timeline, audio: Timeline, video_report: tuple[int, int], audio_report: tuple[int, int]
    ) -> None:
        """Bring sound to its picture by the sender reports of both: (UTC µs of the camera, RTP timestamp)."""
        if not (video.started and audio.started):
            return
        seen_us = video.pts_of(video_report[1]) - video_report[0]
        heard_us = audio.pts_of(audio_report[1]) - audio_report[0]
        skew_us = seen_us - heard_us
        if not NOTED_SKEW_US <= abs(skew_us) <= BELIEVED_SKEW_US:
            return
        if self._heard:
            audio.slew(skew_us)
        else:
            audio.shift(skew_us)

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
        self._sink.epoch(Epoch(self.epoch_number, (video, self._audio) if self._audio else (video,)))
        return True


def _complete(video: TrackParameters) -> bool:
    """Tell whether a decoder could begin: every kind of set is there."""
    try:
        parameters.decoder_configuration(video)
    except BadBitstream:
        return False
    return video.codec in {Codec.H264, Codec.H265}
