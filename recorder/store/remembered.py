"""What this run knows of a disk that stands nowhere on it; it goes with the disk, wherever that is put back."""

import threading
from dataclasses import dataclass, field


@dataclass(frozen=True)
class Remembered:
    """Of one disk."""

    bad: set[int] = field(default_factory=set[int])
    """Blocks that refused writes since the start. A drive may have good sectors for them later."""
    unfinished: dict[tuple[int, int], int] = field(default_factory=dict[tuple[int, int], int])
    """Where in blocks passes began that failed since the disk was attached last (`WritePass.begins`)."""


class Memory:
    """What is remembered of all disks, by id. Safe from any thread; each disk's is used by who writes it."""

    def __init__(self) -> None:
        self._lock = threading.Lock()
        self._known: dict[str, Remembered] = {}

    def of(self, disk: str) -> Remembered:
        """Give what is known of a disk, always the same."""
        with self._lock:
            return self._known.setdefault(disk, Remembered())
