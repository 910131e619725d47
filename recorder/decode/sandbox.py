"""What decode gives up before it touches a stream: privileges, core files, endless memory.

On the target systemd adds the rest (no network, no devices, a private file system). Everything here can be done by any
user and cannot be undone by the process.
"""

import ctypes
import resource

# Names and numbers of prctl(2).
PR_SET_DUMPABLE = 4
PR_SET_NO_NEW_PRIVS = 38
MOST_DATA_BYTES = 6 << 30
"""Private writable memory. A wall of 36 tiles and four playback views need below 1 GiB."""
MOST_FILE_BYTES = 1 << 30
"""The largest file, shared pictures included."""
MOST_DESCRIPTORS = 2048


def enter() -> None:
    """Restrict this process for good."""
    libc = ctypes.CDLL(None, use_errno=True)
    if libc.prctl(PR_SET_NO_NEW_PRIVS, 1, 0, 0, 0):
        raise OSError(ctypes.get_errno(), "PR_SET_NO_NEW_PRIVS")
    libc.prctl(PR_SET_DUMPABLE, 0, 0, 0, 0)
    for what, most in (
        (resource.RLIMIT_CORE, 0),
        (resource.RLIMIT_DATA, MOST_DATA_BYTES),
        (resource.RLIMIT_FSIZE, MOST_FILE_BYTES),
        (resource.RLIMIT_NOFILE, MOST_DESCRIPTORS),
    ):
        _soft, hard = resource.getrlimit(what)
        limit = most if hard == resource.RLIM_INFINITY else min(most, hard)
        resource.setrlimit(what, (limit, limit))
