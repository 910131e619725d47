"""Who may ask what: an allow-list per user, and an audit of what loses data or power."""

import logging
import os
import pwd
import socket
import struct
import time
from collections.abc import Callable, Mapping
from dataclasses import dataclass

from hal.errors import Refused
from hal.kinds.verbs import Verb

audit = logging.getLogger("hal.audit")
EVERYTHING = frozenset({"*"})
ROOT = 0

ALLOWED: Mapping[str, frozenset[str]] = {
    "nightjar-control": EVERYTHING,
    "nightjar-gui": frozenset({"indicator.*", "buzzer.*"}),
}
"""By user of the target: `kind.verb`, `kind.*` or `*`. Who stands here may look; nobody else has anything to see."""
TOLD_A_MINUTE = 10
"""Refusals of a user that are written down in a minute; of the others how many there were: a flood of them must not
push out of a log what matters, wear flash out, or keep the service from its work."""
MINUTE_S = 60.0
LONGEST_NAME = 64
"""Of what somebody asked for, in a log."""


@dataclass(frozen=True)
class Peer:
    """Who is at the other end of a unix socket, as the kernel says."""

    pid: int
    uid: int

    @property
    def user(self) -> str:
        """The user's name, or its number where it has none."""
        try:
            return pwd.getpwuid(self.uid).pw_name
        except KeyError:
            return str(self.uid)


def peer_of(connection: socket.socket) -> Peer:
    """Ask the kernel who connected (unix(7), SO_PEERCRED)."""
    pid, uid, _gid = struct.unpack("3i", connection.getsockopt(socket.SOL_SOCKET, socket.SO_PEERCRED, 12))
    return Peer(pid, uid)


class Refusals:
    """Which refusals are written down; each user has a minute of his own."""

    def __init__(self, monotonic_s: Callable[[], float] = time.monotonic) -> None:
        self._monotonic_s = monotonic_s
        self._of_user: dict[str, tuple[float, int]] = {}
        """When a user's minute began, and how many refusals it has."""

    def unwritten(self, user: str) -> int | None:
        """Count one: how many before it were not written down, or None where it is not to be either."""
        now_s = self._monotonic_s()
        began_s, count = self._of_user.get(user, (now_s, 0))
        before = 0
        if now_s - began_s >= MINUTE_S:
            before, began_s, count = max(0, count - TOLD_A_MINUTE), now_s, 0
        self._of_user[user] = (began_s, count + 1)
        return before if count < TOLD_A_MINUTE else None


class Access:
    """Decides and writes down. Our own user may ask everything: on a laptop all processes are one user."""

    def __init__(
        self,
        allowed: Mapping[str, frozenset[str]] = ALLOWED,
        own_uid: int | None = None,
        refusals: Refusals | None = None,
    ) -> None:
        self._allowed = allowed
        self._own_uid = os.getuid() if own_uid is None else own_uid
        self._refusals = refusals or Refusals()

    def require_known(self, peer: Peer) -> None:
        """Let somebody look, or raise `Refused`: what is pushed may be the receipts of a till. Root could anyway."""
        if peer.uid not in {self._own_uid, ROOT} and peer.user not in self._allowed:
            self._refused(peer, "to look")
            raise Refused(f"{peer.user} may not look")

    def may_everything(self, peer: Peer) -> bool:
        """Whether somebody is granted all there is: he asks for owners, not for what a driver needs."""
        return "*" in self._granted(peer)

    def _granted(self, peer: Peer) -> frozenset[str]:
        return EVERYTHING if peer.uid == self._own_uid else self._allowed.get(peer.user, frozenset[str]())

    def check(self, peer: Peer, kind: str, name: str, verb: Verb) -> None:
        """Let the request pass, or raise `Refused`; refusals and destructive requests are written to the audit."""
        granted = self._granted(peer)
        passes = bool(granted & {"*", f"{kind}.*", f"{kind}.{verb.name}"})
        what = f"{plain(kind)} {plain(name)} {verb.name}"
        if passes and verb.destructive:
            audit.warning("asked: %s by %s (pid %d)", what, peer.user, peer.pid)
        if not passes:
            self._refused(peer, what)
            raise Refused(f"{peer.user} may not ask {plain(kind)} {plain(name)} to {verb.name}")

    def _refused(self, peer: Peer, what: str) -> None:
        if (before := self._refusals.unwritten(peer.user)) is not None:
            more = f"; {before} more were not written down" if before else ""
            audit.warning("refused: %s by %s (pid %d)%s", what, peer.user, peer.pid, more)


def plain(told: str) -> str:
    """Give what somebody said as it may stand in a line of a log: short, and without a line of its own."""
    return "".join(one if one.isprintable() else "?" for one in told[:LONGEST_NAME])
