"""One client of the live tap: what it watches, and how it skips when it cannot keep up."""

from collections.abc import Callable
from typing import Protocol

from recorder.client.stream import Epoch, Sample, SampleFlag
from recorder.client.tap import EpochMessage, Mode, Subscribe, pack_sample_header
from recorder.media.feed import Feed

# What may wait for one client before its subscriptions skip to the next key frame.
BACKLOG_BYTES = 4 << 20

_KEY = int(SampleFlag.KEY)


class Outlet(Protocol):
    """Where a subscription sends; `recorder.sockets.connection.Connection` is one."""

    @property
    def backlog(self) -> int:
        """Bytes that were not taken yet."""
        ...

    def put(self, header: bytes, data: bytes | memoryview) -> None:
        """Queue a sample frame."""
        ...

    def send(self, message: object) -> None:
        """Queue a message."""
        ...


class LiveSubscription:
    """Sends the samples of a feed as they come, beginning at the newest key frame; never waits."""

    def __init__(
        self, asked: Subscribe, feed: Feed, outlet: Outlet, over: Callable[["LiveSubscription"], None]
    ) -> None:
        self.asked = asked
        self.skipped = 0
        """Samples that the client did not get because it was slow."""
        self.feed = feed
        self._outlet = outlet
        self._over = over
        self._id = asked.id
        self._keys_only = asked.mode is Mode.KEY
        self._until_us = asked.until_us
        self._epoch: Epoch | None = None
        self._tracks: frozenset[int] = frozenset()
        self._allowance = BACKLOG_BYTES
        # Nothing is sent before a key frame: there is nothing yet that a later picture could follow.
        self._skipping = True

    def start(self) -> None:
        """Send what the ring has from its newest key frame on, and then whatever comes."""
        before = self._outlet.backlog
        self._allowance = 1 << 62
        # The last picture of a camera that is gone must not pass for a live one.
        if self.feed.playing:
            for sample, epoch in self.feed.ring.newest_gop():
                self.take(sample, epoch)
        # A long GOP sent at once is no sign of a slow client.
        self._allowance = self._outlet.backlog - before + BACKLOG_BYTES
        self.feed.watch(self)

    def stop(self) -> None:
        """Send no more."""
        self.feed.leave(self)

    def take(self, sample: Sample, epoch: Epoch) -> None:
        """Send a sample, or skip it."""
        if epoch is not self._epoch:
            self._change(epoch)
        if sample.track not in self._tracks:
            return
        if self._until_us is not None and sample.wall_us >= self._until_us:
            self._over(self)
            return
        outlet = self._outlet
        if self._skipping:
            begins = int(sample.flags) & _KEY or not self.asked.video
            if not begins or outlet.backlog > self._allowance:
                self.skipped += 1
                return
            self._skipping = False
            flags = sample.flags | SampleFlag.DISCONTINUITY
            sample = Sample(sample.track, sample.pts_us, sample.wall_us, flags, sample.data)
        elif outlet.backlog > self._allowance:
            self._skipping = True
            self.skipped += 1
            return
        if self._keys_only and not int(sample.flags) & _KEY:
            return
        outlet.put(pack_sample_header(self._id, epoch.number, sample), sample.data)

    def drained(self) -> None:
        """The client has taken everything: from now on the usual backlog applies."""
        self._allowance = BACKLOG_BYTES

    def _change(self, epoch: Epoch) -> None:
        self._epoch = epoch
        self._tracks = self.asked.tracks(epoch)
        self._outlet.send(EpochMessage(self._id, epoch))
