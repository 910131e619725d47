"""Pictures that control brings are recorded as the picture stream; nothing here looks into them."""

import msgspec

from recorder.client.clock import SECOND_US, Clock
from recorder.client.errors import Invalid
from recorder.client.stream import Codec, Epoch, Sample, SampleFlag, StreamKey, StreamName, TrackKind, TrackParameters
from recorder.client.words import _
from recorder.media.plan import LAST_CHANNEL
from recorder.store import StoreWriter
from recorder.store.stream_recorder import SPARSE_SILENCE_US

MOST_BYTES = 4 << 20
"""Of one picture: a JPEG of 4K in the best quality has 3 MiB. It travels as text, a third longer, in one frame."""
AHEAD_US = 60 * SECOND_US
"""Cameras' clocks are not ours; what lies further ahead is no time."""
_BEGINS, _ENDS = b"\xff\xd8", b"\xff\xd9"
_EPOCH = Epoch(1, (TrackParameters(0, TrackKind.VIDEO, Codec.MJPEG, 90_000),))


class PictureRequest(msgspec.Struct):
    """A JPEG file of a channel, taken at `at_us` (UTC)."""

    id: int
    channel: int
    at_us: int
    jpeg: bytes


class Pictures:
    """Puts pictures into the store. Belongs to the event loop."""

    def __init__(self, store: StoreWriter, clock: Clock) -> None:
        self._store, self._clock = store, clock
        self._newest: dict[int, int] = {}

    def take(self, asked: PictureRequest) -> None:
        """Record a picture; raises `Invalid` for what is none, or too large."""
        if not 1 <= asked.channel <= LAST_CHANNEL:
            raise Invalid(problem=_("there is no channel {number}").format(number=asked.channel))
        if not 0 < asked.at_us <= self._clock.now_us() + AHEAD_US:
            raise Invalid(problem=_("a time out of range"))
        if len(asked.jpeg) > MOST_BYTES or not asked.jpeg.startswith(_BEGINS) or not asked.jpeg.endswith(_ENDS):
            raise Invalid(problem=_("a picture that is none, or larger than {mb} MB").format(mb=MOST_BYTES >> 20))
        recorder = self._store.open_stream(StreamKey(asked.channel, StreamName.PICTURE))
        # Between pictures nothing is due: neither the time since the last start nor that since the last one is a gap.
        recorder.first_on_disk = False
        newest = self._newest.get(asked.channel)
        if newest is not None and not 0 <= asked.at_us - newest < SPARSE_SILENCE_US:
            # A picture of earlier footage is a span of its own.
            recorder.end(None)
        self._newest[asked.channel] = asked.at_us
        recorder.put(Sample(0, asked.at_us, asked.at_us, SampleFlag.KEY, asked.jpeg), _EPOCH)
        self._store.wake()
