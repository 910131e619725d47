"""Mounting a file system so that it alone says whether it may be written, and not each place of it.

A place that is marked as one to be read passes that mark on to the mount namespaces of services, and no later change
of it reaches them (mount_namespaces(7)): what is opened for writing later, they could still only read. mount(8) marks
both before util-linux 2.39 (its `ro=fs`), so the kernel is asked itself. Calls, numbers and flags: fsopen(2),
fsconfig(2), fsmount(2), move_mount(2), fspick(2), linux/mount.h; they have the same numbers on all processors.
"""

import ctypes
import os
from collections.abc import Sequence
from pathlib import Path

_MOVE_MOUNT, _FSOPEN, _FSCONFIG, _FSMOUNT, _FSPICK = 429, 430, 431, 432, 433
_SET_FLAG, _SET_STRING, _CREATE, _RECONFIGURE = 0, 1, 6, 7
_CLOSE_ON_EXEC = 1
_FOLLOW_NO_LINK, _NO_AUTOMOUNT = 2, 4
_FROM_DESCRIPTOR = 4
_HERE = -100
ATTRIBUTES = {"nosuid": 0x2, "nodev": 0x4, "noexec": 0x8, "noatime": 0x10, "nosymfollow": 0x200000}
"""What a place can forbid, by the words of mount(8)."""

_libc = ctypes.CDLL(None, use_errno=True)


class FileSystems:
    """What is asked of the kernel; raises `OSError` with what it says."""

    def attach(self, kind: str, source: str, place: Path, safe: Sequence[str], options: Sequence[str]) -> None:
        """Mount a device at a folder, to be read: with what the place forbids, and the options of its file system.

        ENODEV is raised where the kernel does not know the kind.
        """
        context = _call(_FSOPEN, kind.encode(), _CLOSE_ON_EXEC)
        try:
            _call(_FSCONFIG, context, _SET_STRING, b"source", source.encode(), 0)
            for one in ("ro", *options):
                name, equals, value = one.partition("=")
                given = (_SET_STRING, name.encode(), value.encode()) if equals else (_SET_FLAG, name.encode(), None)
                _call(_FSCONFIG, context, *given, 0)
            _call(_FSCONFIG, context, _CREATE, None, None, 0)
            mount = _call(_FSMOUNT, context, _CLOSE_ON_EXEC, sum(ATTRIBUTES[one] for one in safe))
        finally:
            os.close(context)
        try:
            _call(_MOVE_MOUNT, mount, b"", _HERE, bytes(place), _FROM_DESCRIPTOR)
        finally:
            os.close(mount)

    def change(self, place: Path, *, writing: bool) -> None:
        """Let what is mounted at a folder be written, or not any more: then all is written out when this returns.

        EBUSY is raised where files are still open to be written, EACCES where the device is protected from writing.
        """
        context = _call(_FSPICK, _HERE, bytes(place), _CLOSE_ON_EXEC | _FOLLOW_NO_LINK | _NO_AUTOMOUNT)
        try:
            _call(_FSCONFIG, context, _SET_FLAG, b"rw" if writing else b"ro", None, 0)
            _call(_FSCONFIG, context, _RECONFIGURE, None, None, 0)
        finally:
            os.close(context)


def _call(number: int, *arguments: bytes | int | None) -> int:
    given = [ctypes.c_long(one) if isinstance(one, int) else ctypes.c_char_p(one) for one in arguments]
    answer = _libc.syscall(ctypes.c_long(number), *given)
    if answer < 0:
        code = ctypes.get_errno()
        raise OSError(code, os.strerror(code))
    return answer
