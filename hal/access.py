"""Who may ask what: an allow-list per user, and an audit of what loses data or power."""

import logging
import os
import pwd
import socket
import struct
from collections.abc import Mapping
from dataclasses import dataclass

from hal.errors import Refused
from hal.kinds.verbs import Verb

audit = logging.getLogger("hal.audit")
EVERYTHING = frozenset({"*"})

ALLOWED: Mapping[str, frozenset[str]] = {
    "nightjar-control": EVERYTHING,
    "nightjar-media": frozenset({"indicator.*"}),
    "nightjar-gui": frozenset({"indicator.*", "buzzer.*", "power.*"}),
}
"""By user of the target: `kind.verb`, `kind.*` or `*`. Everybody who reaches the socket may look."""


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


class Access:
    """Decides and writes down. Our own user may ask everything: on a laptop all processes are one user."""

    def __init__(self, allowed: Mapping[str, frozenset[str]] = ALLOWED, own_uid: int | None = None) -> None:
        self._allowed = allowed
        self._own_uid = os.getuid() if own_uid is None else own_uid

    def check(self, peer: Peer, kind: str, name: str, verb: Verb) -> None:
        """Let the request pass, or raise `Refused`; refusals and destructive requests are written to the audit."""
        granted = EVERYTHING if peer.uid == self._own_uid else self._allowed.get(peer.user, frozenset[str]())
        passes = bool(granted & {"*", f"{kind}.*", f"{kind}.{verb.name}"})
        if verb.destructive or not passes:
            verdict = "asked" if passes else "refused"
            audit.warning("%s: %s %s %s by %s (pid %d)", verdict, kind, name, verb.name, peer.user, peer.pid)
        if not passes:
            raise Refused(f"{peer.user} may not ask {kind} {name} to {verb.name}")
