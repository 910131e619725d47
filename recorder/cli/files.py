"""Files that a command writes: whole or not at all."""

import os
from pathlib import Path

from recorder.client.errors import NightjarError
from recorder.client.words import _


class NotWritten(NightjarError):
    """A file could not be written."""

    status = 507
    words = _("{path} was not written: {problem}.")


def write_file(path: Path, content: bytes) -> None:
    """Write a file under a temporary name and move it into place; raises `NotWritten`."""
    fresh = path.with_name(f".{path.name}.{os.getpid()}")
    try:
        fresh.write_bytes(content)
        fresh.replace(path)
    except OSError as error:
        fresh.unlink(missing_ok=True)
        raise NotWritten(path=path, problem=error.strerror or error) from error
