"""What of the log of roots is to be believed: entries that stand under signed heads which follow each other."""

from collections.abc import Iterable, Mapping
from pathlib import Path

from recorder.client.words import _
from recorder.store import root_log
from recorder.store.contents import Contents
from recorder.store.device_key import fingerprint, trusted_keys, verified
from recorder.store.errors import Damaged, NotADisk
from recorder.store.inspection import Inspection
from recorder.store.proof import Proof, moment
from recorder.store.rows import HeadRow, KeyRow, RootRow, RowKind


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


class SignedLog:
    """Of one disk; `known` are its heads as other disks keep them."""

    def __init__(self, disk: bytes, trusted: bytes | None, known: Mapping[int, HeadRow]) -> None:
        self._disk, self._trusted, self._known = disk, trusted, known
        self.signed: dict[tuple[int, int], RootRow] = {}
        """By block and incarnation."""
        self.waiting: dict[tuple[int, int], RootRow] = {}
        """Those that no head stands for yet."""

    def read(self, contents: Contents, proof: Proof) -> None:
        """Find the entries of the log that signed heads stand for, and tell in `proof` what is wrong with it."""
        heads = {
            one.number: one for one in contents.of(RowKind.HEAD) if isinstance(one, HeadRow) and one.disk == self._disk
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
            at = moment(head.made_us)
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
            self.signed |= {(one.block, one.incarnation): one for one in mine}
            proof.signed_until_us = max(proof.signed_until_us or 0, head.made_us)
        self.waiting = {(one.block, one.incarnation): one for one in unsigned.values()}
        proof.signed_by = [fingerprint(one) for one in signed_by]

    def _check_chain(self, heads: dict[int, HeadRow], proof: Proof) -> None:
        for number in range(min(heads, default=0) + 1, max(heads, default=0) + 1):
            head, before = heads.get(number), heads.get(number - 1)
            if head is None:
                proof.missing.append(_("Signed head {n} is missing.").format(n=number))
            elif before is not None and head.previous != root_log.digest_of(before):
                words = _("Signed head {n} of {at} does not follow the one before it.")
                proof.altered.append(words.format(n=number, at=moment(head.made_us)))
        for number, one in self._known.items():
            mine = heads.get(number)
            if mine is None and number > max(heads, default=0):
                words = _("Another disk knows signed head {n} of {at}, which this one has lost: it was set back.")
                proof.missing.append(words.format(n=number, at=moment(one.made_us)))
            elif mine is not None and mine != one:
                words = _("Another disk knows signed head {n} of {at} otherwise.")
                proof.altered.append(words.format(n=number, at=moment(one.made_us)))
