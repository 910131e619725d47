"""Heads of JPEG pictures taken apart and packed for RTP, and configurations of MPEG-4; the first byte says which."""

from recorder.client.stream import Codec
from recorder.codec import g726, jpeg, mpeg4, parameters
from recorder.codec.errors import BadBitstream
from recorder.rtsp.packetise.mjpeg import packetise

DECLARED = (BadBitstream,)
_TABLES = (bytes(range(1, 65)), bytes(range(2, 66)))
_CONFIG = bytes.fromhex("000001b0f1000001b5a913000001000000012008d48d0800550a041e14103f")
SEEDS = (
    b"j" + jpeg.head(64, 48, 0x22, _TABLES, 4)[0] + b"scan\xff\xd9",
    b"j" + jpeg.head(8, 8, 0x21, (_TABLES[0] * 2,))[0] + b"\xff\xd9",
    b"m" + _CONFIG,
    b"m" + _CONFIG + b"\0\0\1\xb3\0\x10\x07\0\0\1\xb6\x10abc",
    b"g" + bytes(range(40)),
)


def target(data: bytes) -> None:
    kind, rest = data[:1], data[1:]
    if kind == b"g":
        bits = g726.BITS[len(rest) % 4]
        whole = rest[: len(rest) - len(rest) % bits]
        assert len(g726.from_aal2(rest, bits)) in {len(whole), len(rest)}
    elif kind == b"m":
        config = mpeg4.configuration_of(rest)
        assert len(config) <= len(rest)
        mpeg4.coding_type(rest)
        found = parameters.describe(0, Codec.MPEG4, 90_000, (rest,))
        assert 0 < found.width < 1 << 13
        parameters.codec_string(found)
    else:
        cut = packetise(rest, 26)
        assert len(cut.data) <= 2 * len(rest) + 2000
        parts = jpeg.take_apart(rest)
        if cut.offsets:
            head, frame = jpeg.head(
                parts.frame.width, parts.frame.height, parts.luma, parts.tables, parts.restart_interval
            )
            assert jpeg.parse_frame(frame) == parts.frame
            assert jpeg.take_apart(head).tables == parts.tables
