"""The NAL units of a video sample: each behind its length in four bytes, as MP4 and our samples have them."""

from collections.abc import Iterator

LENGTH_BYTES = 4


def split(sample: bytes | memoryview) -> Iterator[memoryview]:
    """Give the NAL units of a sample; a length that runs past its end closes the list, and empty units are left out."""
    view = memoryview(sample)
    at = 0
    end = len(view)
    while end - at > LENGTH_BYTES:
        length = int.from_bytes(view[at : at + LENGTH_BYTES], "big")
        at += LENGTH_BYTES
        if length > end - at:
            return
        if length:
            yield view[at : at + length]
        at += length


def join(units: list[bytes]) -> bytes:
    """Make a sample of NAL units."""
    return b"".join(len(unit).to_bytes(LENGTH_BYTES, "big") + unit for unit in units)
