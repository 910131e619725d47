"""Formats whose units are cut anywhere: MPEG-4 part 2 (RFC 6416), documents of ONVIF; the last piece is marked."""

from recorder.rtsp.packetise.packets import LONGEST_PAYLOAD, Packets, lay_out


def packetise(sample: bytes | memoryview, payload_type: int) -> Packets:
    """Turn one unit into packets."""
    view = memoryview(sample)
    return lay_out(((view[at : at + LONGEST_PAYLOAD],) for at in range(0, len(view), LONGEST_PAYLOAD)), payload_type)
