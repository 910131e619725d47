"""The keys of encrypted pools, as the store asks for them."""

from typing import NamedTuple, Protocol


class PoolKey(NamedTuple):
    """A key and its number, which stands beside everything that is encrypted with it."""

    number: int
    secret: bytes


class PoolKeys(Protocol):
    """The keys that this recorder has. Safe from any thread."""

    def writing(self, pool: int) -> PoolKey | None:
        """Give the key that a pool is written with now; None where there is none."""
        ...

    def of(self, number: int) -> bytes | None:
        """Give the key of a number; None where this recorder does not have it."""
        ...


class NoKeys:
    """A recorder without encrypted pools."""

    def writing(self, pool: int) -> PoolKey | None:
        """Nothing is encrypted."""
        del pool

    def of(self, number: int) -> bytes | None:
        """No key is known."""
        del number


NO_KEYS = NoKeys()
