"""Looking for files of a kind on a USB stick: two levels of folders, so many names, nothing but plain files.

A stick is hostile: names are only ever shown, folders are entered by descriptors, links are not followed, and a file
system that answers with an error ends the search with words.
"""

import hashlib
import os
import stat
from collections.abc import Generator
from contextlib import contextmanager, suppress
from dataclasses import dataclass, field

from hal.client.firmware import LARGEST_BUNDLE
from recorder.client.answers.update import FoundBundle
from recorder.client.errors import NightjarError
from recorder.client.words import _

DEEPEST = 2
"""Levels: the top folder, and those in it."""
MOST_NAMES = 5000
"""So many names of a stick are looked at; who keeps more on it puts the update into the top folder of another."""
MOST_FOUND = 20
LONGEST_NAME = 120
MICROSECOND_NS = 1000


class StickUnreadable(NightjarError):
    """The file system of a stick answers with errors."""

    status = 409
    words = _("The USB stick {stick} cannot be read: its file system is damaged. Have it checked at a computer.")


class BundleGone(NightjarError):
    """A file that was found is not there any more, or is no plain file."""

    status = 404
    words = _("This file is not on the USB stick any more. Look at the list again.")


@dataclass(frozen=True)
class Wanted:
    """What is looked for: names that end so, and files of at most so many bytes."""

    suffix: bytes
    largest: int


BUNDLE = Wanted(b".raucb", LARGEST_BUNDLE)


@dataclass
class _Search:
    stick: str
    wanted: Wanted
    left: int = MOST_NAMES
    found: list[tuple[FoundBundle, tuple[bytes, ...]]] = field(
        default_factory=list[tuple[FoundBundle, tuple[bytes, ...]]]
    )


def found_on(place: str, stick: str, wanted: Wanted = BUNDLE) -> tuple[FoundBundle, ...]:
    """List the files of a stick that are named as wanted; raises `StickUnreadable`."""
    return tuple(one for one, _parts in _search(place, stick, wanted))


@contextmanager
def opened(place: str, stick: str, found: str, wanted: Wanted = BUNDLE) -> Generator[int]:
    """Open the file of this id to be read; raises `BundleGone`, `StickUnreadable`."""
    parts = next((parts for one, parts in _search(place, stick, wanted) if one.id == found), None)
    if parts is None:
        raise BundleGone
    folder = file = -1
    try:
        folder = os.open(place, os.O_RDONLY | os.O_DIRECTORY | os.O_CLOEXEC)
        for part in parts[:-1]:
            inner = os.open(part, os.O_RDONLY | os.O_DIRECTORY | os.O_NOFOLLOW | os.O_CLOEXEC, dir_fd=folder)
            os.close(folder)
            folder = inner
        file = os.open(parts[-1], os.O_RDONLY | os.O_NOFOLLOW | os.O_NONBLOCK | os.O_CLOEXEC, dir_fd=folder)
        if not stat.S_ISREG(os.fstat(file).st_mode):
            raise BundleGone
        yield file
    except FileNotFoundError:
        raise BundleGone from None
    finally:
        for one in (folder, file):
            if one >= 0:
                os.close(one)


def _search(place: str, stick: str, wanted: Wanted) -> list[tuple[FoundBundle, tuple[bytes, ...]]]:
    search = _Search(stick, wanted)
    try:
        top = os.open(place, os.O_RDONLY | os.O_DIRECTORY | os.O_CLOEXEC)
        try:
            _look(search, top, ())
        finally:
            os.close(top)
    except OSError:
        raise StickUnreadable(stick=stick) from None
    return search.found


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
                elif entry.is_file(follow_symlinks=False) and name.lower().endswith(search.wanted.suffix):
                    search.found.append((_found(search, (*above, name), entry), (*above, name)))
    if len(above) + 1 >= DEEPEST:
        return
    for name in sorted(inner):
        inside = os.open(name, os.O_RDONLY | os.O_DIRECTORY | os.O_NOFOLLOW | os.O_CLOEXEC, dir_fd=folder)
        try:
            _look(search, inside, (*above, name))
        finally:
            os.close(inside)


def _found(search: _Search, parts: tuple[bytes, ...], entry: "os.DirEntry[str]") -> FoundBundle:
    about = entry.stat(follow_symlinks=False)
    problem = ""
    if about.st_size > search.wanted.largest:
        problem = _("It is too large.")
    elif not about.st_size:
        problem = _("It is empty.")
    shown = b"/".join(parts).decode(errors="replace")
    shown = "".join(one if one.isprintable() else "\N{REPLACEMENT CHARACTER}" for one in shown)[:LONGEST_NAME]
    name = hashlib.sha256(b"\0".join((search.stick.encode(), *parts))).hexdigest()[:12]
    return FoundBundle(name, search.stick, shown, about.st_size, about.st_mtime_ns // MICROSECOND_NS, problem)
