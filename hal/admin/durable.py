"""Files and names that are there after a power cut once these return; each raises OSError."""

import os
from pathlib import Path


def write(path: Path, text: str) -> None:
    """Write a file; its name is durable once its folder is synced."""
    with path.open("w") as file:
        file.write(text)
        file.flush()
        os.fsync(file.fileno())


def sync(folder: Path) -> None:
    """Have the names in a folder durable."""
    descriptor = os.open(folder, os.O_RDONLY | os.O_DIRECTORY | os.O_CLOEXEC)
    try:
        os.fsync(descriptor)
    finally:
        os.close(descriptor)
