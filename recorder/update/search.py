"""The files of a kind on a USB stick, as they are shown and chosen: by an id that says nothing of their names."""

import hashlib
from collections.abc import Generator
from contextlib import contextmanager
from dataclasses import dataclass

from hal.client.firmware import LARGEST_BUNDLE, Candidate, candidates, opened_candidate
from recorder.client.answers.update import FoundBundle
from recorder.client.errors import NightjarError
from recorder.client.words import _


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

    suffix: bytes | tuple[bytes, ...]
    largest: int


BUNDLE = Wanted(b".raucb", LARGEST_BUNDLE)


def found_on(place: str, stick: str, wanted: Wanted = BUNDLE) -> tuple[FoundBundle, ...]:
    """List the files of a stick that are named as wanted; raises `StickUnreadable`."""
    return tuple(_found(stick, one, wanted) for one in _search(place, stick, wanted))


@contextmanager
def opened(place: str, stick: str, found: str, wanted: Wanted = BUNDLE) -> Generator[int]:
    """Open the file of this id to be read; raises `BundleGone`, `StickUnreadable`."""
    one = next((one for one in _search(place, stick, wanted) if _id(stick, one) == found), None)
    if one is None:
        raise BundleGone
    try:
        with opened_candidate(place, one.parts) as file:
            yield file
    except FileNotFoundError:
        raise BundleGone from None


def _search(place: str, stick: str, wanted: Wanted) -> list[Candidate]:
    try:
        return candidates(place, wanted.suffix)
    except OSError:
        raise StickUnreadable(stick=stick) from None


def _id(stick: str, found: Candidate) -> str:
    return hashlib.sha256(b"\0".join((stick.encode(), *found.parts))).hexdigest()[:12]


def _found(stick: str, one: Candidate, wanted: Wanted) -> FoundBundle:
    problem = ""
    if one.bytes > wanted.largest:
        problem = _("It is too large.")
    elif not one.bytes:
        problem = _("It is empty.")
    return FoundBundle(_id(stick, one), stick, one.shown, one.bytes, one.modified_us, problem)
