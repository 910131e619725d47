"""Make the index anew from catalogs, and a catalog anew from blocks."""

import errno
import fcntl
import logging
import os
from collections.abc import Callable
from pathlib import Path
from typing import NamedTuple

from recorder.client.words import _
from recorder.store import index as indexes
from recorder.store.block import BlockHeader, ChunkEntry, pack_header, pack_seal, tail_room
from recorder.store.catalog import Catalog, salvage, write_anew
from recorder.store.chunk import parse_fixed
from recorder.store.contents import Contents
from recorder.store.errors import Damaged, StoreError, is_bad_sector
from recorder.store.files import AlignedBuffer, BlockFile, SystemFiles
from recorder.store.identity import Identity
from recorder.store.inspection import (
    Inspection,
    disks_below,
    has_leaves,
    header_of,
    incarnation_by_chunk,
    origin_of,
    parts_of,
)
from recorder.store.layout import (
    CATALOG_FILE,
    PAGE,
    BlockClass,
    BlockState,
    Cipher,
    KeyDerivation,
    block_name,
)
from recorder.store.row_format import pack
from recorder.store.rows import BlockRow, RowKind
from recorder.store.walk import entries_of_block, sealed_index

log = logging.getLogger("store")

# Told by the blocks themselves, and by nothing else; what is kept elsewhere is found out again.
_OF_BLOCKS = {RowKind.BLOCK, RowKind.PIECE, RowKind.COPY, RowKind.KEPT}
Progress = Callable[[str, int, int], None]


class DiskInUse(StoreError):
    """Media writes to the disk."""

    status = 409
    words = _("Disk {disk} is in use. Stop the recorder first.")


def rebuild_index(disks: Path, path: Path) -> list[str]:
    """Make the index anew from the catalogs of all disks below `disks`; gives their names.

    Where media runs, deleting is enough: it fills a new one within seconds. Raises `StoreError` and `OSError`.
    """
    running = any(_is_in_use(one) for one in disks_below(disks))
    indexes.remove(path)
    if running:
        return []
    fresh = indexes.Index(path)
    done: list[str] = []
    for place in disks_below(disks):
        with Inspection(place) as disk:
            file = SystemFiles().open_to_read(CATALOG_FILE, disk.directory)
            try:
                fresh.open_disk(disk.identity, place, Catalog(file, file, disk.identity))
            finally:
                file.close()
            done.append(disk.identity.name)
    fresh.close()
    return done


def _is_in_use(place: Path) -> bool:
    try:
        directory = os.open(place, os.O_RDONLY | os.O_DIRECTORY | os.O_CLOEXEC)
    except OSError:
        return False
    try:
        fcntl.flock(directory, fcntl.LOCK_EX | fcntl.LOCK_NB)
    except OSError as error:
        return error.errno == errno.EWOULDBLOCK
    finally:
        os.close(directory)
    return False


class Rebuilding(NamedTuple):
    """How far a rebuild is. `failed` says why it ended early, `words` what came of it."""

    done: int = 0
    total: int = 0
    over: bool = False
    words: str = ""
    failed: str = ""


def rebuild_catalog(place: Path, progress: Progress | None = None, after: int = 0) -> int:
    """Make the catalog of a disk anew from its blocks; gives how many hold footage.

    `after` is the sequence of the newest checkpoint that was ever seen: what is made is newer, and is not taken for an
    older state of the disk.
    Marks, gaps and the like live in the catalog alone: what of them can still be read there is kept. Raises
    `DiskInUse`, `NotADisk`, `Damaged`, `OSError`.
    """
    with Inspection(place) as disk:
        identity = disk.identity
        try:
            fcntl.flock(disk.directory, fcntl.LOCK_EX | fcntl.LOCK_NB)
        except BlockingIOError as error:
            raise DiskInUse(disk=identity.name) from error
        reader = SystemFiles().open_to_read(CATALOG_FILE, disk.directory)
        try:
            sequence, kept = salvage(reader, identity)
            sequence = max(sequence, after)
        finally:
            reader.close()
        known = Contents()
        known.apply(kept)
        contents = Contents()
        contents.apply(row for row in kept if row[0] not in _OF_BLOCKS)
        used = 0
        for number in range(identity.blocks):
            if progress is not None:
                progress(identity.name, number, identity.blocks)
            file = disk.block(number)
            try:
                row, entries = _block(file, disk, number, known.blocks.get(number))
                parts = parts_of(file, row, entries) if row is not None else []
                header = header_of(file, identity.id_bytes, number)
            finally:
                file.close()
            if row is None:
                continue
            used += 1
            contents.apply([pack(row), *map(pack, parts)])
            try:
                _seal(disk, row, header, entries)
            except (OSError, Damaged) as error:
                # A bad sector: the block is read without its index.
                log.warning("disk %s: block %d is not sealed (%s)", identity.name, number, error)
        # Two checkpoints, so that both halves are newer than whatever is left of the old ones.
        writer = SystemFiles().open_to_write(CATALOG_FILE, disk.directory)
        try:
            _write_both(writer, identity, contents, sequence)
        finally:
            writer.close()
        return used


def _write_both(file: BlockFile, identity: Identity, contents: Contents, sequence: int) -> None:
    """Write two checkpoints that are newer than a sequence; one is enough where a sector under the other refuses."""
    refused: OSError | None = None
    for newer in (1, 2):
        try:
            write_anew(file, identity, contents, sequence + newer)
        except OSError as error:
            if refused is not None or not is_bad_sector(error):
                raise
            log.warning("disk %s: half of its catalog cannot be written (%s)", identity.name, error)
            refused = error


def _block(
    file: BlockFile, disk: Inspection, number: int, known: BlockRow | None
) -> tuple[BlockRow | None, list[ChunkEntry]]:
    """What a block says of itself. Sealed or not, it is taken as sealed: nothing is written behind what is found."""
    identity = disk.identity
    header = header_of(file, identity.id_bytes, number)
    incarnation = header.incarnation if header else incarnation_by_chunk(file, identity.id_bytes, number)
    if incarnation is None:
        return None, []
    if known is not None and (known.incarnation, known.state) == (incarnation, BlockState.FREE):
        # Expired or thinned: what still lies there is to be forgotten.
        return None, []
    entries = entries_of_block(file, identity.id_bytes, number, incarnation, identity.block_bytes)
    if not entries:
        return None, []
    same = known if known is not None and known.incarnation == incarnation else None
    end = max(one.offset + one.chunk_bytes for one in entries)
    shared = len({(one.channel, one.stream) for one in entries}) > 1
    by_content = BlockClass.SHARED if shared else BlockClass.SINGLE
    if not header and origin_of(file, entries[0]):
        by_content = BlockClass.THINNED if has_leaves(file, entries[0]) else BlockClass.HELD
    first_us = min(one.first_us for one in entries)
    row = BlockRow(
        number=number,
        block_class=header.block_class if header else by_content,
        state=BlockState.SEALED,
        pool=header.pool if header else 0,
        incarnation=incarnation,
        # Without header and catalog it counts as the oldest: nobody knows when it was used.
        serial=header.serial if header else same.serial if same else 0,
        lap=header.lap if header else same.lap if same else 1,
        filled=max(end, same.filled if same else 0),
        opened_us=header.opened_us if header else first_us,
        first_us=first_us,
        last_us=max(one.last_us for one in entries),
        used=end,
        chunks=len(entries),
        channel=header.channel if header else entries[0].channel,
        stream=header.stream if header else entries[0].stream,
    )
    return row, entries


def _seal(disk: Inspection, row: BlockRow, header: BlockHeader | None, entries: list[ChunkEntry]) -> None:
    """Write index and tail of a block that has none; its header too, where that is lost."""
    identity = disk.identity
    where = (identity.id_bytes, row.number, row.incarnation, identity.block_bytes)
    reader = disk.block(row.number)
    try:
        if header is not None and sealed_index(reader, *where) is not None:
            return
    finally:
        reader.close()
    if row.used + tail_room(len(entries)) > identity.block_bytes:
        return
    made = header or _header(disk, row, entries)
    at, index, tail = pack_seal(made, entries, row.used, row.last_us)
    buffer = AlignedBuffer(PAGE)
    writer = SystemFiles().open_to_write(block_name(row.number), disk.directory)
    try:
        writer.write(buffer.holding(pack_header(made)), 0)
        writer.write(buffer.holding(index), at)
        writer.write(buffer.holding(tail), identity.block_bytes - PAGE)
        writer.sync()
    finally:
        writer.close()
        buffer.release()


def _header(disk: Inspection, row: BlockRow, entries: list[ChunkEntry]) -> BlockHeader:
    """Make a lost header anew, as far as the chunks tell: all that is needed to decrypt them stands in each."""
    identity = disk.identity
    file = disk.block(row.number)
    try:
        chunk = parse_fixed(file.read(PAGE, entries[0].offset))
    finally:
        file.close()
    encrypted = chunk.cipher != Cipher.NONE
    return BlockHeader(
        block_class=row.block_class,
        flags=0,
        number=row.number,
        disk=identity.id_bytes,
        incarnation=row.incarnation,
        lap=row.lap,
        block_bytes=identity.block_bytes,
        serial=row.serial,
        recorder=entries[0].span.recorder,
        boot=entries[0].span.boot,
        channel=row.channel,
        stream=row.stream,
        reserved=0,
        kernel_boot=entries[0].kernel_boot,
        opened_us=row.opened_us,
        opened_monotonic_us=entries[0].first_monotonic_us,
        pool=row.pool,
        cipher=chunk.cipher,
        key_derivation=KeyDerivation.HKDF_SHA_256 if encrypted else KeyDerivation.NONE,
        key_number=chunk.key_number,
        salt=chunk.salt,
    )
