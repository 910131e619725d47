"""Users of the system or a directory, as the recorder sees them: no record of them is kept (A19, A20)."""

import grp
import logging
import os
import pwd
import threading
import time
from collections import OrderedDict
from pathlib import Path
from typing import TYPE_CHECKING

from recorder.accounts.errors import Busy
from recorder.client.clock import SECOND_US, Clock
from recorder.client.words import _
from recorder.pam import client
from recorder.pam.person import is_person
from recorder.pam.question import HelperAway
from recorder.settings.pages.directory_group import DirectoryGroup
from recorder.settings.pages.directory_login import DirectoryLogin
from recorder.settings.pages.user import User
from recorder.settings.settings import Settings

if TYPE_CHECKING:
    from collections.abc import Callable

KNOWN_US = 60 * SECOND_US
"""So long are the groups of a user taken as they were: a directory is not asked in every call."""
STALE_US = 600 * SECOND_US
"""And so long where the directory does not answer: whoever is in stays in meanwhile."""
MOST_KNOWN = 1000
REFUSED_AFTER_S = 4.0
"""A refusal takes this long while PAM is asked, whoever was tried: how long PAM took tells nobody which users exist."""
AT_ONCE = 8
"""Logins from the network that wait for PAM, or for their refusal."""
log = logging.getLogger(__name__)


class Directory:
    """Safe from any thread; asking takes its time: never call from an event loop."""

    def __init__(self, settings: Settings, clock: Clock, helper: Path) -> None:
        """`helper` is the socket of the root helper."""
        self._settings = settings
        self._clock = clock
        self._helper = helper
        self._lock = threading.Lock()
        self._known: OrderedDict[str, tuple[int, frozenset[str]]] = OrderedDict()
        self._asked: dict[str, threading.Thread] = {}
        self._turns = threading.BoundedSemaphore(AT_ONCE)
        self.groups_of: Callable[[str], frozenset[str]] = system_groups
        self.patience_s = 0.2
        """So long is the name service waited for within a call; it may be a directory that is far away."""
        self.wait: Callable[[float], object] = time.sleep

    @property
    def enabled(self) -> bool:
        """Whether PAM is asked at all."""
        return self._settings.get(DirectoryLogin).enabled

    @property
    def helper_runs(self) -> bool:
        """Whether there is a root helper to be asked."""
        return client.runs(self._helper)

    def words(self) -> str:
        """Say how it stands."""
        if not self.helper_runs:
            return str(HelperAway())
        if not self.enabled:
            return _("Only users of the recorder log in. The helper for others runs.")
        return _("Users of the system or a directory log in, too. The helper runs.")

    def groups(self, name: str) -> tuple[str, ...]:
        """Give the recorder's groups that a user of the system stands in; none: he is nobody here."""
        if not self.enabled or not User.is_item(name):
            return ()
        mapped = {one.item: one.values.names for one in self._settings.items(DirectoryGroup)}
        if not any(mapped.values()):
            return ()
        mine = self._system_groups(name)
        return tuple(sorted(group for group, some in mapped.items() if some & mine))

    def fits(self, name: str, password: str) -> bool:
        """Whether PAM takes a password; raises `Busy`."""
        if not self._turns.acquire(blocking=False):
            raise Busy
        try:
            return client.fits(self._helper, name, password)
        except HelperAway as error:
            log.warning("%s", error)
            return False
        finally:
            self._turns.release()

    def refuse_late(self, began_s: float) -> None:
        """Let a refusal take as long as any other; raises `Busy` where too many wait."""
        if not self.enabled:
            return
        if not self._turns.acquire(blocking=False):
            raise Busy
        try:
            self.wait(max(0.0, began_s + REFUSED_AFTER_S - time.monotonic()))
        finally:
            self._turns.release()

    def _system_groups(self, name: str) -> frozenset[str]:
        """Give the groups as they are known; asked in every call, so a directory that is slow is not waited for."""
        now_us = self._clock.monotonic_us()
        with self._lock:
            at_us, found = self._known.get(name, (-STALE_US, frozenset[str]()))
        if now_us - at_us < KNOWN_US:
            return found
        self._renew(name)
        with self._lock:
            at_us, found = self._known.get(name, (-STALE_US, frozenset[str]()))
        return found if now_us - at_us < STALE_US else frozenset()

    def _renew(self, name: str) -> None:
        """Ask the name service anew, and wait a moment for it."""
        with self._lock:
            under_way = self._asked.get(name)
            if under_way is None:
                if len(self._asked) >= AT_ONCE:
                    return
                under_way = self._asked[name] = threading.Thread(target=self._ask, args=(name,), daemon=True)
                under_way.start()
        under_way.join(self.patience_s)

    def _ask(self, name: str) -> None:
        at_us = self._clock.monotonic_us()
        try:
            found = self.groups_of(name)
        finally:
            with self._lock:
                del self._asked[name]
        with self._lock:
            self._known.pop(name, None)
            self._known[name] = at_us, found
            while len(self._known) > MOST_KNOWN:
                self._known.popitem(last=False)


def system_groups(name: str) -> frozenset[str]:
    """Give the groups of a person of the system or directory by the name service; none of root and of services."""
    try:
        if not is_person(name):
            return frozenset()
        numbers = os.getgrouplist(name, pwd.getpwnam(name).pw_gid)
    except (KeyError, OSError):
        return frozenset()
    found: set[str] = set()
    for number in numbers:
        try:
            found.add(grp.getgrgid(number).gr_name)
        except KeyError:
            continue
    return frozenset(found)
