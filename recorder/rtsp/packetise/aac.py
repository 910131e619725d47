"""AAC over RTP in mode AAC-hbr (RFC 3640 §3.3.6): sizeLength 13, indexLength 3, indexDeltaLength 3."""

from recorder.rtsp.packetise.packets import LONGEST_PAYLOAD, Packets, lay_out

LONGEST_UNIT = (1 << 13) - 1
"""Bytes of an access unit that 13 bits of size can tell."""

_SECTION_BYTES = 4
_HEADER_BITS = 16


def packetise(sample: bytes | memoryview, payload_type: int) -> Packets:
    """Turn one raw access unit into packets; every fragment repeats the size of the whole unit (§3.2.3.1).

    A unit longer than `LONGEST_UNIT` cannot be sent in this mode and gives no packets.
    """
    view = memoryview(sample)
    if len(view) > LONGEST_UNIT:
        return Packets(b"", ())
    section = _HEADER_BITS.to_bytes(2, "big") + (len(view) << 3).to_bytes(2, "big")
    room = LONGEST_PAYLOAD - _SECTION_BYTES
    return lay_out(((section, view[at : at + room]) for at in range(0, len(view), room)), payload_type)
