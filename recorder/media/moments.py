"""What others bring to be recorded now and then: a span of moments for each channel, with nothing due in between."""

from recorder.client.clock import SECOND_US, Clock
from recorder.client.errors import Invalid
from recorder.client.stream import Epoch, Sample, SampleFlag, StreamKey, StreamName
from recorder.client.words import _
from recorder.media.plan import LAST_CHANNEL
from recorder.store import StoreWriter
from recorder.store.stream_recorder import SPARSE_SILENCE_US

AHEAD_US = 60 * SECOND_US
"""Cameras' clocks are not ours; what lies further ahead is no time."""


class Moments:
    """Puts one kind of them into the store. Belongs to the event loop."""

    def __init__(self, store: StoreWriter, clock: Clock, stream: StreamName, epoch: Epoch) -> None:
        self._store, self._clock, self._stream, self._epoch = store, clock, stream, epoch
        self._newest: dict[int, int] = {}

    def check(self, channel: int, at_us: int) -> None:
        """Raise `Invalid` where there is no such channel or time."""
        if not 1 <= channel <= LAST_CHANNEL:
            raise Invalid(problem=_("there is no channel {number}").format(number=channel))
        if not 0 < at_us <= self._clock.now_us() + AHEAD_US:
            raise Invalid(problem=_("a time out of range"))

    def put(self, channel: int, at_us: int, data: bytes) -> None:
        """Record one; it is on its way to the disk when this returns."""
        recorder = self._store.open_stream(StreamKey(channel, self._stream))
        # Between moments nothing is due: neither the time since the last start nor that since the last one is a gap.
        recorder.first_on_disk = False
        newest = self._newest.get(channel)
        if newest is not None and not 0 <= at_us - newest < SPARSE_SILENCE_US:
            # One of earlier footage is a span of its own.
            recorder.end(None)
        self._newest[channel] = at_us
        recorder.put(Sample(0, at_us, at_us, SampleFlag.KEY, data), self._epoch)
        self._store.wake()
