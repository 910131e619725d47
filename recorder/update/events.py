"""The list of events when the firmware changes: no form of it keeps control of an older one from starting.

It is too large to be put by before every update (2 GiB at most): it is copied by the firmware that is about to change
its form, and the copy goes once that firmware was called good.
"""

import logging
import shutil
import sqlite3
from contextlib import closing, suppress
from pathlib import Path

from recorder.client.instance import Instance
from recorder.client.words import _
from recorder.configuration.database import PATIENCE_S, copy, form
from recorder.configuration.steps import Steps
from recorder.events.store import FILE, MIGRATIONS

BEFORE, NEWER = ".before", ".newer"
"""Behind the file's name: as it was before its form was changed; one of a later form, put aside."""
LARGEST_COPIED = 256 << 20
"""Copying takes time of the start, during which nobody can look after the recorder."""
KEPT_BYTES = 256 << 20
"""So much room is left: all that the recorder notes lies there."""
OURS = len(MIGRATIONS)
log = logging.getLogger(__name__)


def fit(instance: Instance, *, tried: bool) -> str:
    """Make the list one that this firmware can open; gives what an owner is to know, mostly nothing. Raises OSError.

    Before it is opened. `tried`: this firmware, or the one before it, was not called good yet.
    """
    events = instance.state / FILE
    before = events.with_name(f"{FILE}{BEFORE}")
    here = form(events)
    if here > OURS:
        return _older(events, before)
    if 0 < here < OURS:
        _put_by(events, before)
    elif not tried:
        before.unlink(missing_ok=True)
    return ""


def _put_by(events: Path, before: Path) -> None:
    """Copy the list before its form changes; where that cannot be, a firmware from before begins a new one."""
    size = events.stat().st_size
    if size > LARGEST_COPIED or shutil.disk_usage(events.parent).free < size + KEPT_BYTES:
        log.warning("The list of events is not put by: it has %d bytes", size)
        return
    try:
        copy(events, before)
    except OSError as error:
        log.warning("The list of events is not put by: %s", error)


def _older(events: Path, before: Path) -> str:
    """Put a list of a later form aside, and the one from before in its place."""
    with suppress(sqlite3.Error), closing(sqlite3.connect(events, timeout=PATIENCE_S)) as one:
        one.execute("PRAGMA wal_checkpoint(TRUNCATE)")  # then all of it is in the one file
    for end in ("-wal", "-shm"):
        events.with_name(f"{FILE}{end}").unlink(missing_ok=True)
    events.replace(events.with_name(f"{FILE}{NEWER}"))
    found = 0 < form(before) <= OURS
    if found:
        before.replace(events)
    Steps().sync(events.parent)
    if found:
        return _("The list of events is the one from before the update; what happened since is not in it.")
    return _("The list of events cannot be read by this version, and begins anew; the one from before is kept.")
