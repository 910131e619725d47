"""One stream on its way through media: from the camera's samples to ring, disks and whoever watches.

This is the sample path: what is done for a picture here is done for every picture of every camera.
"""

from itertools import groupby
from operator import itemgetter
from typing import TYPE_CHECKING, Protocol

from recorder.client.clock import SECOND_US, Clock
from recorder.client.stream import Epoch, Sample, SampleFlag, StreamKey
from recorder.media.meter import Meter
from recorder.media.ring import MARGIN_US, Ring
from recorder.media.timeline import STEP_US, Report, Timeline
from recorder.rtsp.client import RtspSource
from recorder.rtsp.delivery import Unit

if TYPE_CHECKING:
    from collections.abc import Callable

    from recorder.media.recording import Recording

_FLAGS = tuple(SampleFlag(value) for value in range(16))
_KEY, _DAMAGED, _BREAK = 1, 2, 4
_flags = itemgetter(2)


class Watcher(Protocol):
    """Somebody who wants the samples of a stream as they come."""

    def take(self, sample: Sample, epoch: Epoch) -> None:
        """A sample; must return at once."""
        ...


class Feed:
    """The sink of one stream's connections."""

    def __init__(self, key: StreamKey, clock: Clock) -> None:
        self.key = key
        self.ring = Ring(MARGIN_US, 0)
        self.meter = Meter()
        self.watchers: list[Watcher] = []
        self.recording: Recording | None = None
        self.arrived: Callable[[], None] | None = None
        """Called when a connection brings its first codec parameters: the camera plays."""
        self.watched: Callable[[], None] | None = None
        """Called when somebody begins to watch."""
        self.codec = ""
        self.width = self.height = 0
        self.epoch_number = 0
        self.camera_off_us: int | None = None
        """How far the camera's clock is ahead of ours."""
        self._clock = clock
        self._timeline = Timeline(clock)
        self._epoch: Epoch | None = None
        self._video = 0
        self._newest_wall = 0
        self._axis_us = 0
        """How far our clock was ahead of the one that never steps when the newest span began."""

    @property
    def playing(self) -> bool:
        """Whether a connection brings samples."""
        return self._epoch is not None

    def watch(self, watcher: Watcher) -> None:
        """Give somebody all samples from now on."""
        self.watchers.append(watcher)
        if self.watched is not None:
            self.watched()

    def leave(self, watcher: Watcher) -> None:
        """Give somebody no more samples; nothing happens if they do not watch."""
        if watcher in self.watchers:
            self.watchers.remove(watcher)

    def begin(self) -> None:
        """Get ready for a new connection."""
        self._timeline = Timeline(self._clock, after_us=self._newest_wall)
        self.camera_off_us = None
        self.meter.restart()

    def end(self) -> None:
        """The connection is over."""
        self._epoch = None

    def epoch(self, epoch: Epoch) -> None:
        """Take the codec parameters of what follows."""
        if self._epoch is None and self.arrived is not None:
            self.arrived()
        self._epoch = epoch
        self.epoch_number = epoch.number
        video = epoch.video
        if video is not None:
            self._video = video.track
            self.codec, self.width, self.height = video.codec.value, video.width, video.height

    def samples(self, units: list[Unit]) -> None:
        """Take access units that came together."""
        epoch = self._epoch
        if epoch is None:
            return
        for flags, run in groupby(units, _flags):
            alike = list(run)
            if flags or not self._together(alike, epoch):
                for one in alike:
                    self._sample(one, epoch)

    def _together(self, units: list[Unit], epoch: Epoch) -> bool:
        """Take units without flags, with which nothing is to be done but to place and keep them; False where there is.

        Almost all are such, and what is done for each of them is done in few loops.
        """
        pictures = [one[1] for one in units if one[0] == self._video]
        found = self._timeline.together(pictures)
        if found is None:
            return False
        to_pts, to_wall = found
        plain = _FLAGS[0]
        samples = [Sample(track, at + to_pts, at + to_wall, plain, data) for track, at, _none, data in units]
        size = sum([len(one.data) for one in samples])
        meter = self.meter
        meter.bytes += size
        if pictures:
            meter.frames += len(pictures)
            meter.newest_us = pictures[-1] + to_pts
            self._newest_wall = max(self._newest_wall, pictures[-1] + to_wall)
        self.ring.extend(samples, epoch, size)
        if self.recording is not None:
            self.recording.together(samples, epoch, size)
        if self.watchers:
            for sample in samples:
                for watcher in self.watchers:
                    watcher.take(sample, epoch)
        return True

    def _sample(self, unit: Unit, epoch: Epoch) -> None:
        """Take one unit."""
        track, pts_us, flags, data = unit
        if track == self._video:
            if flags & _BREAK and not flags & _KEY:
                self._timeline.break_at_key()
            pts, wall, fresh = self._timeline.video(pts_us, flags & _KEY)
            flags = flags & ~_BREAK | (_BREAK if fresh else 0)
            self.meter.frames += 1
            self.meter.newest_us = pts
            if fresh:
                self._span_begins(wall)
            if wall > self._newest_wall:  # noqa: PLR1730 - a call less for every picture
                self._newest_wall = wall
        else:
            placed = self._timeline.audio(pts_us)
            if placed is None:
                return
            pts, wall = placed
            flags &= _DAMAGED
        self.meter.bytes += len(data)
        sample = Sample(track, pts, wall, _FLAGS[flags], data)
        self.ring.append(sample, epoch)
        if self.recording is not None:
            self.recording.sample(sample, epoch)
        for watcher in self.watchers:
            watcher.take(sample, epoch)

    def keep(self, pre_us: int, limit_bytes: int) -> None:
        """Set how long and how large the ring is: `pre_us` before an event, a margin, and one GOP."""
        self.ring.keep_us = pre_us + MARGIN_US
        self.ring.limit_bytes = limit_bytes

    def learn_rate(self, source: RtspSource) -> None:
        """Take the newest sender report of the camera, if there is one."""
        found = source.report(self._video)
        if found is None:
            return
        report, came_us = found
        parameters = self._epoch.track(self._video) if self._epoch else None
        if parameters is not None and parameters.clock_hz:
            media_us = report.rtp_timestamp * SECOND_US // parameters.clock_hz
            self._timeline.report(Report(report.utc_us, media_us))
        self.camera_off_us = self._off(report.utc_us, came_us)

    def _off(self, camera_us: int, came_us: int) -> int | None:
        """Say how far a camera's clock was ahead of ours when it told its time."""
        if camera_us < 0:
            # Before 1970: it counts from when it was switched on, as RFC 3550 §6.4.1 lets those without a clock do.
            return None
        return camera_us - (self._clock.now_us() - (self._clock.monotonic_us() - came_us))

    def _span_begins(self, wall_us: int) -> None:
        """Forget what is held if our clock was set back since it came: it is from a time that comes again."""
        axis_us = self._timeline.axis_us
        if wall_us < self._newest_wall or axis_us < self._axis_us - STEP_US:
            self.ring.clear()
            self._newest_wall = wall_us
        self._axis_us = axis_us
