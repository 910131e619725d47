"""The head of Opus (RFC 7845 §5.1): what files say of a stream, which travels in RTP without saying it."""

RATE_HZ = 48_000
"""Timestamps count at this rate whatever was sampled (RFC 7587 §4.1)."""
_MAGIC = b"OpusHead"


def head(channels: int) -> bytes:
    """Give the identification header for one or two channels.

    Nothing is skipped at the begin: a recording begins in the midst of a stream.
    """
    rate = RATE_HZ.to_bytes(4, "little")
    return _MAGIC + bytes((1, 2 if channels == 2 else 1)) + bytes(2) + rate + bytes(3)
