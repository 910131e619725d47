"""Sound files of people: what they may be, how large, and how decode is asked to make samples of one."""

from dataclasses import dataclass

LONGEST_S = 60
"""A voice that says more is heard by nobody."""
LARGEST_FILE = 6 << 20
"""As base64 it fits into one frame: six minutes of MP3, half a minute of a compact disc."""
KEPT_BYTES = 2 << 20
"""Of samples of one sound: a hundred of them are 200 MB."""

_MPEG_SYNC = 0xE0


def container_of(data: bytes) -> str:
    """Say what a file is by its first bytes, as libavformat calls it; "" where it is nothing that is known.

    None of these containers can name another file or an address.
    """
    if data[:4] == b"RIFF" and data[8:12] == b"WAVE":
        return "wav"
    if data[:4] == b"fLaC":
        return "flac"
    if data[:4] == b"OggS":
        return "ogg"
    if data[4:8] == b"ftyp":
        return "mov"
    if data[:3] == b"ID3" or (len(data) > 1 and data[0] == 0xFF and data[1] & _MPEG_SYNC == _MPEG_SYNC):
        return "mp3"
    return ""


@dataclass(frozen=True)
class DecodeSound:
    """Client: turn a file into samples. Only processes of the recorder may ask."""

    id: int
    data: bytes
    op: str = "decode_sound"


@dataclass(frozen=True)
class SoundDecoded:
    """decode: one channel of signed samples of 16 bits, little-endian."""

    id: int
    rate_hz: int
    samples: bytes
    op: str = "sound_decoded"
