"""The stamp in every simulated picture: which frame it is and when the camera took it, as an SEI message.

An unregistered user data SEI (H.264 Annex D.1.6 and H.265 Annex D.2.6, payload type 5) with our own UUID. Its numbers
are written in seven bits a byte with the top bit set: so they can never look like a start code, the message has one
fixed length, and it can be written into packets that are cut already.
"""

import uuid
from dataclasses import dataclass

from recorder.client.stream import Codec
from recorder.rtsp.packetise.units import LENGTH_BYTES

UUID = uuid.UUID("b7a9d3f1-5c86-4e2a-9d74-e81c6fa53b92").bytes
_USER_DATA_UNREGISTERED = 5
_NUMBER_BYTES = 10
_BODY_BYTES = 3 * _NUMBER_BYTES
_END_OF_MESSAGE = 0x80
_UNIT_HEADER = {Codec.H264: b"\x06", Codec.H265: b"\x4e\x01"}


@dataclass(frozen=True)
class Stamp:
    """What a picture says of itself.

    `frame` counts the pictures of a camera and never wraps, `time_us` is when it was taken by the camera's clock (UTC),
    and `loop_frame` is its place in the rendered loop, from which the scene's ground truth follows.
    """

    frame: int
    time_us: int
    loop_frame: int


def unit(codec: Codec, stamp: Stamp) -> bytes:
    """Make the SEI NAL unit that carries a stamp, without start code or length; always of one length for a codec."""
    body = UUID + numbers(stamp)
    return _UNIT_HEADER[codec] + bytes([_USER_DATA_UNREGISTERED, len(body)]) + body + bytes([_END_OF_MESSAGE])


def numbers(stamp: Stamp) -> bytes:
    """Give the bytes behind the UUID."""
    return b"".join(_pack(number) for number in (stamp.frame, stamp.time_us, stamp.loop_frame))


def place_of_numbers(data: bytes | bytearray) -> int | None:
    """Find where the numbers of a stamp stand in packets or in a sample."""
    found = data.find(UUID)
    return None if found < 0 else found + len(UUID)


def read_stamp(sample: bytes | memoryview) -> Stamp | None:
    """Read the stamp of a video sample, whose NAL units stand behind lengths or start codes; None if it has none."""
    data = bytes(sample)
    at = place_of_numbers(data)
    if at is None or at + _BODY_BYTES > len(data) or at < LENGTH_BYTES + len(UUID):
        return None
    values = [_unpack(data[at + index : at + index + _NUMBER_BYTES]) for index in range(0, _BODY_BYTES, _NUMBER_BYTES)]
    return Stamp(*values)


_PAIRS = tuple(bytes((0x80 | pair >> 7, 0x80 | pair & 0x7F)) for pair in range(1 << 14))


def _pack(number: int) -> bytes:
    return (
        _PAIRS[number >> 56 & 0x3FFF]
        + _PAIRS[number >> 42 & 0x3FFF]
        + _PAIRS[number >> 28 & 0x3FFF]
        + _PAIRS[number >> 14 & 0x3FFF]
        + _PAIRS[number & 0x3FFF]
    )


def _unpack(packed: bytes) -> int:
    number = 0
    for byte in packed:
        number = number << 7 | byte & 0x7F
    return number
