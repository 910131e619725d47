"""Prove what a disk holds: every sample against the roots that the device key signed (docs/design/evidence.md).

Reads only, and may run while media records. It needs no index, no database and no recorder: the disk tells all, and the
public key, kept elsewhere, says whether to believe it.
"""

from collections.abc import Callable, Iterable, Mapping
from dataclasses import dataclass, field
from datetime import UTC, datetime
from pathlib import Path

from recorder.client.clock import SECOND_US
from recorder.client.words import _
from recorder.store import root_log
from recorder.store.block import ChunkEntry
from recorder.store.catalog import half_offset, newest
from recorder.store.chunk_proof import ChunkProof, Outcome
from recorder.store.contents import Contents
from recorder.store.device_key import fingerprint, trusted_keys, verified
from recorder.store.errors import Damaged, NotADisk
from recorder.store.files import BlockFile, SystemFiles
from recorder.store.frame import MOST_FRAME_BYTES, parse_frame
from recorder.store.inspection import Inspection, header_of
from recorder.store.keys import NO_KEYS, PoolKeys
from recorder.store.layout import CATALOG_FILE, PAGE, STREAM_NAMES, BlockState
from recorder.store.rows import BlockRow, HeadRow, KeyRow, RootRow, RowKind
from recorder.store.walk import BlockWalk, entries_of_block, sealed_index

Progress = Callable[[int, int], None]
_MERGED_US = 3 * SECOND_US
"""Findings of one stream that lie no further apart are told as one."""


@dataclass(frozen=True)
class Selection:
    """What is to be proven: a channel and a time [from_us, to_us) (UTC as recorded), or all."""

    channel: int | None = None
    from_us: int | None = None
    to_us: int | None = None

    def takes(self, entry: ChunkEntry) -> bool:
        """Whether a chunk is of it."""
        return (
            (self.channel is None or entry.channel == self.channel)
            and (self.from_us is None or entry.last_us >= self.from_us)
            and (self.to_us is None or entry.first_us < self.to_us)
        )


@dataclass(frozen=True)
class Stretch:
    """Footage of a stream of which the same is to be said."""

    channel: int
    stream: int
    first_us: int
    last_us: int
    block: int


@dataclass
class Proof:
    """What was proven of a disk. Lists are in words."""

    disk: str
    id: str
    whole_blocks: int = 0
    """Sealed blocks of which everything that was asked for is whole and signed."""
    whole_samples: int = 0
    whole_bytes: int = 0
    signed_until_us: int | None = None
    signed_by: list[str] = field(default_factory=list[str])
    """Fingerprints of the keys."""
    altered: list[str] = field(default_factory=list[str])
    """It is not what was signed."""
    missing: list[str] = field(default_factory=list[str])
    """It was signed, and is not here, or no longer readable."""
    unsigned: list[str] = field(default_factory=list[str])
    """Nothing vouches for it."""
    waiting: list[str] = field(default_factory=list[str])
    """Too new to be signed: still being written, or sealed within the last hour."""
    locked: list[str] = field(default_factory=list[str])
    """Encrypted, and the key is not here: roots and signatures are right, samples cannot be compared."""
    notes: list[str] = field(default_factory=list[str])

    @property
    def faults(self) -> int:
        """How much is not as it should be."""
        return len(self.altered) + len(self.missing)


def heads_of(paths: Iterable[Path]) -> dict[bytes, dict[int, HeadRow]]:
    """Give the signed heads that all disks together know, by disk and number; disks that cannot be read know none."""
    found: dict[bytes, dict[int, HeadRow]] = {}
    for path in paths:
        try:
            with Inspection(path) as disk:
                for one in disk.contents().of(RowKind.HEAD):
                    if isinstance(one, HeadRow):
                        found.setdefault(one.disk, {})[one.number] = one
        except (Damaged, NotADisk, OSError):
            continue
    return found


def verify(
    path: Path,
    selection: Selection = Selection(),
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
        self._disk, self._selection, self._trusted, self._keys = disk, selection, trusted, keys
        self._known = known_heads.get(disk.identity.id_bytes, {})
        self.proof = Proof(disk.identity.name, disk.identity.id)
        self._signed: dict[tuple[int, int], RootRow] = {}
        self._waiting: dict[tuple[int, int], RootRow] = {}
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
        self._believe(contents)
        for number in range(disk.identity.blocks):
            if progress is not None:
                progress(number, disk.identity.blocks)
            if not self._block(number, contents.blocks.get(number)):
                # Media may have gone on in this block: only what is still so a second time is told.
                contents = disk.contents()
                self._believe(contents, again=True)
                self._block(number, contents.blocks.get(number), tell=True)
        self._look_for_missing(contents)
        proof.altered += _words(self._bad, _("{what} is not what was recorded (block {block})."))
        proof.missing += _words(self._lost, _("{what} cannot be read (block {block})."))
        proof.unsigned += _words(self._bare, _("{what} is whole, and nothing vouches for it (block {block})."))
        proof.waiting += _words(self._new, _("{what} is whole and will be signed within the hour (block {block})."))
        proof.locked += _words(self._shut, _("{what} is encrypted, and its key is not here (block {block})."))
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

    def _believe(self, contents: Contents, *, again: bool = False) -> None:
        """Find the entries of the log that signed heads stand for."""
        proof = self.proof if not again else Proof("", "")
        heads = {
            one.number: one
            for one in contents.of(RowKind.HEAD)
            if isinstance(one, HeadRow) and one.disk == self._disk.identity.id_bytes
        }
        entries = {one.number: one for one in contents.of(RowKind.ROOT) if isinstance(one, RootRow)}
        statements = [one for one in contents.of(RowKind.KEY) if isinstance(one, KeyRow)]
        believed = trusted_keys(self._trusted, statements) if self._trusted is not None else None
        self._check_chain(heads, proof)
        signed_by: dict[bytes, None] = {}
        unsigned = dict(entries)
        for number, head in sorted(heads.items()):
            mine = [entries[n] for n in range(head.first, head.first + min(head.entries, len(entries))) if n in entries]
            for one in mine:
                unsigned.pop(one.number, None)
            at = _moment(head.made_us)
            if not verified(head.key, head.signature, root_log.signed_part(head)):
                proof.altered.append(_("Signed head {n} of {at} is not what was signed.").format(n=number, at=at))
                continue
            signed_by[head.key] = None
            if believed is not None and head.key not in believed:
                words = _("Signed head {n} of {at} was signed by another key: {key}.")
                proof.altered.append(words.format(n=number, at=at, key=fingerprint(head.key)))
                continue
            if not mine and head.entries:
                continue
            if len(mine) != head.entries or root_log.root_of(mine) != head.root:
                words = _("The log of roots before {at} is not what was signed: {found} of {count} entries are here.")
                proof.altered.append(words.format(at=at, found=len(mine), count=head.entries))
                continue
            self._signed |= {(one.block, one.incarnation): one for one in mine}
            proof.signed_until_us = max(proof.signed_until_us or 0, head.made_us)
        self._waiting = {(one.block, one.incarnation): one for one in unsigned.values()}
        proof.signed_by = [fingerprint(one) for one in signed_by]

    def _check_chain(self, heads: dict[int, HeadRow], proof: Proof) -> None:
        for number in range(min(heads, default=0) + 1, max(heads, default=0) + 1):
            head, before = heads.get(number), heads.get(number - 1)
            if head is None:
                proof.missing.append(_("Signed head {n} is missing.").format(n=number))
            elif before is not None and head.previous != root_log.digest_of(before):
                words = _("Signed head {n} of {at} does not follow the one before it.")
                proof.altered.append(words.format(n=number, at=_moment(head.made_us)))
        for number, one in self._known.items():
            mine = heads.get(number)
            if mine is None and number > max(heads, default=0):
                words = _("Another disk knows signed head {n} of {at}, which this one has lost: it was set back.")
                proof.missing.append(words.format(n=number, at=_moment(one.made_us)))
            elif mine is not None and mine != one:
                words = _("Another disk knows signed head {n} of {at} otherwise.")
                proof.altered.append(words.format(n=number, at=_moment(one.made_us)))

    def _block(self, number: int, row: BlockRow | None, *, tell: bool = False) -> bool:
        """Prove one block; False, and nothing told, where it is not as it should be and `tell` is not set."""
        try:
            file = self._disk.block(number)
        except OSError as error:
            words = _("Block {n} cannot be opened: {problem}.").format(n=number, problem=error.strerror)
            return self._settle(_Found(missing=[words]), tell=tell)
        try:
            found = self._look(file, number, row)
        except OSError as error:
            found = _Found(missing=[_("Block {n} cannot be read: {problem}.").format(n=number, problem=error.strerror)])
        finally:
            file.close()
        return self._settle(found, tell=tell)

    def _settle(self, found: "_Found", *, tell: bool) -> bool:
        if found.is_bad and not tell:
            return False
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
        return True

    def _look(self, file: BlockFile, number: int, row: BlockRow | None) -> "_Found":
        found = _Found()
        identity = self._disk.identity
        header = header_of(file, identity.id_bytes, number)
        if row is None or row.state == BlockState.FREE:
            if header is not None and header.lap > (row.lap if row else 0):
                words = _("Block {n} holds footage of {at} that the catalog does not name.")
                found.altered.append(words.format(n=number, at=_moment(header.opened_us)))
            return found
        if header is not None and header.incarnation != row.incarnation and header.lap > row.lap:
            words = _("Block {n} holds footage of {at} that the catalog does not name.")
            found.altered.append(words.format(n=number, at=_moment(header.opened_us)))
            return found
        where = (file, identity.id_bytes, number, row.incarnation, identity.block_bytes)
        place = (number, row.incarnation)
        entry = self._signed.get(place)
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
            self._compare(found, number, entry or self._waiting.get(place), proofs)
            sealed = sealed_index(*where)
            if sealed is None:
                found.altered.append(_("Block {n}: its index is damaged or was altered.").format(n=number))
            elif sealed[0].digest != root_log.root_of_chunks(one.digest for one in proofs):
                found.altered.append(_("Block {n}: its end does not tell the root of its chunks.").format(n=number))
        for one in proofs:
            if self._selection.takes(one.entry):
                is_new = row.state == BlockState.OPEN or place in self._waiting
                self._sort(found, one, number, signed=entry is not None, is_new=is_new)
        found.whole_blocks = int(entry is not None and not found.is_bad and not found.shut)
        return found

    @staticmethod
    def _compare(found: "_Found", number: int, entry: RootRow | None, proofs: list[ChunkProof]) -> None:
        """The chunks that are here must have the root that the log has; which of them is wrong they tell themselves."""
        if entry is None or root_log.root_of_chunks(one.digest for one in proofs) == entry.root:
            return
        first, last = _moment(entry.first_us), _moment(entry.last_us)
        if len(proofs) < entry.chunks:
            words = _("Block {n}, {first} to {last}: {missing} of its {count} chunks are missing.")
            missing = entry.chunks - len(proofs)
            found.missing.append(words.format(n=number, first=first, last=last, missing=missing, count=entry.chunks))
        else:
            words = _("Block {n}, {first} to {last}: its chunks are not those that were sealed.")
            found.altered.append(words.format(n=number, first=first, last=last))

    @staticmethod
    def _sort(found: "_Found", one: ChunkProof, number: int, *, signed: bool, is_new: bool) -> None:
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

    def _look_for_missing(self, contents: Contents) -> None:
        """What was signed must be here, unless its block was used again."""
        selection = self._selection
        for (number, incarnation), entry in self._signed.items():
            row = contents.blocks.get(number)
            used_again = row is not None and (row.serial > entry.serial or row.state == BlockState.FREE)
            if used_again or (row is not None and row.incarnation == incarnation):
                continue
            if (selection.from_us or 0) <= entry.last_us and entry.first_us < (selection.to_us or 1 << 62):
                words = _("Block {n}, {first} to {last}, was signed and is not on this disk.")
                first, last = _moment(entry.first_us), _moment(entry.last_us)
                self.proof.missing.append(words.format(n=number, first=first, last=last))


@dataclass
class _Found:
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


def _words(stretches: list[Stretch], words: str) -> list[str]:
    """Tell stretches, those that follow each other as one."""
    merged: list[Stretch] = []
    for one in sorted(stretches, key=lambda it: (it.channel, it.stream, it.block, it.first_us)):
        last = merged[-1] if merged else None
        same = last is not None and (last.channel, last.stream, last.block) == (one.channel, one.stream, one.block)
        if last is not None and same and one.first_us - last.last_us <= _MERGED_US:
            merged[-1] = Stretch(one.channel, one.stream, last.first_us, max(last.last_us, one.last_us), one.block)
        else:
            merged.append(one)
    told: list[str] = []
    for one in merged:
        what = _("Channel {channel} {stream}, {first} to {last},").format(
            channel=one.channel,
            stream=STREAM_NAMES.get(one.stream, one.stream),
            first=_moment(one.first_us),
            last=_moment(one.last_us),
        )
        told.append(words.format(what=what, block=one.block))
    return told


def _moment(at_us: int) -> str:
    try:
        return datetime.fromtimestamp(at_us / SECOND_US, UTC).astimezone().isoformat(sep=" ", timespec="milliseconds")
    except (OverflowError, ValueError, OSError):
        return str(at_us)
