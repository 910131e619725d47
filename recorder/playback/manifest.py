"""The manifest of an exported file, and the signature beside it: what it holds, who took it away, and who vouches.

Beside `x.mp4` lie `x.mp4.json`, the manifest, and `x.mp4.sig`, the Ed25519 signature (64 bytes) over its bytes as they
are, so that OpenSSL checks it too:

    openssl pkeyutl -verify -pubin -inkey evidence.pub -rawin -in x.mp4.json -sigfile x.mp4.sig

Fields: docs/reference/export-manifest.md.
"""

import io
import os
from collections.abc import Iterable, Iterator
from concurrent.futures import Future, ThreadPoolExecutor
from dataclasses import dataclass
from hashlib import sha256
from pathlib import Path
from typing import Protocol

import msgspec

from recorder.client.errors import UNREADABLE
from recorder.client.words import _
from recorder.playback.errors import CannotWrite, ExportError

FORMAT = "nightjar export 2"
_FORMATS = frozenset({"nightjar export 1", FORMAT})
MANIFEST_SUFFIX = ".json"
SIGNATURE_SUFFIX = ".sig"
PIECE_BYTES = 1 << 20
"""A file is hashed in pieces as well, so that it can be said which part of it was altered."""
_HASHING = 2
LARGEST_MANIFEST = 16 << 20
MOST_PIECES = 100_000


class BadManifest(ExportError):
    """The manifest cannot be read."""

    words = _("The manifest {path} cannot be read: {problem}.")


class Unsigned(ExportError):
    """A file was written, and could not be signed."""

    status = 500
    words = _("{path} was written, but not signed: {problem}")


@dataclass(frozen=True)
class Statement:
    """How a device key follows another; as row 22 of docs/reference/store-format.md, in hex."""

    row: str


@dataclass(frozen=True)
class Manifest:
    """What is said of an exported file. Times are ISO 8601, UTC; hashes SHA-256, in hex."""

    file: str
    bytes: int
    piece_bytes: int
    pieces: tuple[str, ...]
    recorder: str
    key: str
    """The device key's public half, 32 bytes in hex."""
    statements: tuple[Statement, ...]
    channel: int
    name: str
    stream: str
    first: str
    last: str
    samples: int
    """Recorded pictures and sounds that went into the file."""
    root: str
    """Of the tree over the roots of the chunks that they were read from, in the order of reading; of format 1, over
    their own leaves."""
    audio: bool
    exported_by: str
    exported_at: str
    software: str
    chunks: int = 0
    """So many; none where two copies of a stream were put together, and in format 1."""
    format: str = FORMAT


class Voucher(Protocol):
    """Who signs manifests: the device key."""

    @property
    def public(self) -> bytes:
        """The public key."""
        ...

    def sign(self, data: bytes) -> bytes:
        """Give the signature."""
        ...


def beside(path: Path, suffix: str) -> Path:
    """Give the place of a manifest or signature."""
    return path.with_name(path.name + suffix)


def pieces_to_hash(path: Path) -> Iterator[bytes]:
    """Give a file in pieces; raises `OSError`."""
    return _pieces(path.open("rb", buffering=0))


def _pieces(opened: io.FileIO) -> Iterator[bytes]:
    with opened as file:
        while piece := file.read(PIECE_BYTES):
            yield piece


def hashes_of(pieces: Iterable[bytes]) -> tuple[int, tuple[str, ...]]:
    """Give size and the hashes of all pieces of a file; it is read once, and hashed by two threads."""
    size = 0
    found: list[Future[str]] = []
    with ThreadPoolExecutor(_HASHING, "hashes") as threads:
        for piece in pieces:
            found.append(threads.submit(_hash, piece))
            size += len(piece)
            # What waits to be hashed stays a few pieces.
            if len(found) > 2 * _HASHING:
                found[-2 * _HASHING].result()
    return size, tuple(one.result() for one in found)


def _hash(piece: bytes) -> str:
    return sha256(piece).hexdigest()


def write(path: Path, manifest: Manifest, voucher: Voucher) -> None:
    """Write manifest and signature beside an exported file, over those of a file that is gone; raises `CannotWrite`."""
    data = msgspec.json.format(msgspec.json.encode(manifest), indent=1) + b"\n"
    try:
        _write(beside(path, MANIFEST_SUFFIX), data)
        _write(beside(path, SIGNATURE_SUFFIX), voucher.sign(data))
    except OSError as error:
        raise CannotWrite(path=path.parent, problem=error.strerror or error) from error


def _write(path: Path, data: bytes) -> None:
    descriptor = os.open(path, os.O_WRONLY | os.O_CREAT | os.O_TRUNC | os.O_NOFOLLOW | os.O_CLOEXEC, 0o644)
    with os.fdopen(descriptor, "wb") as file:
        file.write(data)
        file.flush()
        os.fsync(file.fileno())


def parse(data: bytes, path: object = "") -> Manifest:
    """Read a manifest; raises `BadManifest` for one that no exporter of ours writes."""
    try:
        found = msgspec.json.decode(data, type=Manifest)
        bytes.fromhex(found.key)
        for one in found.statements:
            bytes.fromhex(one.row)
    except (ValueError, *UNREADABLE) as error:
        raise BadManifest(path=path, problem=error) from error
    sane = (
        found.format in _FORMATS
        and len(found.key) == 64
        and found.piece_bytes == PIECE_BYTES
        and 0 <= found.bytes <= MOST_PIECES * PIECE_BYTES
        and len(found.pieces) == -(-found.bytes // PIECE_BYTES)
    )
    if not sane:
        raise BadManifest(path=path, problem=_("its figures contradict each other"))
    return found


def read(path: Path) -> tuple[Manifest, bytes]:
    """Read the manifest of an exported file, and its bytes; raises `BadManifest`."""
    place = beside(path, MANIFEST_SUFFIX)
    try:
        with place.open("rb") as file:
            data = file.read(LARGEST_MANIFEST)
    except OSError as error:
        raise BadManifest(path=place, problem=error.strerror or error) from error
    return parse(data, place), data
