"""What is done to files, one durable step after the other; tests cut the power between them."""

import os
import shutil
from collections.abc import Callable
from pathlib import Path


class Steps:
    """Each is on the disk when it returns, but for a name: that is once its folder was synced."""

    def write(self, path: Path, data: bytes, mode: int = 0o600) -> None:
        """Write a file; raises OSError."""
        flags = os.O_WRONLY | os.O_CREAT | os.O_TRUNC | os.O_CLOEXEC | os.O_NOFOLLOW
        with os.fdopen(os.open(path, flags, mode), "wb") as file:
            file.write(data)
            file.flush()
            os.fsync(file.fileno())

    def rename(self, path: Path, to: Path) -> None:
        """Put a file or folder in another's place."""
        path.replace(to)

    def remove(self, path: Path) -> None:
        """Take away a file, a link or a folder with all in it; no link is followed. What is not there is no fault."""
        if path.is_dir() and not path.is_symlink():
            shutil.rmtree(path)
        else:
            path.unlink(missing_ok=True)

    def sync(self, folder: Path) -> None:
        """Have the names in a folder durable."""
        descriptor = os.open(folder, os.O_RDONLY | os.O_DIRECTORY | os.O_CLOEXEC)
        try:
            os.fsync(descriptor)
        finally:
            os.close(descriptor)

    def commit(self, work: Callable[[], None]) -> None:
        """Do what is one transaction of a database: whole or not at all."""
        work()
