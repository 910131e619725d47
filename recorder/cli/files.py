"""Files that a command reads, and writes: whole or not at all."""

import os
from contextlib import suppress
from pathlib import Path

from recorder.client.errors import NightjarError
from recorder.client.words import _
from recorder.playback.errors import AlreadyThere


class NotWritten(NightjarError):
    """A file could not be written."""

    status = 507
    words = _("{path} was not written: {problem}.")


class NotAFile(NightjarError):
    """A file of ours could not be read or written."""

    status = 422
    words = _("{path}: {problem}")


def check_free(*paths: Path) -> None:
    """See that none of these is there: what vouches for something never goes by mistake. Raises `AlreadyThere`."""
    for path in paths:
        if path.exists():
            raise AlreadyThere(path=path)


def beside(path: Path, name: str) -> Path:
    """Give the file of a name in the folder of another; raises `NotWritten` where that is none, such as / or -.

    "-" is standard output to other programs: what is moved into place, and has others beside it, cannot go there.
    """
    if path.name in {"", "-"}:
        raise NotWritten(path=path, problem=_("It names no file"))
    return path.with_name(name)


def fresh_of(path: Path) -> Path:
    """Give the temporary name under which a file is written; raises `NotWritten`."""
    return beside(path, f".{path.name}.{os.getpid()}")


def check_place(path: Path) -> None:
    """See that a file could be written, before the work for it begins; raises `NotWritten`."""
    fresh = fresh_of(path)
    try:
        fresh.touch()
        fresh.unlink()
    except (OSError, ValueError) as error:
        raise NotWritten(path=path, problem=getattr(error, "strerror", None) or error) from error


def write_file(path: Path, content: bytes) -> None:
    """Write a file under a temporary name and move it into place; raises `NotWritten`.

    A link stays one, and what is no plain file, such as a pipe, is written as it is.
    """
    place = path.resolve()
    fresh = fresh_of(place)
    try:
        if path.exists() and not path.is_file():
            path.write_bytes(content)
            return
        fresh.write_bytes(content)
        fresh.replace(place)
    except OSError as error:
        with suppress(OSError):
            fresh.unlink()
        raise NotWritten(path=path, problem=error.strerror or error) from error
