"""H.264 over RTP, non-interleaved mode (RFC 6184): access units to packets."""

from collections.abc import Iterator

from recorder.rtsp.packetise.packets import LONGEST_PAYLOAD, Fragments, Packets, Payload, lay_out
from recorder.rtsp.packetise.units import split

_STAP_A = 24
_FU_A = 28
_FU_HEADER_BYTES = 2
_IMPORTANCE = 0xE0
_TYPE = 0x1F
_START, _END = 0x80, 0x40
_FIRST_SLICE, _LAST_SLICE = 1, 5


def packetise(sample: bytes | memoryview, payload_type: int) -> Packets:
    """Turn one access unit (NAL units behind 4-byte lengths) into packets.

    Slices travel alone or fragmented (FU-A, §5.8); what comes before them (parameter sets, SEI) shares one packet
    (STAP-A, §5.7.1) where it fits.
    """
    return lay_out(_payloads(sample), payload_type)


def _payloads(sample: bytes | memoryview) -> Iterator[Payload | Fragments]:
    small: list[memoryview] = []
    size = 1
    for unit in split(sample):
        is_slice = _FIRST_SLICE <= unit[0] & _TYPE <= _LAST_SLICE
        if small and (is_slice or size + 2 + len(unit) > LONGEST_PAYLOAD):
            yield _together(small)
            small, size = [], 1
        if is_slice or size + 2 + len(unit) > LONGEST_PAYLOAD:
            yield _alone(unit)
        else:
            small.append(unit)
            size += 2 + len(unit)
    if small:
        yield _together(small)


def _together(units: list[memoryview]) -> Payload:
    if len(units) == 1:
        return (units[0],)
    # §5.7: F is the bitwise OR, NRI the maximum of the units inside.
    importance = max(unit[0] & 0x60 for unit in units)
    forbidden = max(unit[0] & 0x80 for unit in units)
    pieces: list[bytes | memoryview] = [bytes([forbidden | importance | _STAP_A])]
    for unit in units:
        pieces += (len(unit).to_bytes(2, "big"), unit)
    return tuple(pieces)


def _alone(unit: memoryview) -> Payload | Fragments:
    if len(unit) <= LONGEST_PAYLOAD:
        return (unit,)
    indicator = unit[0] & _IMPORTANCE | _FU_A
    kind = unit[0] & _TYPE
    first, middle, last = (bytes((indicator, flag | kind)) for flag in (_START, 0, _END))
    return Fragments(first, middle, last, unit[1:], LONGEST_PAYLOAD - _FU_HEADER_BYTES)
