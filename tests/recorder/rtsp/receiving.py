"""A reception with its depacketiser, fed packet by packet, and what it delivered."""

from dataclasses import dataclass, field

from recorder.client.stream import Codec
from recorder.rtsp.offer import AUDIO_TRACK, METADATA_TRACK, VIDEO_TRACK, Offer
from recorder.rtsp.payload.aac import AacLayout
from recorder.rtsp.payload.choice import open_other, open_video
from recorder.rtsp.reception import Reception

PAYLOAD_TYPE = 96


@dataclass(frozen=True)
class Delivered:
    pts_us: int
    key: bool
    damaged: bool
    jumped: bool
    data: bytes


@dataclass
class Receiver:
    codec: Codec
    clock_hz: int = 90_000
    layout: AacLayout = field(default_factory=AacLayout)
    reorder: bool = False
    given: tuple[bytes, ...] = ()
    told: dict = field(default_factory=dict)
    sequence: int = 0
    units: list[Delivered] = field(default_factory=list)

    def __post_init__(self):
        video = self.codec in {Codec.H264, Codec.H265, Codec.MJPEG, Codec.MPEG4}
        self.reception = Reception(PAYLOAD_TYPE, self.clock_hz, self.deliver, video=video)
        emit = self.reception.emit
        track = VIDEO_TRACK if video else METADATA_TRACK if self.codec is Codec.ONVIF else AUDIO_TRACK
        offer = Offer(track, self.codec, PAYLOAD_TYPE, self.clock_hz, 1, None, self.given, self.layout, **self.told)
        if video:
            self.sets, self.depacketiser = open_video(offer, emit)
        else:
            self.depacketiser = open_other(offer, emit)
        self.reception.attach(self.depacketiser)
        if self.reorder:
            self.reception.allow_reordering()

    def deliver(self, pts_us, key, damaged, jumped, data):
        self.units.append(Delivered(pts_us, key, damaged, jumped, bytes(data)))

    def packet(self, payload, timestamp=0, *, marker=False, sequence=None, ssrc=1, kind=PAYLOAD_TYPE, first=0x80):
        """Feed one packet; without a sequence it follows the one before. Its buffer is spoilt right after."""
        if sequence is not None:
            self.sequence = sequence
        buffer = bytearray(payload)
        self.reception.packet(first, kind | marker << 7, self.sequence, timestamp, ssrc, memoryview(buffer))
        buffer[:] = b"\xaa" * len(buffer)
        self.sequence = (self.sequence + 1) & 0xFFFF

    def skip(self, packets=1):
        """Lose packets."""
        self.sequence = (self.sequence + packets) & 0xFFFF

    @property
    def data(self):
        return [one.data for one in self.units]

    @property
    def counts(self):
        return self.reception.counts


def sample(*units):
    """What NAL units look like in a sample."""
    return b"".join(len(one).to_bytes(4) + one for one in units)
