"""RTP packets, behind 2-byte lengths, through reception and the depacketiser that the first byte names.

H.264 and H.265 once more as interleaved frames, of which many are taken together: they must give the same.
"""

import contextlib

from recorder.client.stream import Codec
from recorder.codec import jpeg, parameters
from recorder.codec.errors import BadBitstream
from recorder.rtsp.offer import AUDIO_TRACK, METADATA_TRACK, VIDEO_TRACK, Offer
from recorder.rtsp.payload.choice import open_other, open_video
from recorder.rtsp.payload.depacketiser import LARGEST_UNIT
from recorder.rtsp.reception import Reception
from recorder.rtsp.rtp import HEADER, Packet

DECLARED = ()


def _stream(kind: int, *payloads: bytes, of_one: int = 4) -> bytes:
    packets = (
        bytes(Packet(96, 65534 + at & 0xFFFF, 3600 * (at // of_one), 7, one, (at + 1) % of_one == 0))
        for at, one in enumerate(payloads)
    )
    return bytes((kind,)) + b"".join(len(one).to_bytes(2) + one for one in packets)


_H264 = (
    b"\x67\x42\x00\x1e\xf8",
    b"\x18\x00\x02\x68\xce\x00\x01\x06",
    b"\x7c\x85\x88abc",
    b"\x7c\x45def",
    b"\x41\x9a",
    b"\x5c\x81",
)
_RUN = (b"\x7c\x85\x88abc", *(b"\x7c\x05" + bytes((at,)) * 6 for at in range(8)), b"\x7c\x45def")
_H264_TOGETHER = (b"\x7c\x87\x42\x00\x1e\xf8\0\0\1\x68\xce\0\0", b"\x7c\x47\0\1\x65\x88ab")
"""An encoder's output behind start codes in the fragments of its SPS."""
_SOURCE, _OTHER = bytes((0, 0, 0, 7)), bytes((0, 0, 0, 8))
_H265 = (b"\x42\x01\x01", b"\x60\x01\x00\x03\x44\x01\xc1", b"\x62\x01\x93\x80abc", b"\x62\x01\x53def", b"\x02\x01\xd0")
_AAC = (b"\x00\x20\x00\x18\x00\x10abcde", b"\x00\x10\x00\x40ab", b"\x00\x10\x00\x40cdefgh")
_JPEG = (
    b"\0\0\0\0\x01\xff\x02\x02\0\0\0\x80" + bytes(range(1, 129)) + b"scan",
    b"\0\0\0\x04\x01\xff\x02\x02data",
    b"\0\0\0\0\x40\x32\x02\x02\0\x01\xff\xffscan",
    b"\0\0\0\x04\x40\x32\x02\x02\0\x01\xff\xff\xff\xd9",
)
_CONFIG = bytes.fromhex("000001b0f1000001b5a913000001000000012008d48d0800550a041e14103f")
_MPEG4 = (_CONFIG + b"\0\0\1\xb3\0\x10\x07\0\0\1\xb6\x10abc", b"def", b"\0\0\1\xb6\x50ghi", b"jkl")
_XML = (b"<a>", b"b", b"</a>", b"<c/>")
# In this order by the first byte; 16 more lets packets overtake each other.
_TRACKS = (
    (Codec.H264, _H264),
    (Codec.H265, _H265),
    (Codec.MJPEG, _JPEG),
    (Codec.MPEG4, _MPEG4),
    (Codec.AAC, _AAC),
    (Codec.PCMA, (b"abc", b"")),
    (Codec.G726, (b"abcdefgh", b"\x01\x02\x03\x04\x05")),
    (Codec.ONVIF, _XML),
)
_VIDEO = 4
_RUNS = 2
"""Those whose fragments are taken together."""
SEEDS = (
    *(_stream(kind + reorder, *payloads) for kind, (_, payloads) in enumerate(_TRACKS) for reorder in (0, 16)),
    _stream(0, *_RUN, of_one=len(_RUN)),
    _stream(0, *_H264_TOGETHER, b"\x41\x9a", of_one=2),
    _stream(1, b"\x46\x01\x50\0\0\1\x26\x01\xafabc", b"\x02\x01\xd0", of_one=1),
    _stream(0, b"\x65\x88ab", b"\x41\x9a", of_one=1)
    + _stream(0, b"\x41\x9b", b"\x41\x9c").replace(_SOURCE, _OTHER)[1:],
)


def target(data: bytes) -> None:
    kind = data[0] if data else 0
    number = kind % len(_TRACKS)
    codec = _TRACKS[number][0]
    units: list[tuple[bool, bool, bytes]] = []

    def deliver(pts_us: int, key: bool, damaged: bool, jumped: bool, unit: memoryview) -> None:
        units.append((key, damaged, bytes(unit)))
        assert 0 < len(unit) <= LARGEST_UNIT or codec is Codec.G726
        if codec is Codec.MJPEG:
            assert jpeg.parse_frame(jpeg.frame_header(unit)).components == 3

    video = number < _VIDEO
    reception = Reception(96, 90_000, deliver, video=video)
    track = VIDEO_TRACK if video else METADATA_TRACK if codec is Codec.ONVIF else AUDIO_TRACK
    given = (bytes((2 + (kind >> 5 & 3),)),) if codec is Codec.G726 else ()
    offer = Offer(track, codec, 96, 90_000, 1, None, given, aal2=True)
    if video:
        sets, depacketiser = open_video(offer, reception.emit)
        reception.attach(depacketiser)
    else:
        reception.attach(open_other(offer, reception.emit))
    if kind & 16:
        reception.allow_reordering()
    view, at = memoryview(data), 1
    frames = bytearray()
    while at + 2 <= len(data):
        size = int.from_bytes(data[at : at + 2])
        packet = view[at + 2 : at + 2 + size]
        at += 2 + size
        # What is taken together comes at once, and how long a source is silent decides whose packets count.
        reception.arrived_us += 0 if number < _RUNS and not kind & 16 else 40_000
        if len(packet) >= HEADER.size:
            reception.packet(*HEADER.unpack_from(packet), packet[HEADER.size :])
            frames += b"$\0" + len(packet).to_bytes(2) + packet
        reception.expire()
    reception.report(reception.arrived_us)
    if number < _RUNS and not kind & 16:
        assert _together(offer, frames) == units
    if video and sets.changed and (found := sets.take()):
        with contextlib.suppress(BadBitstream):
            parameters.describe(track, codec, 90_000, found)


def _together(offer: Offer, frames: bytearray) -> list[tuple[bool, bool, bytes]]:
    """Give the units of frames that come in two reads, each of which is written over when it was taken."""
    units: list[tuple[bool, bool, bytes]] = []

    def deliver(pts_us: int, key: bool, damaged: bool, jumped: bool, unit: bytes) -> None:
        units.append((key, damaged, unit))

    reception = Reception(96, 90_000, deliver, video=True)
    reception.attach(open_video(offer, reception.emit)[1])
    at = 0
    for end in (len(frames) // 2, len(frames)):
        after = reception.frames(frames, at, end) if end - at > 1 else at
        frames[at:after] = bytes(after - at)
        at = after
    return units
