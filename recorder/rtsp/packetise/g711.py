"""G.711 A-law and µ-law over RTP (RFC 3551 §4.5.14): one byte is one sample at 8 kHz."""

from recorder.rtsp.packetise.packets import LONGEST_PAYLOAD, Packets, lay_out


def packetise(sample: bytes | memoryview, payload_type: int) -> Packets:
    """Turn a stretch of sound into packets, each stamped by its first sample.

    The marker stays clear: it would tell the end of a silence (RFC 3551 §4.1).
    """
    view = memoryview(sample)
    ticks = tuple(range(0, len(view), LONGEST_PAYLOAD))
    payloads = ((view[at : at + LONGEST_PAYLOAD],) for at in ticks)
    return lay_out(payloads, payload_type, marker=False, ticks=ticks if len(ticks) > 1 else ())
