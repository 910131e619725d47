"""One recorded subscription, read by a thread while the event loop fills it.

The reader sends what credit allows: little at first, so that a seek costs the disk little, and `WINDOW_BYTES` as soon
as the thread runs dry or plays on. A lost reader is asked again for what is missing. Near the live edge, the end
of the footage is only the end for now, and is asked for again.
"""

import asyncio
import threading
from collections import deque

from recorder.client.clock import SECOND_US, Clock
from recorder.client.stream import Epoch, Sample, SampleFlag, StreamKey, TrackParameters
from recorder.client.tap import Arrived, Mode, Subscribe
from recorder.decode.feed import Feed

FIRST_BYTES = 1 << 20
WINDOW_BYTES = 9 << 20
"""More than the largest sample, so that one always fits."""
GRANT_BYTES = 1 << 18
LIVE_EDGE_US = 20 * SECOND_US
FOLLOW_S = 0.7


class Restart:
    """Stands in the queue where a lost connection cut a GOP that comes again (going backwards)."""


Item = Sample | TrackParameters | Restart


class Footage:
    """Recorded samples of the video of one stream from `at_us` on, or back; `wake` is set when some arrive."""

    def __init__(
        self,
        feed: Feed,
        loop: asyncio.AbstractEventLoop,
        clock: Clock,
        key: StreamKey,
        at_us: int,
        mode: Mode,
        wake: threading.Event,
    ) -> None:
        self.mode = mode
        self.refusal = ""
        """Why the reader refused, in words."""
        self._feed, self._loop, self._clock, self._key = feed, loop, clock, key
        self._from_us = at_us
        self._wake = wake
        self._items: deque[Item] = deque()
        self._number = 0
        self._parameters: TrackParameters | None = None
        self._window = FIRST_BYTES
        self._granted = 0
        self._arrived = 0  # bytes since the request, counted by the event loop
        self._taken = 0  # bytes ever, counted by the thread
        self._queued = 0  # bytes ever, counted by the event loop
        self._last_us: int | None = None
        self._gop_us: int | None = None
        self._skip_to: int | None = None
        self._done = False
        self._edge = False
        self._closed = False
        loop.call_soon_threadsafe(self._subscribe)

    # The thread's part.

    @property
    def over(self) -> bool:
        """Nothing is left and nothing more comes."""
        return self._done and not self._items

    @property
    def at_edge(self) -> bool:
        """Nothing is left for now; more is being recorded."""
        return self._edge and not self._items

    def take(self) -> Item | None:
        """The next sample, or codec parameters before samples; None when nothing is here now."""
        try:
            item = self._items.popleft()
        except IndexError:
            if self._window < WINDOW_BYTES and not self._done:
                self._window = WINDOW_BYTES
                self._loop.call_soon_threadsafe(self._grant)
            return None
        if isinstance(item, Sample):
            before = self._taken // GRANT_BYTES
            self._taken += len(item.data)
            if self._taken // GRANT_BYTES != before:
                self._window = WINDOW_BYTES
                self._loop.call_soon_threadsafe(self._grant)
        return item

    def skip_to_key(self, until_us: int) -> bool:
        """Leave out what waits before the last key frame at or before `until_us`; whether there is one."""
        items = self._items
        found = -1
        for at in range(len(items)):
            item = items[at]
            if isinstance(item, Sample):
                if item.wall_us > until_us:
                    break
                if item.flags & SampleFlag.KEY:
                    found = at
        if found <= 0 or any(not isinstance(items[at], Sample) for at in range(found)):
            return False
        for _left_out in range(found):
            self.take()
        return True

    def close(self) -> None:
        """No more of it."""
        self._closed = True
        self._items.clear()
        self._loop.call_soon_threadsafe(self._unsubscribe)

    # The event loop's part.

    def request(self, number: int) -> Subscribe:
        """From where it is to begin, or from where it was cut."""
        self._number = number
        self._granted = self._arrived = 0
        self._loop.call_soon(self._grant)
        at_us = self._from_us
        if self.mode.backwards:
            if self._gop_us is not None:
                self._items.append(Restart())
        elif self._last_us is not None:
            at_us = self._skip_to = self._last_us
        return Subscribe(number, self._key.channel, self._key.stream, from_us=max(0, at_us), mode=self.mode)

    def epoch(self, epoch: Epoch) -> None:
        """Codec parameters of what follows."""
        if epoch.video is not None and epoch.video != self._parameters:
            self._parameters = epoch.video
            self._items.append(epoch.video)

    def sample(self, arrived: Arrived) -> None:
        """Queue a sample of the video track."""
        sample = arrived.sample
        self._arrived += len(sample.data)
        if self._closed or self._parameters is None or sample.track != self._parameters.track or self._seen(sample):
            return
        if self.mode.backwards and sample.flags & SampleFlag.KEY:
            if self._gop_us is not None:
                self._from_us = self._gop_us - 1  # everything above has arrived whole
            self._gop_us = sample.wall_us
        self._last_us = sample.wall_us
        self._edge = False
        self._queued += len(sample.data)
        self._items.append(sample)
        self._wake.set()

    def ended(self, reason: str) -> None:  # noqa: ARG002
        """The end; near the live edge only for now."""
        newest = self._last_us
        near = newest is not None and self._clock.now_us() - newest < LIVE_EDGE_US
        if near and not self.mode.backwards:
            self._edge = True
            self._wake.set()
            self._loop.call_later(FOLLOW_S, self._ask_again)
            return
        self._done = True
        self._wake.set()

    def failed(self, words: str) -> None:
        """Refused: as if there were nothing."""
        self.refusal = words
        self._done = True
        self._wake.set()

    def lost(self) -> None:
        """The reader is gone; asked again when it is back."""

    def _seen(self, sample: Sample) -> bool:
        # After a resumption samples come again from a key frame on, up to the last one that we have.
        if self._skip_to is None:
            return False
        if sample.wall_us == self._skip_to:
            self._skip_to = None
            return True
        if sample.wall_us > self._skip_to + SECOND_US:
            self._skip_to = None
            return False
        return True

    def _subscribe(self) -> None:
        if not self._closed:
            self._number = self._feed.subscribe(self)

    def _unsubscribe(self) -> None:
        if self._number:
            self._feed.unsubscribe(self._number)

    def _ask_again(self) -> None:
        if not self._closed:
            self._number = self._feed.again(self._number)

    def _grant(self) -> None:
        open_bytes = (self._granted - self._arrived) + (self._queued - self._taken)
        more = self._window - open_bytes
        if more > 0 and self._number and not self._closed:
            self._granted += more
            self._feed.credit(self._number, more)
