"""Check an exported file against the manifest and signature beside it; needs no recorder and no network."""

from collections.abc import Iterable
from dataclasses import dataclass, field
from datetime import datetime, timedelta
from itertools import pairwise
from pathlib import Path

import av
from av.error import FFmpegError

from recorder.client.errors import NightjarError
from recorder.client.words import _
from recorder.playback import manifest as manifests
from recorder.playback.errors import ExportError
from recorder.playback.manifest import PIECE_BYTES, SIGNATURE_SUFFIX, Manifest, beside
from recorder.store import row_format
from recorder.store.device_key import fingerprint, trusted_keys, verified
from recorder.store.errors import Damaged
from recorder.store.rows import KeyRow, RowKind

_SIGNATURE_BYTES = 64


class NotGenuine(ExportError):
    """A file is not what was exported."""

    words = _("{path} is not as it was exported. Faults found: {count}.")


@dataclass
class ExportProof:
    """What was found out about a file. `faults` are in words; without any the file is what was exported."""

    file: str
    faults: list[str] = field(default_factory=list[str])
    manifest: Manifest | None = None
    signed_by: str = ""
    """Fingerprint of the key."""
    notes: list[str] = field(default_factory=list[str])


def verify_export(path: Path, trusted: bytes | None = None) -> ExportProof:
    """Check manifest, signature and every byte of a file; `trusted` is the public key to believe."""
    proof = ExportProof(str(path))
    try:
        manifest, data = manifests.read(path)
    except NightjarError as error:
        proof.faults.append(str(error))
        return proof
    proof.manifest = manifest
    key = bytes.fromhex(manifest.key)
    proof.signed_by = fingerprint(key)
    _check_signature(path, data, key, proof)
    if trusted is not None and key not in trusted_keys(trusted, _statements(manifest)):
        proof.faults.append(_("It was signed by another key: {key}.").format(key=proof.signed_by))
    if manifest.file != path.name:
        proof.notes.append(_("It was called {name} when it was exported.").format(name=manifest.file))
    try:
        _check_bytes(path, manifest, proof)
    except OSError as error:
        proof.faults.append(_("The file cannot be read: {problem}.").format(problem=error.strerror or error))
    return proof


def _check_signature(path: Path, data: bytes, key: bytes, proof: ExportProof) -> None:
    place = beside(path, SIGNATURE_SUFFIX)
    try:
        with place.open("rb") as file:
            signature = file.read(_SIGNATURE_BYTES + 1)
    except OSError as error:
        proof.faults.append(
            _("The signature {path} cannot be read: {problem}.").format(path=place, problem=error.strerror)
        )
        return
    if not verified(key, signature, data):
        proof.faults.append(_("The manifest is not what was signed: it, its key or its signature was altered."))


def _check_bytes(path: Path, manifest: Manifest, proof: ExportProof) -> None:
    size, pieces = manifests.hashes_of(manifests.pieces_to_hash(path))
    if size != manifest.bytes:
        words = _("The file has {size} bytes; {wanted} were exported.")
        proof.faults.append(words.format(size=size, wanted=manifest.bytes))
    wrong = [n for n, (one, other) in enumerate(zip(pieces, manifest.pieces, strict=False)) if one != other]
    for begin, end in _runs(wrong):
        first, last = begin * PIECE_BYTES, min((end + 1) * PIECE_BYTES, size)
        words = _("Bytes {first} to {last} were altered{when}.")
        proof.faults.append(words.format(first=first, last=last - 1, when=_shown(path, manifest, first, last)))


def _runs(numbers: list[int]) -> Iterable[tuple[int, int]]:
    """Give numbers that follow each other as (first, last)."""
    if not numbers:
        return
    begin = numbers[0]
    for one, following in pairwise([*numbers, -1]):
        if following != one + 1:
            yield begin, one
            begin = following


def _shown(path: Path, manifest: Manifest, first: int, last: int) -> str:
    """Say which time of the pictures lies in bytes [first, last), as far as the file still tells."""
    times: list[float] = []
    try:
        began = datetime.fromisoformat(manifest.first)
        with av.open(str(path)) as container:
            stream = container.streams.video[0]
            for packet in container.demux(stream):
                at, base = packet.pos, stream.time_base
                if packet.pts is None or at is None or base is None:
                    continue
                if at < last and at + packet.size > first:
                    times.append(float(packet.pts * base))
        shown = [began + timedelta(seconds=one) for one in (min(times), max(times))]
    except (FFmpegError, OSError, ValueError, IndexError, OverflowError):
        return ""
    start, end = (one.astimezone().isoformat(sep=" ", timespec="milliseconds") for one in shown)
    return _(": pictures of {start} to {end}").format(start=start, end=end)


def _statements(manifest: Manifest) -> list[KeyRow]:
    found: list[KeyRow] = []
    for one in manifest.statements:
        try:
            row = row_format.parse(RowKind.KEY, bytes.fromhex(one.row))
        except (Damaged, ValueError):
            continue
        if isinstance(row, KeyRow):
            found.append(row)
    return found
