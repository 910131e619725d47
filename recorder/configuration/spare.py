"""Copies of the databases of settings and users, beside them: one that is damaged gives way to its copy (C8).

A block of flash that cannot be read any more would keep control from starting, and with it everybody out.
"""

import asyncio
import logging
import sqlite3
from contextlib import closing
from datetime import UTC, datetime
from pathlib import Path

from recorder.accounts.store import FILE as ACCOUNTS_FILE
from recorder.client.errors import NightjarError
from recorder.client.instance import Instance
from recorder.client.words import _
from recorder.configuration.database import PATIENCE_S, copy
from recorder.configuration.notice import Notice
from recorder.configuration.steps import Steps
from recorder.settings.store import FILE as SETTINGS_FILE
from recorder.update.backup import VERSIONS

FOLDER = "spare"
EVERY_S = 3600.0
NAMES = {SETTINGS_FILE: _("The settings"), ACCOUNTS_FILE: _("The users")}
_UNREADABLE = {sqlite3.SQLITE_CORRUPT, sqlite3.SQLITE_NOTADB, sqlite3.SQLITE_IOERR}
log = logging.getLogger(__name__)


class NoSpare(NightjarError):
    """A database is damaged, and so is its copy, or there is none."""

    status = 500
    words = _(
        "{what} cannot be read, and there is no copy of them here. Recording goes on as it was. Reset the recorder in"
        " the rescue system, then take its settings from a recording disk."
    )


class Spare:
    """Copies what has changed, at the start and every hour."""

    def __init__(self, instance: Instance) -> None:
        self._instance = instance
        self._copied: dict[str, tuple[int, ...]] = {}

    async def run(self) -> None:
        """Copy until cancelled."""
        while True:
            try:
                await asyncio.to_thread(self.look)
            except OSError as error:
                log.warning("The settings have no copy beside them: %s", error)
            await asyncio.sleep(EVERY_S)

    def look(self) -> None:
        """Copy what has changed, each whole or not at all; raises OSError."""
        for name in VERSIONS:
            state = _state(self._instance.config / name)
            if self._copied.get(name) != state:
                place = self._instance.config / FOLDER
                place.mkdir(mode=0o700, exist_ok=True)
                copy(self._instance.config / name, place / name)
                self._copied[name] = state


def mend(instance: Instance, notice: Notice, steps: Steps | None = None) -> tuple[str, ...]:
    """Put its copy in the place of each database that is damaged, which is kept as `.damaged`; gives what to tell.

    Before anything is opened; wherever it is cut short, the next start does the same, and it is told. Raises OSError,
    `NoSpare`.
    """
    config, steps = instance.config, steps or Steps()
    return tuple(_mended(config, name, notice, steps) for name in VERSIONS if _is_lost(config / name, config / FOLDER))


def _mended(config: Path, name: str, notice: Notice, steps: Steps) -> str:
    damaged, spare, fresh = config / name, config / FOLDER / name, config / f".{name}.spare"
    if _is_damaged(spare) or not 0 < _form(spare) <= VERSIONS[name]:
        raise NoSpare(what=NAMES[name])
    made = datetime.fromtimestamp(spare.stat().st_mtime, UTC)
    steps.write(fresh, spare.read_bytes())
    kept = config / f"{name}.damaged"
    steps.remove(kept)
    if damaged.exists():
        kept.hardlink_to(damaged)  # a copy would have to read it
    for end in ("-wal", "-shm"):  # they belong to what is damaged
        steps.remove(config / f"{name}{end}")
    words = _("{what} could not be read; those of {time} are in their place. What was changed since is lost.")
    told = words.format(what=NAMES[name], time=made.isoformat(" ", "seconds"))
    notice.add(told, steps)
    steps.rename(fresh, damaged)
    steps.sync(config)
    return told


def _is_lost(database: Path, spares: Path) -> bool:
    """Whether it cannot be read, or has nothing in it where its copy has."""
    return _is_damaged(database) or (not _form(database) and (spares / database.name).exists())


def _is_damaged(database: Path) -> bool:
    if not database.exists():
        return False
    try:
        with closing(sqlite3.connect(database, timeout=PATIENCE_S)) as one:
            return [row[0] for row in one.execute("PRAGMA quick_check(1)")] != ["ok"]
    except sqlite3.DatabaseError as error:
        # Another error, as that somebody holds it, says nothing of what is in it.
        return error.sqlite_errorcode & 0xFF in _UNREADABLE


def _form(database: Path) -> int:
    """Which version of its form it has; 0: it is empty, or not there."""
    if not database.exists():
        return 0
    with closing(sqlite3.connect(database, timeout=PATIENCE_S)) as one:
        return int(one.execute("PRAGMA user_version").fetchone()[0])


def _state(database: Path) -> tuple[int, ...]:
    """What is another number after each change."""
    found: list[int] = []
    for end in ("", "-wal"):
        try:
            about = database.with_name(database.name + end).stat()
        except FileNotFoundError:
            continue
        found += [about.st_size, about.st_mtime_ns]
    return tuple(found)
