"""WAV files of people: hostile until parsed, and turned into the one form that sound cards are given."""

import struct
from array import array
from dataclasses import dataclass

from recorder.client.errors import NightjarError
from recorder.client.sound_files import LONGEST_S
from recorder.client.words import _

LARGEST_BYTES = 1 << 20
"""As much as one call may carry: half a minute of speech at 16 kHz."""
RATES_HZ = range(8000, 48_001)
_PCM, _EXTENSIBLE = 1, 0xFFFE
_FORMAT = struct.Struct("<HHIIHH")
_PCM_GUID = bytes.fromhex("0100000000001000800000aa00389b71")
"""KSDATAFORMAT_SUBTYPE_PCM, as it lies in a file."""
_MOST_CHUNKS = 256


class BadSound(NightjarError):
    """A file that is no sound that we play."""

    status = 422
    words = _("This sound cannot be played: {problem}. WAV, MP3, FLAC, OGG and M4A files are what is known.")


@dataclass(frozen=True)
class Clip:
    """Sound: `samples` are signed, 16 bits, little-endian, the channels of one moment side by side."""

    rate_hz: int
    channels: int
    samples: bytes

    @property
    def length_s(self) -> float:
        """How long it is heard."""
        return len(self.samples) / (2 * self.channels * self.rate_hz)

    def __bytes__(self) -> bytes:
        """Give it as a WAV file that `parse` reads."""
        head = _FORMAT.pack(_PCM, self.channels, self.rate_hz, 2 * self.channels * self.rate_hz, 2 * self.channels, 16)
        chunks = _chunk(b"fmt ", head) + _chunk(b"data", self.samples)
        return b"RIFF" + (4 + len(chunks)).to_bytes(4, "little") + b"WAVE" + chunks


def parse(data: bytes, most: int = LARGEST_BYTES) -> Clip:
    """Read a WAV file of one or two channels and of at most so many bytes; raises `BadSound`."""
    if len(data) > most:
        raise BadSound(problem=_("it is larger than {most} KiB").format(most=most >> 10))
    if data[:4] != b"RIFF" or data[8:12] != b"WAVE":
        raise BadSound(problem=_("it is no WAV file"))
    form, samples = _chunks(data)
    channels, rate_hz, bits = _form(form)
    width = bits // 8 * channels
    samples = samples[: len(samples) // width * width]
    if not samples:
        raise BadSound(problem=_("there is nothing in it"))
    found = Clip(rate_hz, channels, _widened(samples) if bits == 8 else samples)
    if found.length_s > LONGEST_S:
        raise BadSound(problem=_("it is longer than {most} s").format(most=LONGEST_S))
    return found


def _chunks(data: bytes) -> tuple[bytes, bytes]:
    """Give the chunk that says how, and the one that has the samples; whatever else there is is passed over."""
    form = b""
    at = 12
    for _number in range(_MOST_CHUNKS):
        kind, size = data[at : at + 4], int.from_bytes(data[at + 4 : at + 8], "little")
        if len(data) < at + 8:
            break
        if kind == b"fmt ":
            form = data[at + 8 : at + 8 + size]
        elif kind == b"data" and form:
            # Programs that write into a pipe leave the size at its largest: what is there counts.
            return form, data[at + 8 : at + 8 + size]
        at += 8 + size + (size & 1)
    raise BadSound(problem=_("there is nothing in it"))


def _form(form: bytes) -> tuple[int, int, int]:
    """Give channels, hertz and bits of a sample."""
    if len(form) < _FORMAT.size:
        raise BadSound(problem=_("it is damaged"))
    kind, channels, rate_hz, _per_s, _align, bits = _FORMAT.unpack_from(form)
    is_pcm = kind == _PCM or (kind == _EXTENSIBLE and form[24:40] == _PCM_GUID)
    if not is_pcm or bits not in {8, 16}:
        raise BadSound(problem=_("it is coded otherwise"))
    if channels not in {1, 2} or rate_hz not in RATES_HZ:
        raise BadSound(problem=_("it has {channels} channels at {rate} Hz").format(channels=channels, rate=rate_hz))
    return channels, rate_hz, bits


def _widened(samples: bytes) -> bytes:
    """Turn unsigned samples of 8 bits into signed ones of 16."""
    wide = array("h", ((one - 128) << 8 for one in samples))
    if struct.pack("=H", 1) != struct.pack("<H", 1):
        wide.byteswap()
    return wide.tobytes()


def _chunk(kind: bytes, content: bytes) -> bytes:
    return kind + len(content).to_bytes(4, "little") + content + b"\x00" * (len(content) & 1)
