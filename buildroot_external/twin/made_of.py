"""What an image is made of, as one digest: an image of the same digest need not be built again."""

import hashlib
from collections.abc import Iterator, Sequence
from pathlib import Path

TREES = ("recorder", "gui", "hal", "board", "rootfs", "buildroot_external")
FILES = ("pyproject.toml", "requirements.lock")
LEFT_OUT = {"__pycache__", "stage"}
NAME = "made-of"
"""The file beside the image that keeps its digest."""


def digest(repository: Path, *options: object, trees: Sequence[str] = TREES, files: Sequence[str] = FILES) -> str:
    """Give the digest of all files that go into an image, or of those named, with names, links and rights.

    `options` say how it is built, and belong to it.
    """
    found = hashlib.sha256(repr(options).encode())
    for path in _files(repository, trees, files):
        link = path.is_symlink()
        data = str(path.readlink()).encode() if link else path.read_bytes()
        about = f"{path.relative_to(repository)} {link} {path.lstat().st_mode & 0o111} {len(data)}\n"
        found.update(about.encode() + data)
    return found.hexdigest()


def _files(repository: Path, trees: Sequence[str], files: Sequence[str]) -> Iterator[Path]:
    yield from (repository / name for name in files)
    for tree in trees:
        for path in sorted((repository / tree).rglob("*")):
            if not LEFT_OUT & set(path.parts) and (path.is_symlink() or path.is_file()):
                yield path
