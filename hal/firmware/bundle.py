"""The frame of a RAUC bundle of the format `verity`: what it says of itself, and whether every block of it is whole.

From its beginning (RAUC reference, "Bundle Formats"; kernel, admin-guide/device-mapper/verity): a squashfs image in
blocks of 4 096 bytes, the tree of their hashes, a CMS message that carries the manifest (RFC 5652 §5), and the
message's length in 8 bytes, big-endian. Who signed the message is not judged here: RAUC does that.
"""

import hashlib
import os
from collections.abc import Callable
from configparser import Error as BadIni
from configparser import RawConfigParser
from dataclasses import dataclass
from typing import NamedTuple

from hal.firmware.inspection import Refusal

BLOCK = 4096
HASH_BYTES = 32
LENGTH_BYTES = 8
LARGEST_MESSAGE = 1 << 20
"""Of the CMS message; one with a chain of certificates has some thousand bytes."""
LARGEST_BUNDLE = 2 << 30
"""A file of more is no bundle: the image is to stay below 250 MB, and a stick is not read without end."""
READ_BLOCKS = 256
_SEQUENCE, _OID, _OCTETS, _INTEGER, _SET, _CONTEXT_0 = 0x30, 0x06, 0x04, 0x02, 0x31, 0xA0
_LONG = 0x80
_SIGNED = bytes.fromhex("2a864886f70d010702")  # RFC 5652 §14: id-signedData
_MOST_SALT = 256


class BadBundle(Exception):
    """It is no bundle, or one that was cut short or changed."""

    def __init__(self, refusal: Refusal, why: str) -> None:
        super().__init__(why)
        self.refusal = refusal


@dataclass(frozen=True)
class Manifest:
    """What a bundle says of itself. `build` may carry `schema=3` and `least=1.2.0` (docs/design/update.md)."""

    compatible: str
    version: str
    description: str
    build: str
    format: str
    verity_hash: str = ""
    verity_salt: str = ""
    verity_size: int = 0
    images: tuple[tuple[str, int], ...] = ()
    """Class of slot and bytes."""

    def word(self, name: str) -> str:
        """Give what the build says after `name=`; empty where it does not."""
        pairs = (one.partition("=") for one in self.build.split())
        return next((value for key, _equals, value in pairs if key == name), "")


class Frame(NamedTuple):
    """Where things are in a bundle, in bytes from its beginning: hashed image, then its tree, then the message."""

    image: int
    tree: int
    manifest: Manifest


def frame(file: int) -> Frame:
    """Read the frame of an open bundle; raises `BadBundle`."""
    size = os.fstat(file).st_size
    if size > LARGEST_BUNDLE:
        raise BadBundle(Refusal.NO_BUNDLE, "it is larger than any bundle")
    if size < BLOCK or os.pread(file, 4, 0) != b"hsqs":
        raise BadBundle(Refusal.NO_BUNDLE, "it is no bundle")
    length = int.from_bytes(os.pread(file, LENGTH_BYTES, size - LENGTH_BYTES), "big")
    signed = size - LENGTH_BYTES - length
    if not 0 < length <= LARGEST_MESSAGE or signed <= 0:
        raise BadBundle(Refusal.CUT, "its end is missing")
    manifest = _manifest(_content(os.pread(file, length, signed)))
    tree = manifest.verity_size
    image = signed - tree
    if manifest.format == "verity" and (tree % BLOCK or image % BLOCK or not 0 < tree < signed):
        raise BadBundle(Refusal.CUT, "its parts do not fit together")
    return Frame(image, tree, manifest)


def check_blocks(file: int, found: Frame, told: Callable[[int, int], None]) -> str:
    """Compare every block with the signed hash; gives the SHA-256 of the whole file. Raises `BadBundle`.

    `told` is called with bytes done and bytes in all.
    """
    manifest = found.manifest
    whole = hashlib.sha256()
    salted = hashlib.sha256(bytes.fromhex(manifest.verity_salt))
    level = bytearray()
    for at in range(0, found.image, READ_BLOCKS * BLOCK):
        piece = os.pread(file, min(READ_BLOCKS * BLOCK, found.image - at), at)
        whole.update(piece)
        for block in range(0, len(piece), BLOCK):
            one = salted.copy()
            one.update(piece[block : block + BLOCK])
            level += one.digest()
        told(at + len(piece), found.image)
    tree = bytearray()
    while True:
        level += bytes(-len(level) % BLOCK)
        tree[:0] = level  # the root is stored first
        above = bytearray()
        for block in range(0, len(level), BLOCK):
            one = salted.copy()
            one.update(level[block : block + BLOCK])
            above += one.digest()
        if len(above) == HASH_BYTES:
            break
        level = above
    size = os.fstat(file).st_size
    stored = os.pread(file, found.tree, found.image)
    if above.hex() != manifest.verity_hash or stored != bytes(tree):
        raise BadBundle(Refusal.DAMAGED, "a block of it is not as it was signed")
    whole.update(stored)
    whole.update(os.pread(file, size - found.image - found.tree, found.image + found.tree))
    return whole.hexdigest()


def _content(message: bytes) -> bytes:
    """Give what a CMS message carries; raises `BadBundle`."""
    try:
        inside = _part(message, _SEQUENCE)
        kind, rest = _next(inside, _OID)
        if kind != _SIGNED:
            raise ValueError(kind)  # noqa: TRY301 - as what is no DER
        signed = _part(_part(rest, _CONTEXT_0), _SEQUENCE)
        _version, rest = _next(signed, _INTEGER)
        _digests, rest = _next(rest, _SET)
        _kind, rest = _next(_part(rest, _SEQUENCE), _OID)
        if not rest:  # of the format `plain`: what is signed stands elsewhere
            raise BadBundle(Refusal.FORMAT, "its blocks have no hashes")
        return bytes(_part(_part(rest, _CONTEXT_0), _OCTETS))
    except (ValueError, IndexError):
        raise BadBundle(Refusal.DAMAGED, "its signature is no signature") from None


def _part(data: bytes, tag: int) -> bytes:
    return _next(data, tag)[0]


def _next(data: bytes, tag: int) -> tuple[bytes, bytes]:
    """Take one value of DER with this tag (X.690 §8.1): its bytes, and those after it."""
    length, at = data[1], 2
    if length & _LONG:
        count = length & ~_LONG
        at += count
        length = int.from_bytes(data[2:at], "big")
    if data[0] != tag or at + length > len(data):
        raise ValueError(tag)
    return data[at : at + length], data[at + length :]


def _manifest(content: bytes) -> Manifest:
    ini = RawConfigParser(strict=True, delimiters=("=",), comment_prefixes=("#",), inline_comment_prefixes=None)
    try:
        ini.read_string(content.decode())
        update = ini["update"]
        bundle = ini["bundle"] if ini.has_section("bundle") else {}
        images = [(name, ini[name]) for name in ini.sections() if name.startswith("image.")]
        manifest = Manifest(
            compatible=_plain(update["compatible"]),
            version=_plain(update["version"]),
            description=_plain(update.get("description", ""), longest=2000),
            build=_plain(update.get("build", "")),
            format=bundle.get("format", "plain"),
            verity_hash=bundle.get("verity-hash", ""),
            verity_salt=bundle.get("verity-salt", ""),
            verity_size=int(bundle.get("verity-size", "0")),
            images=tuple((name.removeprefix("image."), int(about.get("size", "0"))) for name, about in images),
        )
        if len(bytes.fromhex(manifest.verity_salt)) > _MOST_SALT:
            raise ValueError(manifest.verity_salt)  # noqa: TRY301 - as any other value
    except (BadIni, KeyError, ValueError):
        raise BadBundle(Refusal.DAMAGED, "its manifest cannot be read") from None
    return manifest


def _plain(text: str, longest: int = 128) -> str:
    """Give what people may see of a value; a keyfile writes the end of a line as two letters."""
    return "".join(one for one in text.replace("\\n", "\n") if one.isprintable() or one == "\n").strip()[:longest]
