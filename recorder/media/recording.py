"""What of one stream goes to the disks: due time from its first key frame on, and a reason for every hole (S7)."""

from collections.abc import Sequence

from recorder.client.clock import SECOND_US, Clock
from recorder.client.recording import GapReason
from recorder.client.stream import Epoch, Sample, SampleFlag
from recorder.media.due import FOREVER_US, wanted
from recorder.media.ring import Ring
from recorder.media.sparse import LATE_US, Sparse
from recorder.store import StoreWriter, StreamRecorder
from recorder.store.intervals import Interval, clipped, joined

# A recording ends at the key frame after its end, so that the next one can begin there; or after this, without one.
LONGEST_TAIL_US = 10 * SECOND_US
# Breaks shorter than this lie between two pictures.
HOLE_US = 200_000
# A hole that lasts is written down so often: it is seen while it lasts, and outlives us.
RENEW_US = 60 * SECOND_US

_KEYS = tuple(bool(value & SampleFlag.KEY) for value in range(16))
_BREAKS = tuple(bool(value & SampleFlag.DISCONTINUITY) for value in range(16))
"""By the flags of a sample: looking up costs less than arithmetic with an enumeration."""


class Recording:
    """Decides at every sample, in a few comparisons, whether it is recorded.

    What is due changes with `set_due`; the boundaries between pass by themselves, by the wall time of samples.
    `why` explains what is missing until the first sample comes; None leaves that to the store, which knows what was
    recorded before this process began.
    """

    def __init__(
        self, recorder: StreamRecorder, store: StoreWriter, ring: Ring, clock: Clock, why: GapReason | None
    ) -> None:
        self.active = False
        self._recorder = recorder
        self._store = store
        self._ring = ring
        self._clock = clock
        self._due: list[Interval] = []
        self._sparse_due: list[Interval] = []
        """When key frames alone are recorded, as far as nothing else is due."""
        self._sparse = Sparse(recorder)
        self._is_sparse = False
        self._looked_us = 0
        self._change_us = FOREVER_US
        self._begin_us: int | None = None
        """From when on to record, where recording is due and has not begun."""
        self._ending_us: int | None = None
        self._newest_us = 0
        """The highest wall time of a picture that was recorded; the last one may be shown before it.

        Sound does not count: it comes sooner than its picture, so that its times lie beyond key frames yet to come.
        """
        self._epoch: Epoch | None = None
        self._video = 0
        """The track of the pictures of this epoch."""
        self._newest_shift_us = store.clock_shift_us
        """What our clock was set by when samples began to have the times that they have."""
        self._connected = False
        self._hole_us: int | None = clock.now_us()
        """Since when nothing arrives."""
        self._why = why
        self._noted_us = 0
        self._hole_shift_us = store.clock_shift_us

    @property
    def reaches_disk(self) -> bool:
        """Whether what arrives is recorded, and a disk takes it."""
        return (self.active or self._is_sparse) and self._store.writable

    def set_due(self, due: list[Interval], sparse: Sequence[Interval] = (), pre_us: int = 0) -> None:
        """Take what is due from now on, in any order; `sparse` are times of which at least key frames are.

        `pre_us` is how far back an event may reach.
        """
        due, sparse = joined(due), joined(sparse)
        self._sparse.delay_us = pre_us + LATE_US
        if (due, sparse) == (self._due, self._sparse_due):
            return
        now = self._clock.now_us()
        if self._hole_us is not None and self._why is not None:
            self._write_hole(now)
            self._hole_begins(now)
        self._due, self._sparse_due = due, sparse
        self._look(now)

    def together(self, samples: Sequence[Sample], epoch: Epoch, size: int) -> None:
        """Take samples without flags that came together and that the ring already holds, `size` bytes in all."""
        walls = [one.wall_us for one in samples]
        oldest, newest = min(walls), max(walls)
        whole = self._connected and self._looked_us <= oldest and newest < self._change_us
        if self.active and whole and self._ending_us is None:
            self._recorder.put_together(samples, epoch, (oldest, newest, size))
            if len(epoch.tracks) > 1:
                video = self._video_of(epoch)
                # Pictures that come together are in order, so that the last one is the newest.
                newest = 0
                for one in reversed(samples):
                    if one.track == video:
                        newest = one.wall_us
                        break
            self._newest_us = max(self._newest_us, newest)
            return
        for one in samples:
            begun = self.active
            self.sample(one, epoch)
            if not begun and self.active:
                # The ring has given the others too.
                return

    def sample(self, sample: Sample, epoch: Epoch) -> None:
        """Take a sample that the ring already holds. The first one of a connection is a key frame."""
        wall = sample.wall_us
        if _BREAKS[sample.flags]:
            self._follow_clock()
        if not self._connected:
            self._arrived(wall)
        if wall >= self._change_us or wall < self._looked_us:
            followed = self.active
            self._look(wall)
            if not followed and self.active:
                return
        if self.active:
            ending = self._ending_us
            if ending is not None and (_KEYS[sample.flags] or wall >= ending + LONGEST_TAIL_US):
                self._end()
                self._rarely(sample, epoch)
            else:
                self._recorder.put(sample, epoch)
                if wall > self._newest_us and sample.track == self._video_of(epoch):
                    self._newest_us = wall
        elif self._begin_us is not None and _KEYS[sample.flags]:
            self._begin()
        else:
            self._rarely(sample, epoch)

    def _rarely(self, sample: Sample, epoch: Epoch) -> None:
        """Record a sample where key frames alone are wanted, and it is one of the video."""
        if self._is_sparse and _KEYS[sample.flags] and sample.track == self._video_of(epoch):
            self._sparse.take(sample, epoch)
            self._newest_us = max(self._newest_us, self._sparse.newest_us)

    def _video_of(self, epoch: Epoch) -> int:
        if epoch is not self._epoch:
            self._epoch = epoch
            self._video = epoch.video.track if epoch.video is not None else 0
        return self._video

    def lost(self, why: GapReason) -> None:
        """The stream broke off, or could not be reached again."""
        if self._connected:
            self._connected = False
            self._finish_sparse()
            self._hole_begins(self._newest_now() if self.active or self._is_sparse else self._clock.now_us())
            self._why = why
            self._noted_us = 0
        # The first word stands unless a later one says more: a broken connection may turn out to be a dead camera.
        elif self._why is None or why is GapReason.CAMERA_OFFLINE:
            self._why = why
        if self.active:
            self.active = False
            self._ending_us = None
            self._recorder.end(self._why)
            self._look(self._clock.now_us())
        elif self._is_sparse:
            self._recorder.end(self._why)
        self.note_hole()

    def note_hole(self, *, final: bool = False) -> None:
        """Write down the hole as it stands, once a minute; call now and then."""
        now = self._clock.now_us()
        if self._hole_us is None or self._why is None:
            return
        if final or not 0 <= now - self._noted_us < RENEW_US:
            self._noted_us = now
            self._write_hole(now)

    def stop(self, why: GapReason | None) -> None:
        """Record no more: the process ends (a reason), or the stream is no longer wanted (None)."""
        if self.active:
            self.active = False
            self._recorder.end(why)
        elif self._is_sparse and self._connected:
            self._finish_sparse()
            self._recorder.end(why)
        else:
            self.note_hole(final=True)
        self._is_sparse = False
        self._due, self._sparse_due = [], []

    def _finish_sparse(self) -> None:
        if self._is_sparse:
            self._sparse.finish()
            self._newest_us = max(self._newest_us, self._sparse.newest_us)

    def _arrived(self, wall_us: int) -> None:
        self._connected = True
        if self._hole_us is not None and self._why is not None:
            self._write_hole(wall_us)
        self._hole_us = self._why = None

    def _look(self, now_us: int) -> None:
        """Find out what holds now and when that changes."""
        found, sparse = wanted(self._due, now_us), wanted(self._sparse_due, now_us)
        self._looked_us = now_us
        self._change_us = min(found.until_us, sparse.until_us)
        if self._is_sparse and not sparse.record and not self.active:
            self._finish_sparse()
            self._recorder.end(None)
        self._is_sparse = sparse.record
        if not found.record:
            self._begin_us = None
            if self.active and self._ending_us is None:
                self._ending_us = now_us
        elif self.active:
            self._ending_us = None
        else:
            self._begin_us = found.since_us
            self._begin()

    def _begin(self) -> None:
        """Record what the ring has of the time that is due, from a key frame on that was not recorded yet."""
        assert self._begin_us is not None
        begun = False
        for sample, epoch in self._ring.since(self._begin_us):
            if begun:
                if _BREAKS[sample.flags]:
                    self._recorder.end(GapReason.NETWORK_LOSS)
            elif sample.wall_us > self._newest_us and _KEYS[sample.flags]:
                begun = True
                self._sparse.hand_over(sample.wall_us)
            else:
                continue
            self._recorder.put(sample, epoch)
            if sample.track == self._video_of(epoch):
                self._newest_us = max(self._newest_us, sample.wall_us)
        if not begun:
            return
        if self._connected:
            self.active = True
            self._begin_us = None
        else:
            # What there was before the stream broke off; the rest is missing.
            self._recorder.end(self._why)
            self._hole_begins(self._newest_now())

    def _end(self) -> None:
        self.active = False
        self._ending_us = None
        self._recorder.end(None)

    def _hole_begins(self, at_us: int) -> None:
        self._hole_us = at_us
        self._hole_shift_us = self._store.clock_shift_us

    def _newest_now(self) -> int:
        """Give when the newest sample that was recorded was taken, by our clock as it is set now."""
        self._store.look_at_clock()
        return self._newest_us + self._store.clock_shift_us - self._newest_shift_us

    def _follow_clock(self) -> None:
        """Go on by our clock as it is set now: samples are placed by it from here on, and the ring holds older ones."""
        self._newest_us = self._newest_now()
        self._newest_shift_us = self._store.clock_shift_us

    def _write_hole(self, until_us: int) -> None:
        assert self._hole_us is not None
        assert self._why is not None
        # The disks move what was written by the clock before a step; a hole that goes on moves likewise.
        self._store.look_at_clock()
        moved_us = self._store.clock_shift_us - self._hole_shift_us
        if moved_us:
            self._hole_begins(self._hole_us + moved_us)
        for start, end in clipped(joined([*self._due, *self._sparse_due]), self._hole_us, until_us):
            if end - start >= HOLE_US:
                self._store.gap(self._recorder.key, start, end, self._why)
