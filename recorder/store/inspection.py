"""Read a disk as it lies there, without its index and without changing anything: for check, list and rebuild."""

import os
from collections.abc import Iterator, Sequence
from pathlib import Path
from typing import Self

from recorder.store.block import BlockHeader, ChunkEntry, parse_header
from recorder.store.catalog import newest
from recorder.store.chunk import parse_fixed, parse_head
from recorder.store.contents import Contents
from recorder.store.errors import Damaged, NotADisk
from recorder.store.files import BlockFile, Readable, SystemFiles
from recorder.store.identity import Identity
from recorder.store.layout import CATALOG_FILE, COPIES, PAGE, block_name
from recorder.store.open_block import copies, pieces
from recorder.store.rows import BlockRow, CopyRow, PieceRow


class Inspection:
    """A disk opened for reading only; a context manager. Raises `NotADisk`."""

    def __init__(self, path: Path) -> None:
        self.path = path
        try:
            self.directory = os.open(path, os.O_RDONLY | os.O_DIRECTORY | os.O_CLOEXEC)
        except OSError as error:
            raise NotADisk(path=path, problem=error.strerror or str(error)) from error
        try:
            self.identity = Identity.read(self.directory, path)
        except NotADisk:
            os.close(self.directory)
            raise

    def contents(self) -> Contents:
        """What the catalog says now; raises `Damaged` and `OSError`."""
        file = SystemFiles().open_to_read(CATALOG_FILE, self.directory)
        try:
            found = Contents()
            for frame in newest(file, self.identity).frames:
                found.apply(frame.rows)
            return found
        finally:
            file.close()

    def block(self, number: int) -> BlockFile:
        """Open a block; raises `OSError`. The caller closes it."""
        return SystemFiles().open_to_read(block_name(number), self.directory)

    def __enter__(self) -> Self:
        return self

    def __exit__(self, *_exc: object) -> None:
        os.close(self.directory)


def header_of(file: Readable, disk: bytes, number: int) -> BlockHeader | None:
    """Give a block's header page; None where it is damaged, never written, or of another disk."""
    try:
        found = parse_header(file.read(PAGE, 0))
    except (OSError, Damaged):
        return None
    return found if (found.disk, found.number) == (disk, number) else None


def incarnation_by_chunk(file: BlockFile, disk: bytes, number: int) -> int | None:
    """Give the incarnation that a block's first chunk names, where its header is lost."""
    try:
        found = parse_fixed(file.read(PAGE, PAGE))
    except (OSError, Damaged):
        return None
    return found.incarnation if (found.disk, found.block) == (disk, number) else None


def origin_of(file: BlockFile, entry: ChunkEntry) -> int:
    """Give the lap that a chunk was copied from, or 0."""
    try:
        return parse_head(file.read(entry.header_bytes, entry.offset)).origin
    except (OSError, Damaged):
        return 0


def has_leaves(file: BlockFile, entry: ChunkEntry) -> bool:
    """Whether a chunk was thinned."""
    try:
        return bool(parse_head(file.read(entry.header_bytes, entry.offset)).leaves)
    except (OSError, Damaged):
        return False


def parts_of(file: BlockFile, row: BlockRow, entries: Sequence[ChunkEntry]) -> list[PieceRow] | list[CopyRow]:
    """Give the rows that tell what is in a block: copies where it is one of copies."""
    if row.block_class in COPIES:
        return copies(row, ((origin_of(file, one), one) for one in entries))
    return pieces(row.number, row.incarnation, entries)


def disks_below(place: Path) -> Iterator[Path]:
    """Give the directories that may be disks, by name."""
    try:
        yield from sorted(one for one in place.iterdir() if one.is_dir() and not one.name.startswith("."))
    except OSError:
        return
