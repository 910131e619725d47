"""The stretch that is to be exported: in and out marks that keep their order (D-PLAY-14)."""

from dataclasses import dataclass, replace
from typing import Self

SHORTEST_US = 1_000_000


@dataclass(frozen=True)
class Cut:
    """From the in mark to the out mark, UTC in µs; either may be missing."""

    start_us: int | None = None
    end_us: int | None = None

    @property
    def is_whole(self) -> bool:
        """Whether both marks are set."""
        return self.start_us is not None and self.end_us is not None

    @property
    def length_us(self) -> int:
        """How long the stretch is; 0 while a mark is missing."""
        if self.start_us is None or self.end_us is None:
            return 0
        return self.end_us - self.start_us

    def begin(self, at_us: int) -> Self:
        """Set the in mark. An out mark before it is dropped: the owner has begun anew."""
        keep = self.end_us is not None and self.end_us - at_us >= SHORTEST_US
        return replace(self, start_us=at_us, end_us=self.end_us if keep else None)

    def finish(self, at_us: int) -> Self:
        """Set the out mark. An in mark behind it is dropped."""
        keep = self.start_us is not None and at_us - self.start_us >= SHORTEST_US
        return replace(self, start_us=self.start_us if keep else None, end_us=at_us)

    def drag(self, *, start: bool, to_us: int) -> Self:
        """Move a mark with the pointer; it stops before the other one."""
        if start and self.end_us is not None:
            to_us = min(to_us, self.end_us - SHORTEST_US)
        elif not start and self.start_us is not None:
            to_us = max(to_us, self.start_us + SHORTEST_US)
        return replace(self, start_us=to_us) if start else replace(self, end_us=to_us)
