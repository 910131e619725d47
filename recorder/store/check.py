"""Verify a disk: every page of it that means something is read and compared with what else says the same.

Reads only, and may run while media records: what changes meanwhile is looked at again before it is called damaged.
"""

from collections.abc import Callable
from dataclasses import dataclass, field
from pathlib import Path

from recorder.client.words import _
from recorder.store.block import ChunkEntry, tail_room
from recorder.store.catalog import read_half
from recorder.store.chunk import parse_head
from recorder.store.contents import Contents
from recorder.store.errors import Damaged, NotADisk
from recorder.store.files import BlockFile, SystemFiles
from recorder.store.inspection import Inspection, header_of
from recorder.store.layout import CATALOG_FILE, COPIES, BlockState
from recorder.store.open_block import pieces
from recorder.store.parameters import parse_epoch
from recorder.store.rows import BlockRow, PieceRow
from recorder.store.walk import BlockWalk, WalkEnd, entries_of_block, sealed_index


@dataclass
class Report:
    """What a check found. `damage` is lost or endangered footage, `notes` is what mends itself; both in words."""

    disk: str
    blocks: int = 0
    chunks: int = 0
    samples: int = 0
    bytes: int = 0
    damage: list[str] = field(default_factory=list[str])
    notes: list[str] = field(default_factory=list[str])


def check(path: Path, progress: Callable[[int, int], None] | None = None) -> Report:
    """Verify the disk at `path`; `progress(done, blocks)` hears of each block. Raises `NotADisk`."""
    with Inspection(path) as disk:
        report = Report(disk.identity.name)
        _check_catalog(disk, report)
        try:
            contents = disk.contents()
        except (Damaged, OSError) as error:
            report.damage.append(str(error))
            return report
        for number in range(disk.identity.blocks):
            if progress is not None:
                progress(number, disk.identity.blocks)
            row = contents.blocks.get(number)
            found = _check_block(disk, number, row, contents)
            if found.damage and row is not None:
                # Media may have gone on in this block: only what is still so a second time is damage.
                contents = disk.contents()
                found = _check_block(disk, number, contents.blocks.get(number), contents)
            _add(report, found)
        return report


def _add(report: Report, found: Report) -> None:
    report.blocks += found.blocks
    report.chunks += found.chunks
    report.samples += found.samples
    report.bytes += found.bytes
    report.damage += found.damage
    report.notes += found.notes


def _check_catalog(disk: Inspection, report: Report) -> None:
    try:
        file = SystemFiles().open_to_read(CATALOG_FILE, disk.directory)
    except OSError as error:
        report.damage.append(_("The catalog cannot be opened: {problem}.").format(problem=error.strerror))
        return
    try:
        halves = [read_half(file, disk.identity, half) for half in (0, 1)]
        if any(one.cut for one in halves):
            # Media may have written between two reads.
            halves = [read_half(file, disk.identity, half) for half in (0, 1)]
    finally:
        file.close()
    used = max(halves, key=lambda one: (one.whole, one.sequence))
    if any(one.cut and (one is used or one.beyond > used.sequence) for one in halves):
        report.damage.append(
            _("The catalog lacks a part. The recorder makes it anew from the recordings as it starts.")
        )
    if sum(one.whole for one in halves) == 1 and max(one.sequence for one in halves) > 1:
        report.notes.append(_("One half of the catalog is not whole; the other is in use."))


def _check_block(disk: Inspection, number: int, row: BlockRow | None, contents: Contents) -> Report:
    report = Report("")
    try:
        file = disk.block(number)
    except OSError as error:
        report.damage.append(_("Block {n} cannot be opened: {problem}.").format(n=number, problem=error.strerror))
        return report
    try:
        if row is not None and row.state != BlockState.FREE:
            report.blocks = 1
            _check_used(disk, file, row, contents, report)
    except OSError as error:
        report.damage.append(_("Block {n} cannot be read: {problem}.").format(n=number, problem=error.strerror))
    finally:
        file.close()
    return report


def _check_used(disk: Inspection, file: BlockFile, row: BlockRow, contents: Contents, report: Report) -> None:
    number = row.number
    where = (file, disk.identity.id_bytes, number, row.incarnation, disk.identity.block_bytes)
    header = header_of(file, disk.identity.id_bytes, number)
    written = row.state == BlockState.SEALED
    if header is None or header.incarnation != row.incarnation:
        words = _("Block {n}: its header is damaged; the block is read without it.")
        (report.damage if written else report.notes).append(words.format(n=number))
    if row.state == BlockState.OPEN:
        walk = BlockWalk(*where)
        if walk.advance() is not WalkEnd.FRONTIER:
            report.notes.append(_("Block {n} ends in a chunk that was not written whole.").format(n=number))
        entries = walk.entries
    else:
        sealed = sealed_index(*where)
        if sealed is None:
            report.damage.append(_("Block {n}: its index is damaged; it is read chunk by chunk.").format(n=number))
        entries = entries_of_block(*where)
        _compare(row, entries, contents, report)
    for one in entries:
        _check_chunk(file, number, one, report)


def _compare(row: BlockRow, entries: list[ChunkEntry], contents: Contents, report: Report) -> None:
    """The catalog and the block must tell the same. On copies that no row speaks of nothing relies."""
    if row.block_class in COPIES:
        return
    known = {one.span: one for one in contents.pieces(row.number) if isinstance(one, PieceRow)}
    there = {one.span: one for one in pieces(row.number, row.incarnation, entries)}
    if len(entries) != row.chunks or known != there or row.used + tail_room(len(entries)) < 0:
        words = _("Block {n}: the catalog lists {known} chunks, {there} can be found.")
        report.damage.append(words.format(n=row.number, known=row.chunks, there=len(entries)))


def _check_chunk(file: BlockFile, number: int, entry: ChunkEntry, report: Report) -> None:
    words = _("Block {n}, chunk at {at}: {problem}")
    try:
        head = parse_head(file.read(entry.header_bytes, entry.offset))
        if head.parameters:
            parse_epoch(head.parameters, entry.epoch)
    except (Damaged, NotADisk) as error:
        report.damage.append(words.format(n=number, at=entry.offset, problem=error))
        return
    walk = BlockWalk(file, head.fixed.disk, number, head.fixed.incarnation, 0)
    if not walk.payload_is_whole(entry):
        problem = _("its samples are damaged.")
        report.damage.append(words.format(n=number, at=entry.offset, problem=problem))
        return
    report.chunks += 1
    report.samples += entry.samples
    report.bytes += entry.payload_bytes
