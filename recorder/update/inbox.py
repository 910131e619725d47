"""The folder into which a bundle is copied before anybody looks at it: bounded, and with room kept for the recorder."""

import os
import secrets
import shutil
from collections.abc import Iterable
from contextlib import suppress
from pathlib import Path

from hal.client.firmware import LARGEST_BUNDLE
from recorder.client.errors import NightjarError
from recorder.client.instance import private_directory
from recorder.client.words import _

PIECE = 1 << 20
KEPT_BYTES = 256 << 20
"""So much room of the data partition is never taken for a bundle: databases and logs need it."""


class NoRoom(NightjarError):
    """The data partition is too full for a bundle."""

    status = 507
    words = _("There is no room for the update on the recorder's own disk.")


class TooLarge(NightjarError):
    """It is larger than any bundle."""

    status = 413
    words = _("This file is larger than any update.")


class NotRead(NightjarError):
    """It could not be read, or not be written."""

    status = 409
    words = _("The file could not be copied: {problem}")


class Arrival:
    """A file on its way into the inbox; `name` is what it is called there."""

    def __init__(self, folder: Path) -> None:
        """Raises `NotRead`."""
        self._folder = folder
        self.name = f"{secrets.token_hex(16)}.raucb"
        self.bytes = 0
        try:
            flags = os.O_WRONLY | os.O_CREAT | os.O_EXCL | os.O_CLOEXEC
            self._file = os.open(folder / self.name, flags, 0o600)
        except OSError as error:
            raise NotRead(problem=error.strerror or error) from None

    def write(self, piece: bytes) -> None:
        """Take a piece; raises `TooLarge`, `NoRoom`, `NotRead`."""
        self.bytes += len(piece)
        if self.bytes > LARGEST_BUNDLE:
            raise TooLarge
        if shutil.disk_usage(self._folder).free - len(piece) < KEPT_BYTES:
            raise NoRoom
        try:
            while piece:
                piece = piece[os.write(self._file, piece) :]
        except OSError as error:
            raise NotRead(problem=error.strerror or error) from None

    def close(self) -> None:
        """Write no more: nobody may have it open for writing when it is taken in."""
        os.close(self._file)


class Inbox:
    """The folder of one instance."""

    def __init__(self, folder: Path) -> None:
        self._folder = folder

    def open(self) -> Arrival:
        """Begin with a file; what is left of others goes. Raises `NotRead`."""
        private_directory(self._folder)
        self.clear()
        return Arrival(self._folder)

    def take(self, pieces: Iterable[bytes]) -> str:
        """Copy a file in, and give its name; nothing of it stays if that fails. Raises what `Arrival.write` does."""
        arrival = self.open()
        try:
            for piece in pieces:
                arrival.write(piece)
        except BaseException:
            self.clear()
            raise
        finally:
            arrival.close()
        return arrival.name

    def clear(self) -> None:
        """Throw away what lies there."""
        with suppress(FileNotFoundError):
            for one in self._folder.iterdir():
                with suppress(OSError):
                    one.unlink()


def pieces_of(file: int) -> Iterable[bytes]:
    """Read an open file; raises `NotRead`."""
    while True:
        try:
            piece = os.read(file, PIECE)
        except OSError as error:
            raise NotRead(problem=error.strerror or error) from None
        if not piece:
            return
        yield piece
