"""Merkle trees over SHA-256, as in RFC 9162 §2.1: what a root stands for."""

from collections.abc import Iterable, Sequence
from hashlib import sha256

HASH_BYTES = 32
NO_ROOT = bytes(HASH_BYTES)
_LEAF, _NODE = b"\0", b"\1"


def leaf(data: bytes) -> bytes:
    """Give the leaf of bytes that mean nothing here."""
    return sha256(_LEAF + data).digest()


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
