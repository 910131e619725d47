"""Pictures that control brings are recorded as the picture stream; nothing here looks into them."""

import msgspec

from recorder.client.clock import Clock
from recorder.client.errors import Invalid
from recorder.client.stream import Codec, Epoch, StreamName, TrackKind, TrackParameters
from recorder.client.words import _
from recorder.media.moments import Moments
from recorder.store import StoreWriter

MOST_BYTES = 4 << 20
"""Of one picture: a JPEG of 4K in the best quality has 3 MiB. It travels as text, a third longer, in one frame."""
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
        self._moments = Moments(store, clock, StreamName.PICTURE, _EPOCH)

    def take(self, asked: PictureRequest) -> None:
        """Record a picture; raises `Invalid` for what is none, or too large."""
        self._moments.check(asked.channel, asked.at_us)
        if len(asked.jpeg) > MOST_BYTES or not asked.jpeg.startswith(_BEGINS) or not asked.jpeg.endswith(_ENDS):
            raise Invalid(problem=_("a picture that is none, or larger than {mb} MB").format(mb=MOST_BYTES >> 20))
        self._moments.put(asked.channel, asked.at_us, asked.jpeg)
