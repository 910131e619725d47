"""Make a directory a recording disk: identity, catalog and block files, reserved once and never resized (S5, S8)."""

from pathlib import Path


def initialise_disk(path: Path, *, size_bytes: int = 10 << 30, block_bytes: int = 64 << 20, name: str) -> str:
    """Make `path` (absent or empty) a recording disk and give its id (32 hex digits).

    All files together stay within `size_bytes`. Raises `AlreadyADisk`, `BadDiskSize`, `NoSpace`, `DiskFault`.
    """
    raise NotImplementedError
