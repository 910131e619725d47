"""What all payload formats have in common on the receiving side."""

from collections.abc import Callable, Iterable
from typing import Protocol

Emit = Callable[[int, bool, bool, bytes | memoryview], None]
"""Takes a finished access unit: RTP ticks after its timestamp, key, damaged, data (valid during the call)."""
LARGEST_UNIT = 8 << 20
"""No access unit of a camera is larger; what would be is dropped and counted."""


class Fragments(Protocol):
    """Takes the fragments of NAL units of which the first one was pushed, by the many."""

    is_open: bool
    """The last fragment of a NAL unit has not come yet; the others speak of that one."""
    middle: bytes
    """How the payloads of its middle fragments begin."""
    last: bytes
    """How that of its last one begins; nothing where the unit must be looked at when it is whole."""
    size: int
    """Bytes gathered of the access unit: never more than `LARGEST_UNIT`."""

    borrows: bool
    """Some of it lies where it was given."""

    def continued(self, contents: Iterable[memoryview], size: int) -> None:
        """Take what middle fragments have behind `middle`, `size` bytes in all; it stays as it is until `keep`."""
        ...

    def completed(self, content: memoryview, marker: int) -> None:
        """Take what the last fragment has behind `last`; it stays as it is until `keep`."""
        ...

    def keep(self) -> None:
        """Copy what was borrowed: it will be written over."""
        ...


class Depacketiser(Protocol):
    """Access units from the payloads of one track.

    The caller tells of each new timestamp by `turn` and of each loss by `lost`, before the packet concerned. A unit is
    handed to the `Emit` that the constructor took, when its end is seen.
    """

    @property
    def dropped(self) -> int:
        """Units of which nothing was left that could be delivered."""
        ...

    @property
    def malformed(self) -> int:
        """Parameter sets that cannot be parsed."""
        ...

    def push(self, payload: memoryview, marker: int) -> None:
        """Take one packet's payload, valid only during the call; raises `Malformed`."""
        ...

    def turn(self) -> None:
        """The next packet has another timestamp: what is gathered is a unit, if it holds a picture."""
        ...

    def lost(self) -> None:
        """Packets before the next one are missing."""
        ...

    def fragments(self) -> Fragments | None:
        """Give who takes fragments of NAL units; None where there are none."""
        ...
