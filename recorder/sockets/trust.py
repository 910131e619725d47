"""Whom a process believes without a grant, by the users of the target (rootfs/usr/lib/sysusers.d/nightjar.conf).

On a laptop all processes are one user, which is believed everything.
"""

import os
import pwd
from collections.abc import Mapping
from functools import lru_cache

SEES: Mapping[str, frozenset[str]] = {
    "nightjar-media": frozenset({"nightjar-control", "nightjar-gui", "nightjar-decode", "nightjar-detect"}),
    "nightjar-reader": frozenset({"nightjar-control", "nightjar-gui", "nightjar-decode"}),
    "nightjar-decode": frozenset({"nightjar-control", "nightjar-gui", "nightjar-detect"}),
    "nightjar-detect": frozenset({"nightjar-control"}),
}
"""Who may look at everything, by the user of the process that is asked."""
STEERS: Mapping[str, frozenset[str]] = {
    "nightjar-media": frozenset({"nightjar-control"}),
    "nightjar-reader": frozenset({"nightjar-control"}),
    "nightjar-detect": frozenset({"nightjar-control"}),
}
"""Who may say what it does. What decodes hostile streams looks and says nothing."""
BRINGS_MOTION = frozenset({"nightjar-control", "nightjar-detect"})
"""Who may tell media what moved, and ask what is moving."""
ASKS_LOGINS = "nightjar-rtsp"
"""Who may ask control whether a login by RTSP is right, and for what it then gives."""


def sees(uid: int) -> bool:
    """Whether a user needs no grant of this process."""
    return _is_own(uid) or user(uid) in SEES.get(user(os.geteuid()), frozenset())


def steers(uid: int) -> bool:
    """Whether a user may say what this process does."""
    return _is_own(uid) or user(uid) in STEERS.get(user(os.geteuid()), frozenset())


def brings_motion(uid: int) -> bool:
    """Whether a user may tell media what moved."""
    return _is_own(uid) or user(uid) in BRINGS_MOTION


def asks_logins(uid: int) -> bool:
    """Whether a user may ask control about logins by RTSP."""
    return _is_own(uid) or user(uid) == ASKS_LOGINS


def _is_own(uid: int) -> bool:
    return uid == os.geteuid()


@lru_cache(maxsize=256)
def user(uid: int) -> str:
    """Give the name of a user; "" where the number has none."""
    try:
        return pwd.getpwuid(uid).pw_name
    except KeyError:
        return ""
