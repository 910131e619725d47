"""One recording disk: its identity, what it can do now, and its files, reached only below the directory whose id was read."""

from pathlib import Path
from typing import Self

from recorder.client.clock import Clock
from recorder.client.status import DiskStatus


class Disk:
    """A recording disk that may be missing, and may come back."""

    @classmethod
    def open(cls, path: Path, clock: Clock) -> Self:
        """Look at the disk at `path`. Never raises: a disk that is not there is MISSING and is looked for again."""
        raise NotImplementedError

    def status(self) -> DiskStatus:
        """How the disk is, for the screen."""
        raise NotImplementedError
