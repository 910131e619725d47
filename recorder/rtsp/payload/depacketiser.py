"""What all payload formats have in common on the receiving side."""

from collections.abc import Callable, Sequence
from typing import Protocol

Emit = Callable[[int, bool, bool, bytes | memoryview], None]
"""Takes a finished access unit: RTP ticks after its timestamp, key, damaged, data (valid during the call)."""
Continuation = tuple[bytes, int]
"""How the payloads begin, and how many bytes there is room for behind that."""
LARGEST_UNIT = 8 << 20
"""No access unit of a camera is larger; what would be is dropped and counted."""


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

    def continuation(self) -> Continuation | None:
        """While a fragmented NAL unit is open, say what its middle packets look like."""
        ...

    def continued(self, contents: Sequence[bytes], size: int) -> None:
        """Take what middle packets have behind what `continuation` said, `size` bytes in all."""
        ...
