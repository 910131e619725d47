"""The settings as they were before an update, put by; a firmware that cannot read newer ones takes them back."""

import errno
import logging
import os
import shutil
from pathlib import Path

from recorder.accounts.store import FILE as ACCOUNTS_FILE
from recorder.accounts.store import MIGRATIONS as ACCOUNTS
from recorder.client.instance import Instance
from recorder.configuration.database import copy, form
from recorder.settings.store import FILE as SETTINGS_FILE
from recorder.settings.store import MIGRATIONS as SETTINGS

FOLDER = "before-update"
"""In the folder of settings, and so on its partition."""
VERSIONS = {SETTINGS_FILE: len(SETTINGS), ACCOUNTS_FILE: len(ACCOUNTS)}
SCHEMA = sum(VERSIONS.values())
"""The format of our settings, as bundles tell it (`schema=`): each database only ever gains versions."""
KEPT_BYTES = 4 << 20
"""So much room of the partition of settings is left: where the update stands is written there, and what is set."""
_SQLITE = (".db", ".db-wal", ".db-shm")
log = logging.getLogger(__name__)


def put_by(instance: Instance) -> None:
    """Copy all settings, keys and accounts, whole or not at all; raises OSError, and takes no room then."""
    fresh, place = instance.config / f"{FOLDER}.new", instance.config / FOLDER
    shutil.rmtree(fresh, ignore_errors=True)
    try:
        _copy_all(instance.config, fresh)
    except OSError:
        shutil.rmtree(fresh, ignore_errors=True)
        raise
    shutil.rmtree(place, ignore_errors=True)
    fresh.rename(place)  # a cut before leaves none, and the update was not begun
    _sync(instance.config, os.O_RDONLY | os.O_DIRECTORY)


def _copy_all(config: Path, fresh: Path) -> None:
    fresh.mkdir(mode=0o700)
    for one in sorted(config.iterdir()):
        if one.name.endswith(_SQLITE[1:]) or one.is_symlink() or not one.is_file():
            continue
        if one.stat().st_uid != os.geteuid():
            continue  # another process's, which keeps its own form
        if one.suffix == ".db":
            copy(one, fresh / one.name)
        else:
            shutil.copy2(one, fresh / one.name)
    for one in fresh.iterdir():
        _sync(one, os.O_RDONLY)
    _sync(fresh, os.O_RDONLY | os.O_DIRECTORY)
    if shutil.disk_usage(config).free < KEPT_BYTES:
        raise OSError(errno.ENOSPC, os.strerror(errno.ENOSPC), str(config))


def take_back(instance: Instance) -> bool:
    """Where a newer firmware changed the form of a database, put back the one that was put by; says whether it did.

    Called before anything is opened. Each database is replaced whole; a cut leaves the rest for the next start. Where
    there is no room for another copy, it is what was put by itself. Raises OSError.
    """
    config = instance.config
    place = config / FOLDER
    newer = [name for name, ours in VERSIONS.items() if form(config / name) > ours >= form(place / name) > 0]
    for name in newer:
        fresh = config / f".{name}.back"
        try:
            shutil.copyfile(place / name, fresh)
            fresh.chmod(0o600)
            _sync(fresh, os.O_RDONLY)
        except OSError:
            fresh.unlink(missing_ok=True)
            fresh = place / name
        for rest in ("-wal", "-shm"):  # they belong to the newer one
            (config / f"{name}{rest}").unlink(missing_ok=True)
        fresh.replace(config / name)
        log.warning("%s is the one from before the update; the newer one cannot be read by this version", name)
    _sync(config, os.O_RDONLY | os.O_DIRECTORY)
    return bool(newer)


def _sync(path: Path, flags: int) -> None:
    descriptor = os.open(path, flags)
    try:
        os.fsync(descriptor)
    finally:
        os.close(descriptor)
