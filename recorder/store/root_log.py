"""The log of roots of a disk: an entry for each sealed block, and signed heads that stand for the entries before them.

Entries and heads are rows of the catalog (docs/reference/store-format.md). A head names the one before it, so that none
can be left out; it holds a tree over its own entries alone, so that they go when their blocks are used again.
"""

from collections.abc import Iterable, Sequence
from hashlib import sha256
from typing import Protocol

from recorder.client.clock import SECOND_US, Clock
from recorder.store import merkle
from recorder.store.contents import Contents
from recorder.store.ids import IdSource
from recorder.store.row_format import pack
from recorder.store.rows import BlockRow, HeadRow, KeyRow, RootRow, RowKind

HEAD_DOMAIN = b"nightjar head 1\0"
SIGN_US = 3600 * SECOND_US
"""A block waits at most so long for its signature while its disk is in use."""
MOST_ENTRIES = 1 << 20
NO_HEAD = bytes(merkle.HASH_BYTES)
_SIGNATURE_BYTES = 64


class Signer(Protocol):
    """Who signs: the device key."""

    @property
    def public(self) -> bytes:
        """The 32 bytes of the public key that signs now."""
        ...

    def sign(self, data: bytes) -> bytes:
        """Give the Ed25519 signature (64 bytes)."""
        ...

    def statements(self) -> Sequence[KeyRow]:
        """Give what says how the keys follow each other, oldest first."""
        ...


def signed_part(head: HeadRow) -> bytes:
    """Give the bytes that the signature of a head covers."""
    return HEAD_DOMAIN + pack(head)[1][:-_SIGNATURE_BYTES]


def digest_of(head: HeadRow) -> bytes:
    """Give what the next head names this one by."""
    return sha256(pack(head)[1]).digest()


def root_of(entries: Iterable[RootRow]) -> bytes:
    """Give the root over entries of the log."""
    return merkle.root([merkle.leaf(pack(one)[1]) for one in entries])


def root_of_chunks(digests: Iterable[bytes]) -> bytes:
    """Give the root of a block from those of its chunks."""
    return merkle.root(list(digests))


class RootLog:
    """The log of one disk that is being written. One thread."""

    def __init__(self, contents: Contents, disk: bytes, ids: IdSource, clock: Clock) -> None:
        self._contents, self._disk, self._ids, self._clock = contents, disk, ids, clock
        heads = [one for one in contents.of(RowKind.HEAD) if isinstance(one, HeadRow) and one.disk == disk]
        self.last = max(heads, key=lambda one: one.number, default=None)
        self._next = max([self._signed, *(one.number + 1 for one in self._entries())])
        self._keys = {(one.key, one.previous) for one in contents.of(RowKind.KEY) if isinstance(one, KeyRow)}
        # What the last run left unsigned is signed at once.
        self._sign_at_us = clock.monotonic_us()

    @property
    def _signed(self) -> int:
        """The number of the first entry that no head stands for."""
        return self.last.first + self.last.entries if self.last else 1

    def _entries(self) -> list[RootRow]:
        return sorted(one for one in self._contents.of(RowKind.ROOT) if isinstance(one, RootRow))

    def sealed(self, row: BlockRow, root: bytes, samples: int) -> RootRow:
        """Give the entry of a block that was just sealed."""
        entry = RootRow(
            self._next,
            row.number,
            row.incarnation,
            row.serial,
            root,
            row.chunks,
            samples,
            row.first_us,
            row.last_us,
            self._clock.now_us(),
        )
        self._next += 1
        return entry

    def is_due(self) -> bool:
        """Whether there is something to sign, and it is time."""
        return self._next > self._signed and self._clock.monotonic_us() >= self._sign_at_us

    def new_keys(self, signer: Signer) -> list[KeyRow]:
        """Give the statements about keys that this disk does not have."""
        found = [one for one in signer.statements() if (one.key, one.previous) not in self._keys]
        self._keys |= {(one.key, one.previous) for one in found}
        return found

    def sign(self, signer: Signer) -> HeadRow | None:
        """Give the next head; None where every entry is signed. The entries must be durable."""
        self._sign_at_us = self._clock.monotonic_us() + SIGN_US
        # The tree needs its entries without a hole; one that was lost, or whose block was used again before anybody
        # signed it, ends the run, and the next head begins behind it.
        run: list[RootRow] = []
        for one in [one for one in self._entries() if one.number >= self._signed][:MOST_ENTRIES]:
            if run and one.number != run[-1].number + 1:
                break
            run.append(one)
        if not run:
            return None
        unsigned = HeadRow(
            disk=self._disk,
            number=self.last.number + 1 if self.last else 1,
            recorder=self._ids.recorder,
            boot=self._ids.boot,
            made_us=self._clock.now_us(),
            first=run[0].number,
            entries=len(run),
            root=root_of(run),
            previous=digest_of(self.last) if self.last else NO_HEAD,
            key=signer.public,
            signature=bytes(_SIGNATURE_BYTES),
        )
        head = unsigned._replace(signature=signer.sign(signed_part(unsigned)))
        self.last = head
        return head
