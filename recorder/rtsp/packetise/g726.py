"""G.726 over RTP (RFC 3551 §4.5.4), packed as our samples are: from the least significant bit on."""

from recorder.rtsp.packetise.packets import Packets, lay_out

_MOST_GROUPS = 240
"""Of eight codes: 240 ms, and 1200 bytes at most."""


def packetise(sample: bytes | memoryview, payload_type: int, bits: int) -> Packets:
    """Turn a stretch of sound of so many bits per sample into packets, each stamped by its first sample."""
    view = memoryview(sample)
    room = _MOST_GROUPS * bits
    places = range(0, len(view), room)
    ticks = tuple(at * 8 // bits for at in places)
    payloads = ((view[at : at + room],) for at in places)
    return lay_out(payloads, payload_type, marker=False, ticks=ticks if len(ticks) > 1 else ())
