"""Where exports may be written: a folder of their own, or one that somebody at the machine chose."""

import os
import secrets
import shutil
from collections.abc import Sequence
from pathlib import Path

from recorder.client.errors import NightjarError
from recorder.client.instance import Instance, folder_mode
from recorder.client.words import _

UNFETCHED = "fetch-"
MOUNTS = (Path("/media"), Path("/run/media"), Path("/mnt"))


class BadFolder(NightjarError):
    """A folder that exports cannot or may not go to."""

    status = 422
    words = _("Exports cannot go to {path}: {problem}.")

    def __init__(self, path: str, problem: str) -> None:
        super().__init__(path=path, problem=problem)
        self.field = "directory"


def own_directory(instance: Instance) -> Path:
    """Make a fresh folder for an export that is fetched afterwards."""
    place = instance.exports / f"{UNFETCHED}{secrets.token_hex(6)}"
    instance.exports.mkdir(mode=0o700, exist_ok=True)
    place.mkdir(mode=folder_mode(instance.exports))
    return place


def clear_unfetched(instance: Instance, kept: frozenset[str] = frozenset()) -> None:
    """Remove what was exported to be fetched in an earlier run and whose job is forgotten: nobody can fetch it."""
    for place in instance.exports.glob(f"{UNFETCHED}*"):
        if str(place) not in kept:
            shutil.rmtree(place, ignore_errors=True)


def check_name(named: str) -> None:
    """Raise `BadFolder` for a name that no folder is to have, and that the kernel may not even take."""
    if not named.isprintable():
        raise BadFolder(repr(named), _("its name contains control characters"))


def chosen_directory(instance: Instance, named: str, *, local: bool, owner: bool, sticks: Sequence[Path] = ()) -> Path:
    """Check a folder that the caller chose; raises `BadFolder`.

    The owner has the rights of the recorder's own user anyway. At the screen it must lie in the exports folder, the
    home folder, a mounted medium or one of the `sticks`, with no hidden folder on the way; over the network in the
    exports folder.
    """
    check_name(named)
    wished = Path(named)
    if not wished.is_absolute():
        wished = instance.exports / wished
    place = Path(os.path.realpath(wished))
    data = Path(os.path.realpath(instance.data))
    exports = Path(os.path.realpath(instance.exports))
    plugged = [Path(os.path.realpath(one)) for one in sticks]
    if place.is_relative_to(data) and not any(place.is_relative_to(one) for one in (exports, *plugged)):
        raise BadFolder(named, _("it belongs to the recorder itself"))
    if not owner:
        roots = [exports, *((*plugged, Path.home().resolve(), *MOUNTS) if local else ())]
        root = next((one for one in roots if place.is_relative_to(one)), None)
        if root is None or any(part.startswith(".") for part in place.relative_to(root).parts):
            raise BadFolder(named, _("it is not a folder for exports"))
    try:
        if place.is_relative_to(exports):
            exports.mkdir(mode=0o700, parents=True, exist_ok=True)
            place.mkdir(mode=folder_mode(exports), parents=True, exist_ok=True)
        if not place.is_dir():
            raise BadFolder(named, _("there is no such folder"))
    except OSError as error:
        raise BadFolder(named, error.strerror or str(error)) from error
    if not os.access(place, os.W_OK | os.X_OK):
        raise BadFolder(named, _("it cannot be written"))
    return place
