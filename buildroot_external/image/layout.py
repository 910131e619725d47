"""The system disk's partitions, as board/common/partitions.toml names them."""

import tomllib
from dataclasses import dataclass
from pathlib import Path
from uuid import UUID

from .tool import CannotBuild

MIB = 1 << 20
SECTOR = 512
FIRST_MB = 16
"""Before the first partition: the table, and what a processor reads first of all (an RK3588 up to 10 MiB)."""
LAST_MB = 1
"""Behind the last one: the second copy of the table."""


@dataclass(frozen=True)
class Partition:
    """One partition: its number, its label, and where on the disk it lies, in MiB."""

    number: int
    label: str
    start_mb: int
    size_mb: int
    type: UUID


@dataclass(frozen=True)
class Layout:
    """All of them, in the order of their numbers."""

    partitions: tuple[Partition, ...]

    @classmethod
    def read(cls, path: Path) -> "Layout":
        """Read the file; raises `CannotBuild` where two have one label."""
        found: list[Partition] = []
        at = FIRST_MB
        for number, one in enumerate(tomllib.loads(path.read_text(encoding="utf-8"))["partition"], 1):
            found.append(Partition(number, one["label"], at, one["size_mb"], UUID(one["type"])))
            at += one["size_mb"]
        if len({one.label for one in found}) != len(found):
            raise CannotBuild(f"{path}: two partitions have the same label")
        return cls(tuple(found))

    @property
    def size_mb(self) -> int:
        """How large the smallest disk is that holds all."""
        last = self.partitions[-1]
        return last.start_mb + last.size_mb + LAST_MB

    def __getitem__(self, label: str) -> Partition:
        for one in self.partitions:
            if one.label == label:
                return one
        raise KeyError(label)

    def table(self) -> str:
        """Write the table as sfdisk(8) reads it."""
        sectors = MIB // SECTOR
        lines = [
            f'start={one.start_mb * sectors}, size={one.size_mb * sectors}, type={one.type}, name="{one.label}"'
            for one in self.partitions
        ]
        return "\n".join(["label: gpt", *lines]) + "\n"
