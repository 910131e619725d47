"""Looking for files of a kind on a USB stick: two levels of folders, so many names, nothing but plain files.

A stick is hostile: names are only ever shown, folders are entered by descriptors, links are not followed.
"""

import os
import stat
from collections.abc import Generator, Sequence
from contextlib import contextmanager, suppress
from dataclasses import dataclass, field
from typing import NamedTuple, TypeAlias

Suffix: TypeAlias = bytes | tuple[bytes, ...]
"""How names end, in small letters: in this way, or in any of these."""
SUFFIX = b".raucb"
"""How bundles are named."""
DEEPEST = 2
"""Levels: the top folder, and those in it."""
MOST_NAMES = 5000
"""So many names of a stick are looked at; who keeps more on it puts the update into the top folder of another."""
MOST_FOUND = 20
LONGEST_NAME = 120
_MICROSECOND_NS = 1000


class Candidate(NamedTuple):
    """A file that is named as wanted: the names of its folders and its own, and what its folder says of it."""

    parts: tuple[bytes, ...]
    bytes: int
    modified_us: int
    """Microseconds since 1970."""

    @property
    def shown(self) -> str:
        """Give its name as people may see it."""
        text = b"/".join(self.parts).decode(errors="replace")
        return "".join(one if one.isprintable() else "\N{REPLACEMENT CHARACTER}" for one in text)[:LONGEST_NAME]


@dataclass
class _Search:
    suffix: Suffix
    left: int = field(default_factory=lambda: MOST_NAMES)
    found: list[Candidate] = field(default_factory=list[Candidate])


def candidates(place: str, suffix: Suffix = SUFFIX) -> list[Candidate]:
    """List the files of a stick whose names end so; raises OSError where its file system is damaged."""
    search = _Search(suffix)
    top = os.open(place, os.O_RDONLY | os.O_DIRECTORY | os.O_CLOEXEC)
    try:
        _look(search, top, ())
    finally:
        os.close(top)
    return search.found


@contextmanager
def opened(place: str, parts: Sequence[bytes]) -> Generator[int]:
    """Open a file that was found, to be read; raises OSError where it is not there any more, or is no plain file."""
    folder = file = -1
    try:
        folder = os.open(place, os.O_RDONLY | os.O_DIRECTORY | os.O_CLOEXEC)
        for part in parts[:-1]:
            inner = os.open(part, os.O_RDONLY | os.O_DIRECTORY | os.O_NOFOLLOW | os.O_CLOEXEC, dir_fd=folder)
            os.close(folder)
            folder = inner
        file = os.open(parts[-1], os.O_RDONLY | os.O_NOFOLLOW | os.O_NONBLOCK | os.O_CLOEXEC, dir_fd=folder)
        if not stat.S_ISREG(os.fstat(file).st_mode):
            raise FileNotFoundError
        yield file
    finally:
        for one in (folder, file):
            if one >= 0:
                os.close(one)


def _look(search: _Search, folder: int, above: tuple[bytes, ...]) -> None:
    inner: list[bytes] = []
    with os.scandir(folder) as entries:
        for entry in entries:
            search.left -= 1
            if search.left < 0 or len(search.found) >= MOST_FOUND:
                return
            name = os.fsencode(entry.name)
            with suppress(FileNotFoundError):
                if entry.is_dir(follow_symlinks=False):
                    inner.append(name)
                elif entry.is_file(follow_symlinks=False) and name.lower().endswith(search.suffix):
                    about = entry.stat(follow_symlinks=False)
                    moment_us = about.st_mtime_ns // _MICROSECOND_NS
                    search.found.append(Candidate((*above, name), about.st_size, moment_us))
    if len(above) + 1 >= DEEPEST:
        return
    for name in sorted(inner):
        inside = os.open(name, os.O_RDONLY | os.O_DIRECTORY | os.O_NOFOLLOW | os.O_CLOEXEC, dir_fd=folder)
        try:
            _look(search, inside, (*above, name))
        finally:
            os.close(inside)
