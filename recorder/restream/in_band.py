"""Parameter sets in band: a key frame has them with it, wherever the camera told them."""

from dataclasses import dataclass

from recorder.client.stream import Codec, TrackParameters
from recorder.rtsp.packetise.units import LENGTH_BYTES, join, split


@dataclass(frozen=True)
class _Kinds:
    """Where the first byte of a NAL unit has its type, and which types are what."""

    shift: int
    mask: int
    sets: range
    slices: range
    delimiter: int


_KINDS = {
    Codec.H264: _Kinds(0, 0x1F, range(7, 9), range(1, 6), 9),
    Codec.H265: _Kinds(1, 0x3F, range(32, 35), range(32), 35),
}


def with_sets(data: bytes | memoryview, track: TrackParameters) -> bytes | memoryview:
    """Give a key frame with its parameter sets, where the camera sent them in its description alone.

    They stand before everything but an access unit delimiter (H.264 §7.4.1.2.3, H.265 §7.4.2.4.4).
    """
    found = _KINDS.get(track.codec)
    if found is None or not track.parameter_sets:
        return data
    at = 0
    for place, unit in enumerate(split(data)):
        kind = unit[0] >> found.shift & found.mask
        if kind in found.sets:
            return data
        if kind in found.slices:
            break
        if kind == found.delimiter and not place:
            at = LENGTH_BYTES + len(unit)
    return b"".join((data[:at], join(list(track.parameter_sets)), data[at:]))
