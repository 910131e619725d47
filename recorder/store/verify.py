"""Prove what a disk holds: every sample against the roots that the device key signed (docs/design/evidence.md).

Reads only, and may run while media records. It needs no index, no database and no recorder: the disk tells all, and the
public key, kept elsewhere, says whether to believe it.
"""

from collections.abc import Callable, Mapping
from pathlib import Path

from recorder.client.words import _
from recorder.store.block_proof import BlockProof, Found
from recorder.store.catalog import half_offset, newest
from recorder.store.contents import Contents
from recorder.store.errors import Damaged
from recorder.store.files import SystemFiles
from recorder.store.frame import MOST_FRAME_BYTES, parse_frame
from recorder.store.inspection import Inspection
from recorder.store.keys import NO_KEYS, PoolKeys
from recorder.store.layout import CATALOG_FILE, PAGE, BlockState
from recorder.store.proof import ALL, Proof, Selection, Stretch, in_words, moment
from recorder.store.rows import HeadRow
from recorder.store.signed_log import SignedLog

Progress = Callable[[int, int], None]


def verify(
    path: Path,
    selection: Selection = ALL,
    *,
    trusted: bytes | None = None,
    keys: PoolKeys = NO_KEYS,
    known_heads: Mapping[bytes, Mapping[int, HeadRow]] | None = None,
    progress: Progress | None = None,
) -> Proof:
    """Prove the disk at `path`; raises `NotADisk`.

    `trusted` is the public key to believe, with those that it vouches for; without it whoever signed is believed,
    and named. `known_heads` are those that other disks keep.
    """
    with Inspection(path) as disk:
        return _Verification(disk, selection, trusted, keys, known_heads or {}).run(progress)


class _Verification:
    """One run over one disk."""

    def __init__(
        self,
        disk: Inspection,
        selection: Selection,
        trusted: bytes | None,
        keys: PoolKeys,
        known_heads: Mapping[bytes, Mapping[int, HeadRow]],
    ) -> None:
        self._disk, self._selection = disk, selection
        self._log = SignedLog(disk.identity.id_bytes, trusted, known_heads.get(disk.identity.id_bytes, {}))
        self._blocks = BlockProof(disk, selection, keys, self._log)
        self.proof = Proof(disk.identity.name, disk.identity.id)
        self._bad: list[Stretch] = []
        self._lost: list[Stretch] = []
        self._bare: list[Stretch] = []
        self._shut: list[Stretch] = []
        self._new: list[Stretch] = []

    def run(self, progress: Progress | None) -> Proof:
        """Look at everything."""
        proof, disk = self.proof, self._disk
        try:
            contents = disk.contents()
            self._look_behind_the_log()
        except (Damaged, OSError) as error:
            proof.missing.append(str(error))
            return proof
        self._log.read(contents, proof)
        for number in range(disk.identity.blocks):
            if progress is not None:
                progress(number, disk.identity.blocks)
            found = self._blocks.of(number, contents.blocks.get(number))
            if found.is_bad:
                # Media may have gone on in this block: only what is still so a second time is told.
                contents = disk.contents()
                self._log.read(contents, Proof("", ""))
                found = self._blocks.of(number, contents.blocks.get(number))
            self._take(found)
        self._look_for_missing(contents)
        proof.altered += in_words(self._bad, _("{what} is not what was recorded (block {block})."))
        proof.missing += in_words(self._lost, _("{what} cannot be read (block {block})."))
        proof.unsigned += in_words(self._bare, _("{what} is whole, and nothing vouches for it (block {block})."))
        proof.waiting += in_words(self._new, _("{what} is whole and will be signed within the hour (block {block})."))
        proof.locked += in_words(self._shut, _("{what} is encrypted, and its key is not here (block {block})."))
        return proof

    def _look_behind_the_log(self) -> None:
        """A frame that is broken ends the log; whole ones behind it say that it was whole once."""
        identity = self._disk.identity
        file = SystemFiles().open_to_read(CATALOG_FILE, self._disk.directory)
        try:
            log = newest(file, identity)
            begin = half_offset(identity, log.half) + log.end
            room = min(MOST_FRAME_BYTES + PAGE, identity.half_bytes - log.end)
            data = file.read(max(room, 0), begin)
        finally:
            file.close()
        for at in range(PAGE, len(data), PAGE):
            try:
                frame = parse_frame(data[at:], identity.id_bytes)
            except Damaged:
                continue
            if frame.sequence == log.sequence and frame.number > len(log.frames):
                self.proof.altered.append(_("A part of the catalog is damaged; what was logged later is not known."))
                return

    def _take(self, found: Found) -> None:
        proof = self.proof
        proof.altered += found.altered
        proof.missing += found.missing
        self._bad += found.bad
        self._lost += found.lost
        self._bare += found.bare
        self._shut += found.shut
        self._new += found.new
        proof.whole_blocks += found.whole_blocks
        proof.whole_samples += found.samples
        proof.whole_bytes += found.bytes

    def _look_for_missing(self, contents: Contents) -> None:
        """What was signed must be here, unless its block was used again."""
        selection = self._selection
        for (number, incarnation), entry in self._log.signed.items():
            row = contents.blocks.get(number)
            used_again = row is not None and (row.serial > entry.serial or row.state == BlockState.FREE)
            if used_again or (row is not None and row.incarnation == incarnation):
                continue
            if (selection.from_us or 0) <= entry.last_us and entry.first_us < (selection.to_us or 1 << 62):
                words = _("Block {n}, {first} to {last}, was signed and is not on this disk.")
                first, last = moment(entry.first_us), moment(entry.last_us)
                self.proof.missing.append(words.format(n=number, first=first, last=last))
