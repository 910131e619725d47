"""Records of motion that detection brings: the newest of each channel grows here, then it is recorded.

Detection brings the whole record again as it grows, so that its death loses seconds and not minutes, and the disk
gets one page a record. Nothing here looks into them.
"""

from dataclasses import dataclass

import msgspec

from recorder.client.clock import SECOND_US, Clock
from recorder.client.errors import Invalid
from recorder.client.motion import MOST_BYTES
from recorder.client.stream import Codec, Epoch, StreamName, TrackKind, TrackParameters
from recorder.client.words import _
from recorder.media.moments import Moments
from recorder.store import StoreWriter

LEFT_ALONE_US = 60 * SECOND_US
"""A record that has not grown for so long is whole: detection is gone, or the channel is."""
_EPOCH = Epoch(1, (TrackParameters(0, TrackKind.METADATA, Codec.MOTION, 1_000_000),))


class MotionRequest(msgspec.Struct):
    """A record of a channel as far as it goes, beginning at `start_us` (UTC); `whole` when it grows no more."""

    id: int
    channel: int
    start_us: int
    record: bytes
    whole: bool = False


@dataclass(frozen=True)
class _Growing:
    start_us: int
    record: bytes
    since_us: int
    """When it came (monotonic)."""


class Motion:
    """Keeps growing records, and puts whole ones into the store. Belongs to the event loop."""

    def __init__(self, store: StoreWriter, clock: Clock) -> None:
        self._moments = Moments(store, clock, StreamName.MOTION, _EPOCH)
        self._clock = clock
        self._growing: dict[int, _Growing] = {}

    def take(self, asked: MotionRequest) -> None:
        """Keep or record a record; raises `Invalid` for one that is too large or out of range."""
        self._moments.check(asked.channel, asked.start_us)
        if not 0 < len(asked.record) <= MOST_BYTES:
            raise Invalid(
                problem=_("a record of motion that is empty, or larger than {kb} KB").format(kb=MOST_BYTES >> 10)
            )
        before = self._growing.get(asked.channel)
        if before is not None and before.start_us != asked.start_us:
            self._record(asked.channel)
        self._growing[asked.channel] = _Growing(asked.start_us, asked.record, self._clock.monotonic_us())
        if asked.whole:
            self._record(asked.channel)

    def growing(self, channel: int) -> tuple[int, bytes] | None:
        """Give (start, record) of what is not recorded yet."""
        found = self._growing.get(channel)
        return None if found is None else (found.start_us, found.record)

    def look(self) -> None:
        """Record what grows no more; called now and then."""
        before_us = self._clock.monotonic_us() - LEFT_ALONE_US
        for channel in [channel for channel, one in self._growing.items() if one.since_us <= before_us]:
            self._record(channel)

    def finish(self) -> None:
        """Record everything: media ends."""
        for channel in list(self._growing):
            self._record(channel)

    def _record(self, channel: int) -> None:
        one = self._growing.pop(channel)
        self._moments.put(channel, one.start_us, one.record)
