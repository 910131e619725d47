"""Opus over RTP (RFC 7587): a packet is a packet."""

from recorder.rtsp.packetise.packets import Packets, lay_out

LONGEST_PACKET = 1275 * 3 + 7
"""RFC 6716 §3.4: 120 ms at the highest rate; encoders stay far below what a datagram takes."""


def packetise(sample: bytes | memoryview, payload_type: int) -> Packets:
    """Turn one packet of Opus into one of RTP; the marker would tell the end of a silence (§4.2)."""
    if len(sample) > LONGEST_PACKET:
        return Packets(b"", ())
    return lay_out(((sample,),), payload_type, marker=False)
