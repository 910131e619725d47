"""The proof of one block: its chunks against the root that was signed when it was sealed."""

from dataclasses import dataclass, field

from recorder.client.words import _, counted
from recorder.store import root_log
from recorder.store.chunk_proof import ChunkProof, Outcome
from recorder.store.files import BlockFile
from recorder.store.inspection import Inspection, header_of
from recorder.store.keys import PoolKeys
from recorder.store.layout import BlockState
from recorder.store.proof import Selection, Stretch, moment
from recorder.store.rows import BlockRow, RootRow
from recorder.store.signed_log import SignedLog
from recorder.store.walk import BlockWalk, entries_of_block, sealed_index


@dataclass
class Found:
    """What one block tells."""

    altered: list[str] = field(default_factory=list[str])
    missing: list[str] = field(default_factory=list[str])
    bad: list[Stretch] = field(default_factory=list[Stretch])
    lost: list[Stretch] = field(default_factory=list[Stretch])
    bare: list[Stretch] = field(default_factory=list[Stretch])
    shut: list[Stretch] = field(default_factory=list[Stretch])
    new: list[Stretch] = field(default_factory=list[Stretch])
    whole_blocks: int = 0
    samples: int = 0
    bytes: int = 0

    @property
    def is_bad(self) -> bool:
        """Whether something is not as it should be."""
        return bool(self.altered or self.missing or self.bad or self.lost)


class BlockProof:
    """Looks at the blocks of one disk."""

    def __init__(self, disk: Inspection, selection: Selection, keys: PoolKeys, log: SignedLog) -> None:
        self._disk, self._selection, self._keys, self._log = disk, selection, keys, log

    def of(self, number: int, row: BlockRow | None) -> Found:
        """Prove one block; `row` is what the catalog says of it."""
        try:
            file = self._disk.block(number)
        except OSError as error:
            words = _("Block {n} cannot be opened: {problem}.").format(n=number, problem=error.strerror)
            return Found(missing=[words])
        try:
            return self._look(file, number, row)
        except OSError as error:
            return Found(missing=[_("Block {n} cannot be read: {problem}.").format(n=number, problem=error.strerror)])
        finally:
            file.close()

    def _look(self, file: BlockFile, number: int, row: BlockRow | None) -> Found:
        found = Found()
        identity = self._disk.identity
        header = header_of(file, identity.id_bytes, number)
        if row is None or row.state == BlockState.FREE:
            if header is not None and header.lap > (row.lap if row else 0):
                words = _("Block {n} holds footage of {at} that the catalog does not name.")
                found.altered.append(words.format(n=number, at=moment(header.opened_us)))
            return found
        if header is not None and header.incarnation != row.incarnation and header.lap > row.lap:
            words = _("Block {n} holds footage of {at} that the catalog does not name.")
            found.altered.append(words.format(n=number, at=moment(header.opened_us)))
            return found
        where = (file, identity.id_bytes, number, row.incarnation, identity.block_bytes)
        place = (number, row.incarnation)
        entry = self._log.signed.get(place)
        if row.state == BlockState.OPEN:
            walk = BlockWalk(*where)
            walk.advance()
            entries = walk.entries
        else:
            entries = entries_of_block(*where)
        if not any(self._selection.takes(one) for one in entries) and (entries or entry is None):
            return found
        proofs = [ChunkProof(file, number, n, one, self._keys) for n, one in enumerate(entries)]
        if row.state == BlockState.SEALED:
            self._compare(found, number, entry or self._log.waiting.get(place), proofs)
            sealed = sealed_index(*where)
            if sealed is None:
                found.altered.append(_("Block {n}: its index is damaged or was altered.").format(n=number))
            elif sealed[0].digest != root_log.root_of_chunks(one.digest for one in proofs):
                found.altered.append(_("Block {n}: its end does not tell the root of its chunks.").format(n=number))
        for one in proofs:
            if self._selection.takes(one.entry):
                is_new = row.state == BlockState.OPEN or place in self._log.waiting
                self._sort(found, one, number, signed=entry is not None, is_new=is_new)
        found.whole_blocks = int(entry is not None and not found.is_bad and not found.shut)
        return found

    @staticmethod
    def _compare(found: Found, number: int, entry: RootRow | None, proofs: list[ChunkProof]) -> None:
        """The chunks that are here must have the root that the log has; which of them is wrong they tell themselves."""
        if entry is None or root_log.root_of_chunks(one.digest for one in proofs) == entry.root:
            return
        first, last = moment(entry.first_us), moment(entry.last_us)
        if len(proofs) < entry.chunks:
            words = counted(
                "Block {n}, {first} to {last}: {count} of its {all} chunks is missing.",
                "Block {n}, {first} to {last}: {count} of its {all} chunks are missing.",
                entry.chunks - len(proofs),
                n=number,
                first=first,
                last=last,
                all=entry.chunks,
            )
            found.missing.append(words)
        else:
            words = _("Block {n}, {first} to {last}: its chunks are not those that were sealed.")
            found.altered.append(words.format(n=number, first=first, last=last))

    @staticmethod
    def _sort(found: Found, one: ChunkProof, number: int, *, signed: bool, is_new: bool) -> None:
        entry = one.entry
        stretch = Stretch(entry.channel, entry.stream, entry.first_us, entry.last_us, number)
        match one.look():
            case Outcome.WHOLE if signed:
                found.samples += entry.samples
                found.bytes += entry.payload_bytes
            case Outcome.WHOLE:
                (found.new if is_new else found.bare).append(stretch)
            case Outcome.ALTERED:
                found.bad.append(stretch)
            case Outcome.UNREADABLE:
                found.lost.append(stretch)
            case Outcome.LOCKED:
                found.shut.append(stretch)
