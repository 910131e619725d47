"""A configuration that waits to take the place of the one that is here: moved in when control starts, whole (C4).

It is made in a folder of its own, which gets its name once all in it is durable; from then on it will be moved in,
however often that is cut short. Before, nothing of it is ever used.
"""

import logging
import os
import sqlite3
from pathlib import Path

from recorder.accounts.store import FILE as ACCOUNTS_FILE
from recorder.client.errors import NightjarError
from recorder.client.instance import Instance, file_mode
from recorder.configuration.steps import Steps
from recorder.configuration.web_certificate import RESTORED as CERTIFICATE
from recorder.configuration.web_certificate import folder_of
from recorder.control.voices import FOLDER as VOICES
from recorder.events.carried import bring_back, unpacked
from recorder.events.store import FILE as EVENTS_FILE
from recorder.settings.store import FILE as SETTINGS_FILE
from recorder.store.carried_key import RESTORED as EVIDENCE
from recorder.store.ids import RESTORED
from recorder.store.key_ring import FILE as POOL_KEYS_FILE

FOLDER = "incoming"
MOVED = (SETTINGS_FILE, ACCOUNTS_FILE, POOL_KEYS_FILE, VOICES)
"""What is moved into the folder of settings."""
EVENTS = "events.packed"
"""What is brought into the list of events."""
log = logging.getLogger(__name__)


def begin(instance: Instance, steps: Steps) -> Path:
    """Give an empty folder to make one in; raises OSError."""
    fresh = instance.config / f"{FOLDER}.new"
    steps.remove(fresh)
    fresh.mkdir(mode=0o700)
    return fresh


def give_up(instance: Instance) -> None:
    """Throw away what was begun."""
    Steps().remove(instance.config / f"{FOLDER}.new")


def decide(instance: Instance, steps: Steps) -> None:
    """Have what was made moved in at the next start; raises OSError."""
    fresh = instance.config / f"{FOLDER}.new"
    for one in [*fresh.rglob("*"), fresh]:
        # Of a file, too: what a folder needs to be durable is the same.
        descriptor = os.open(one, os.O_RDONLY | os.O_CLOEXEC | os.O_NOFOLLOW)
        try:
            os.fsync(descriptor)
        finally:
            os.close(descriptor)
    steps.rename(fresh, instance.config / FOLDER)
    steps.sync(instance.config)


def move_in(instance: Instance, steps: Steps | None = None) -> bool:
    """Put what waits in the place of what is here; says whether anything waited. Raises OSError.

    For control, before anything is opened.
    """
    steps = steps or Steps()
    config = instance.config
    waiting = config / FOLDER
    if not waiting.is_dir():
        return False
    log.warning("A configuration takes the place of the one that was here")
    for name in MOVED:
        if (waiting / name).exists():
            _move(steps, waiting / name, config / name)
    for name, place in ((RESTORED, instance.state), (EVIDENCE, instance.state), (CERTIFICATE, folder_of(instance))):
        if (waiting / name).exists():
            # Of another partition or folder, so it is written anew.
            fresh = place / f".{name}.new"
            steps.write(fresh, (waiting / name).read_bytes(), file_mode(place))
            steps.rename(fresh, place / name)
            steps.sync(place)
    if (waiting / EVENTS).exists():
        steps.commit(lambda: _bring_events(instance.state / EVENTS_FILE, waiting / EVENTS))
    steps.remove(waiting)
    steps.sync(config)
    return True


def _bring_events(database: Path, waiting: Path) -> None:
    """Bring events into their list; where that cannot be, the settings come without them."""
    try:
        bring_back(database, unpacked(waiting.read_bytes()))
    except (NightjarError, sqlite3.Error) as error:
        log.error("The events of before do not come back: %s", error)  # noqa: TRY400 - a sentence for the owner


def _move(steps: Steps, source: Path, to: Path) -> None:
    if source.is_dir():
        steps.remove(to)  # a folder that is there would not be replaced
    else:
        # What is written ahead belongs to the database that goes.
        for end in ("-wal", "-shm"):
            steps.remove(to.with_name(to.name + end))
    steps.rename(source, to)
    steps.sync(to.parent)
