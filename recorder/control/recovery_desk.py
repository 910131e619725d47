"""The stick that lets back in, in the recorder's ports: written there, and found there again (A25).

What lies on a stick is as hostile as who brought it: one name is opened in its top folder, no link is followed, and of
a plain file no more is read than ours has.
"""

import logging
import os
import secrets
from collections.abc import Generator
from contextlib import suppress
from functools import partial
from pathlib import Path

from hal.client.firmware import opened_candidate
from recorder.accounts.recovery import Recovery
from recorder.accounts.recovery_stick import LARGEST_FILE, NAME, StickKey
from recorder.client.answers.credentials import RecoveryStickMade, RecoveryStickState
from recorder.client.answers.disks import StickStatus
from recorder.client.dates import Order, local, written
from recorder.client.errors import NightjarError, NotFound
from recorder.client.words import _
from recorder.configuration.steps import Steps
from recorder.control.sticks import Sticks
from recorder.settings.pages.date_time import DateTime
from recorder.settings.pages.login_rules import LoginRules
from recorder.settings.settings import Author, Settings
from recorder.store.disk_lane import Lanes
from recorder.store.errors import DiskSilent

log = logging.getLogger(__name__)
MOST_STICKS = 16
"""More than a recorder has ports; each is a file that is opened."""


class StickNotMade(NightjarError):
    """A stick takes nothing."""

    status = 409
    words = _("The recovery stick could not be made: {problem}. The one that was made before still counts.")


class RecoveryDesk:
    """Called in threads."""

    def __init__(self, sticks: Sticks, recovery: Recovery, settings: Settings) -> None:
        self._sticks = sticks
        self._recovery = recovery
        self._settings = settings
        self._lanes = Lanes()

    def make(self, port: str, author: Author) -> RecoveryStickMade:
        """Make the stick in a port the one that counts; raises `NotFound`, `StickNotWritten`, `StickNotMade`.

        It is on the stick before it counts: after a cut between the two another stick, made before, still does.
        """
        stick = next((one for one in self._sticks.sticks if one.port == port), None)
        if stick is None:
            raise NotFound(what=_("USB stick in {port}").format(port=port))
        self._sticks.open_for_writing(stick.place)
        key = StickKey.fresh()
        try:
            _write(Path(stick.place), key)
        except OSError as error:
            raise StickNotMade(problem=error.strerror or error) from None
        with self._settings.together():
            self._settings.remark(LoginRules, "", "recovery_stick", _("a recovery stick was made"), author)
            self._recovery.stick.keep(key, author.who)
        return RecoveryStickMade(stick.label)

    def recover(self, user: str, new: str) -> None:
        """Set a new password of an administrator while the stick is in; raises what `Recovery.by_stick` does."""
        self._recovery.by_stick(user, new, self._recovery.stick.fitting(self._keys()))

    @property
    def state(self) -> RecoveryStickState:
        """Whether the stick that counts is in."""
        if not self._settings.get(LoginRules).recovery_stick:
            return RecoveryStickState(fits=False, words=_("Recovery sticks are switched off on this recorder."))
        keys = list(self._keys())
        if self._recovery.stick.fitting(keys) is not None:
            return RecoveryStickState(fits=True, words=_("The recovery stick is in."))
        words = _("Push the recovery stick into a USB port of the recorder.")
        if keys:
            words = _("This stick does not count: it is another recorder's, was used, or a newer one was made.")
        return RecoveryStickState(fits=False, words=words)

    def made(self) -> str:
        """Say which stick counts."""
        made = self._recovery.stick.made
        if made is None:
            return _("None was made")
        about = self._settings.get(DateTime)
        at = written(local(made.made_us, about.zone_info), Order(about.date_format))
        return _("Made by {user}, {time}").format(user=made.user, time=at)

    def _keys(self) -> Generator[StickKey]:
        for stick in self._sticks.sticks[:MOST_STICKS]:
            try:
                # The screen asks every second: each question held a thread for as long as a stick liked.
                found = self._lanes.of(stick.place).do(stick.label, partial(_read, stick))
            except DiskSilent:
                continue
            if found is not None:
                yield found


def _write(folder: Path, key: StickKey) -> None:
    """Write the file whole, or leave nothing; raises OSError."""
    steps = Steps()
    fresh = folder / f".{secrets.token_hex(6)}.new"
    try:
        steps.write(fresh, key.file)
        steps.rename(fresh, folder / os.fsdecode(NAME))
        steps.sync(folder)
    except OSError:
        with suppress(OSError):
            steps.remove(fresh)
        raise


def _read(stick: StickStatus) -> StickKey | None:
    try:
        with opened_candidate(stick.place, (NAME,)) as file:
            return StickKey.parse(os.read(file, LARGEST_FILE + 1))
    except FileNotFoundError:
        return None
    except OSError as error:
        log.info("The stick %s is no recovery stick that can be read: %s", stick.label, error.strerror)
        return None
