"""H.265 over RTP without decoding order numbers (RFC 7798, sprop-max-don-diff 0): access units to packets."""

from collections.abc import Iterator

from recorder.rtsp.packetise.packets import LONGEST_PAYLOAD, Fragments, Packets, Payload, lay_out
from recorder.rtsp.packetise.units import split

_AGGREGATION = 48
_FRAGMENTATION = 49
_FIRST_NOT_SLICE = 32
_START, _END = 0x80, 0x40
_UNIT_HEADER_BYTES = 2
_FU_BYTES = 3


def packetise(sample: bytes | memoryview, payload_type: int) -> Packets:
    """Turn one access unit (NAL units behind 4-byte lengths) into packets.

    Slices travel alone or fragmented (§4.4.3); what comes before them shares one packet (§4.4.2) where it fits.
    """
    return lay_out(_payloads(sample), payload_type)


def _payloads(sample: bytes | memoryview) -> Iterator[Payload | Fragments]:
    small: list[memoryview] = []
    size = _UNIT_HEADER_BYTES
    for unit in split(sample):
        if len(unit) < _UNIT_HEADER_BYTES:
            continue
        is_slice = unit[0] >> 1 & 0x3F < _FIRST_NOT_SLICE
        if small and (is_slice or size + 2 + len(unit) > LONGEST_PAYLOAD):
            yield _together(small)
            small, size = [], _UNIT_HEADER_BYTES
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
    # §4.4.2: F is set if any is set; layer and temporal id are the lowest of the units inside.
    forbidden = max(unit[0] & 0x80 for unit in units)
    layer = min((unit[0] & 1) << 5 | unit[1] >> 3 for unit in units)
    temporal = min(unit[1] & 7 for unit in units)
    header = bytes([forbidden | _AGGREGATION << 1 | layer >> 5, (layer & 0x1F) << 3 | temporal])
    pieces: list[bytes | memoryview] = [header]
    for unit in units:
        pieces += (len(unit).to_bytes(2, "big"), unit)
    return tuple(pieces)


def _alone(unit: memoryview) -> Payload | Fragments:
    if len(unit) <= LONGEST_PAYLOAD:
        return (unit,)
    header, kind = bytes((unit[0] & 0x81 | _FRAGMENTATION << 1, unit[1])), unit[0] >> 1 & 0x3F
    first, middle, last = (header + bytes((flag | kind,)) for flag in (_START, 0, _END))
    return Fragments(first, middle, last, unit[_UNIT_HEADER_BYTES:], LONGEST_PAYLOAD - _FU_BYTES)
