"""Files that a command reads, and writes: whole or not at all."""

import os
from pathlib import Path

from recorder.client.errors import NightjarError
from recorder.client.words import _


class NotWritten(NightjarError):
    """A file could not be written."""

    status = 507
    words = _("{path} was not written: {problem}.")


class NotAFile(NightjarError):
    """A file of ours could not be read or written."""

    status = 422
    words = _("{path}: {problem}")


def check_place(path: Path) -> None:
    """See that a file could be written, before the work for it begins; raises `NotWritten`."""
    try:
        fresh = path.with_name(f".{path.name}.{os.getpid()}")
        fresh.touch()
        fresh.unlink()
    except (OSError, ValueError) as error:  # ValueError: a path without a name, such as /
        raise NotWritten(path=path, problem=getattr(error, "strerror", None) or error) from error


def write_file(path: Path, content: bytes) -> None:
    """Write a file under a temporary name and move it into place; raises `NotWritten`."""
    fresh = path.with_name(f".{path.name}.{os.getpid()}")
    try:
        fresh.write_bytes(content)
        fresh.replace(path)
    except OSError as error:
        fresh.unlink(missing_ok=True)
        raise NotWritten(path=path, problem=error.strerror or error) from error
