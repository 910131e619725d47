"""Merkle trees over SHA-256, as in RFC 9162 §2.1: what a root stands for, and how samples and chunks become leaves."""

import struct
from collections.abc import Iterable, Sequence
from hashlib import sha256

from recorder.client.stream import SampleFlag

HASH_BYTES = 32
NO_ROOT = bytes(HASH_BYTES)
_LEAF, _NODE = b"\0", b"\1"
# Leaf of a sample: 0x00, track, flags, wall, pts, size; its bytes follow.
_SAMPLE = struct.Struct("<BBBqqI")
# Leaf of what a chunk says of all its samples: 0x02, channel, stream, source, epoch, span, kernel boot, monotonic time.
_HEAD = struct.Struct("<BHBBI16s16sq")
_HASHED_FLAGS = tuple(value & ~int(SampleFlag.DISCONTINUITY) for value in range(256))
"""That something is missing before a sample is said later too, when footage is thinned: no leaf depends on it."""


def leaf(data: bytes) -> bytes:
    """Give the leaf of bytes that mean nothing here."""
    return sha256(_LEAF + data).digest()


def sample_leaf(track: int, flags: int, wall_us: int, pts_us: int, data: bytes | memoryview) -> bytes:
    """Give the leaf of a sample: its bytes, and what the table of its chunk says of it."""
    digest = sha256(_SAMPLE.pack(0, track, _HASHED_FLAGS[flags], wall_us, pts_us, len(data)))
    digest.update(data)
    return digest.digest()


def head_leaf(
    channel: int,
    stream: int,
    source: int,
    epoch: int,
    span: bytes,
    kernel_boot: bytes,
    monotonic_us: int,
    parameters: bytes,
) -> bytes:
    """Give the first leaf of a chunk: whose samples these are, and how they are decoded."""
    return sha256(_HEAD.pack(2, channel, stream, source, epoch, span, kernel_boot, monotonic_us) + parameters).digest()


def root(leaves: Sequence[bytes]) -> bytes:
    """Give the root over leaves; without any, that of nothing (SHA-256 of no bytes)."""
    if not leaves:
        return sha256().digest()
    level = list(leaves)
    while len(level) > 1:
        # Pairs from the left, the odd one as it is: the same tree as RFC 9162's split at the largest power of two.
        above = [sha256(_NODE + level[n] + level[n + 1]).digest() for n in range(0, len(level) - 1, 2)]
        if len(level) % 2:
            above.append(level[-1])
        level = above
    return level[0]


def split(leaves: bytes) -> list[bytes]:
    """Give hashes that lie one behind the other."""
    return [leaves[at : at + HASH_BYTES] for at in range(0, len(leaves), HASH_BYTES)]


def holds(kept: Iterable[bytes], leaves: Sequence[bytes]) -> bool:
    """Whether `kept` are some of `leaves`, in their order: what thinning leaves of a chunk."""
    left = iter(leaves)
    return all(any(one == other for other in left) for one in kept)
