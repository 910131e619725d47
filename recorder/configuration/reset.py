"""A factory reset of the settings, or of settings and users, carried out when control starts (C1).

The flag goes last: wherever the power is cut, the next start does all of it once more.
"""

import json
import logging
import os
import sqlite3
import stat
from collections.abc import Iterable
from contextlib import closing
from pathlib import Path

from recorder.accounts.store import FILE as ACCOUNTS_FILE
from recorder.client.answers.configuration import Extent
from recorder.client.answers.update import Phase
from recorder.client.clock import Clock
from recorder.client.instance import Instance
from recorder.client.words import _
from recorder.configuration.incoming import FOLDER as INCOMING
from recorder.configuration.notice import FILE as NOTICE
from recorder.configuration.reset_flag import FLAG, asked, withdraw
from recorder.configuration.spare import FOLDER as SPARE
from recorder.configuration.steps import Steps
from recorder.control.voices import FOLDER as VOICES
from recorder.settings.audit import Change
from recorder.settings.registry import Registry
from recorder.settings.scope import Area
from recorder.settings.store import FILE as SETTINGS_FILE
from recorder.settings.store import SettingsStore
from recorder.update.backup import FOLDER as BEFORE_UPDATE
from recorder.update.record import FILE as UPDATE
from recorder.update.record import RecordFile

KEPT_AREAS = frozenset({Area.ACCOUNT, Area.NETWORK})
"""What a reset of the settings leaves: who may in, and where the recorder is found (D-MNT-12)."""
BESIDE = (
    VOICES,
    NOTICE,
    f"{SPARE}/{SETTINGS_FILE}",
    *(f"{name}{end}" for name in (BEFORE_UPDATE, INCOMING) for end in ("", ".new")),
)
"""What lies beside the databases and goes with the settings: sounds, copies of the settings from before."""
WORDS = {
    Extent.SETTINGS: _("all settings but users and network were reset"),
    Extent.USERS: _("all settings and users were reset"),
}
log = logging.getLogger(__name__)


def carry_out(instance: Instance, registry: Registry, clock: Clock, steps: Steps | None = None) -> Extent | None:
    """Reset settings, or settings and users, where that was asked for; says what was done. Raises OSError.

    For control, before anything is opened. `EVERYTHING` is carried out before any process runs: by `clearing.clear` on
    a laptop, by the first root on the target.
    """
    steps = steps or Steps()
    config = instance.config
    extent = asked(config)
    if extent is None or extent is Extent.EVERYTHING:
        return None
    if not _may_remove(config / FLAG):
        # It would be done at every start.
        log.error("A reset is asked for by another user of the system; it is not carried out")
        return None
    log.warning("Reset: %s", WORDS[extent])
    kept = {page.about.name for page in registry if extent is Extent.SETTINGS and page.about.area in KEPT_AREAS}
    settings = config / SETTINGS_FILE
    try:
        steps.commit(lambda: _forget(settings, kept, WORDS[extent], clock.now_us()))
    except sqlite3.DatabaseError as error:
        log.error("%s is damaged (%s) and goes as a whole", SETTINGS_FILE, error)  # noqa: TRY400
        _remove(steps, _database(settings))
    if extent is Extent.USERS:
        _remove(steps, [*_database(config / ACCOUNTS_FILE), config / SPARE])
    _remove(steps, [config / name for name in BESIDE])
    if RecordFile(config / UPDATE).load().phase is Phase.CHECKED:
        steps.remove(config / UPDATE)  # whoever planned it for the night may be gone
    steps.sync(config)
    withdraw(config, steps)
    return extent


def _forget(path: Path, kept: Iterable[str], words: str, now_us: int) -> None:
    """Remove all documents but those of kept pages, with a line in the audit."""
    with closing(SettingsStore(path)) as store, store.transaction():
        gone = [(row.page, row.item) for row in store.all() if row.page not in kept]
        for page, item in gone:
            store.remove(page, item)
        if gone:
            store.count("revision")
            told = Change(now_us, "recorder", "", "configuration", "", "", json.dumps(None), json.dumps(words))
            store.note([told])


def _database(path: Path) -> list[Path]:
    """Give the files of a database, the file itself last: what is written ahead must never meet an empty one."""
    return [path.with_name(path.name + end) for end in ("-wal", "-shm", "")]


def _remove(steps: Steps, paths: Iterable[Path]) -> None:
    for one in paths:
        steps.remove(one)


def _may_remove(flag: Path) -> bool:
    """Whether we may take the flag away: in a folder with the sticky bit only who made a file may."""
    user = os.geteuid()
    return not flag.parent.stat().st_mode & stat.S_ISVTX or user in {0, flag.lstat().st_uid, flag.parent.stat().st_uid}
