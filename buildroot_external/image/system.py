"""The system of a slot: the root as EROFS, behind it the tree of its digests (dm-verity), which the kernel checks."""

import re
import secrets
from dataclasses import dataclass
from pathlib import Path

from .tool import CannotBuild, run

BLOCK = 4096
"""Of data and of digests, in bytes; the page of every processor we build for."""
_ROOT = re.compile(r"^Root hash:\s+([0-9a-f]{64})$", re.MULTILINE)


@dataclass(frozen=True)
class System:
    """A finished system: its file, how many blocks of it are the root, and what proves them."""

    path: Path
    blocks: int
    root_hash: str
    salt: str

    @property
    def words(self) -> str:
        """What the first root must be told to set it up."""
        return f"nightjar.system={self.blocks}:{self.root_hash}:{self.salt}"


def file_system(root: Path, out: Path) -> None:
    """Make the file system of a finished root, owners and all. Buildroot makes its own, with the same settings."""
    # The same root gives the same bytes: no times, no identity of the file system's own.
    fixed = ("-T0", "-U00000000-0000-0000-0000-000000000000")
    run("mkfs.erofs", "--quiet", "-zlz4hc,9", "-C65536", *fixed, "-x-1", out, root)


def seal(out: Path, size_mb: int) -> System:
    """Put the tree of digests behind a file system; raises `CannotBuild` where both do not fit into their partition."""
    blocks = -(-out.stat().st_size // BLOCK)
    with out.open("r+b") as file:
        file.truncate(blocks * BLOCK)
    salt = secrets.token_hex(32)
    sizes = (f"--data-block-size={BLOCK}", f"--hash-block-size={BLOCK}", f"--data-blocks={blocks}")
    where = ("--no-superblock", f"--hash-offset={blocks * BLOCK}", f"--salt={salt}", "--hash=sha256")
    told = run("veritysetup", "format", *sizes, *where, out, out)
    found = _ROOT.search(told)
    if found is None:
        raise CannotBuild(f"veritysetup told no root hash:\n{told}")
    taken = out.stat().st_size
    if taken > size_mb << 20:
        raise CannotBuild(f"The system takes {taken >> 20} MB, and its partition has {size_mb}")
    return System(out, blocks, found[1], salt)


def pack(root: Path, out: Path, size_mb: int) -> System:
    """Make the sealed system of a finished root; raises `CannotBuild`."""
    file_system(root, out)
    return seal(out, size_mb)
