"""What a device remembers across power cuts, such as which ports are off: one small file a device."""

import json
import logging
import os
from pathlib import Path
from typing import TypeVar
from urllib.parse import quote

import msgspec

from hal.errors import UNREADABLE

LARGEST = 65536
"""A file is a few hundred bytes; a larger one is not ours."""
Kept = TypeVar("Kept")
log = logging.getLogger("hal")


class Memory:
    """The file of one device below the machine's `keep`; without that nothing is kept."""

    def __init__(self, keep: Path | None, kind: str, name: str) -> None:
        self._path = None if keep is None else keep / f"{kind}-{quote(name, safe='')}.json"

    def recall(self, kept: type[Kept], otherwise: Kept) -> Kept:
        """Give what was kept, or the other thing if nothing was, or what is there is damaged."""
        if self._path is None:
            return otherwise
        try:
            with self._path.open("rb") as file:
                return msgspec.json.decode(file.read(LARGEST), type=kept)
        except FileNotFoundError:
            return otherwise
        except (OSError, *UNREADABLE) as error:
            log.warning("%s is not used: %s", self._path.name, error)
            return otherwise

    def forget(self) -> None:
        """Keep nothing any more."""
        if self._path is not None:
            self._path.unlink(missing_ok=True)

    def keep(self, kept: object) -> None:
        """Write it down, whole or not at all; a full or broken disk is told in the log and stops nothing."""
        if self._path is None:
            return
        fresh = self._path.with_suffix(".new")
        try:
            self._path.parent.mkdir(parents=True, exist_ok=True)
            with fresh.open("wb") as file:
                file.write(json.dumps(msgspec.to_builtins(kept), indent=1).encode())
                file.flush()
                os.fsync(file.fileno())
            fresh.replace(self._path)
        except OSError as error:
            log.warning("%s could not be written: %s", self._path.name, error)
