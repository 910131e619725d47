"""What the store does when disks fill, footage ages, or disks are slower than cameras."""

from dataclasses import dataclass


@dataclass(frozen=True)
class StorePolicy:
    """The owner's choice, and the bounds of memory."""

    overwrite: bool = True
    """When every block is in use: reuse the oldest, or stop."""
    expiry_days: int | None = None
    """Footage older than this is not shown and its blocks are used first; None keeps it as long as there is room."""
    buffer_bytes: int = 64 << 20
    """Samples that wait for a disk, all streams together. Beyond it the store sheds, and says so in gap rows (S9)."""
    encrypted: bool = False
    """Whether blocks that are begun from now on are encrypted; without the key nothing is written."""
    seal_after_s: int = 24 * 3600
    """A block that is not full by then is closed anyway."""
