"""One running Nightjar: its data directory, and the sockets by which its processes are reached."""

import hashlib
import os
import stat
import tempfile
from dataclasses import dataclass
from pathlib import Path

from recorder.client.errors import NightjarError
from recorder.client.words import _

# sun_path of sockaddr_un holds 108 bytes with the closing NUL (unix(7)).
LONGEST_SOCKET_PATH = 107
DATA_VARIABLE = "NIGHTJAR_DATA"
OWN_VARIABLE = "STATE_DIRECTORY"
"""Where systemd says which folder belongs to this process alone (systemd.exec(5))."""


class UnsafeDirectory(NightjarError):
    """A directory that somebody else can write must not hold our sockets or secrets."""

    status = 500
    words = _("{path} belongs to another user or is open to others. Remove it or choose another data directory.")


def default_data_directory() -> Path:
    """Where a laptop keeps its recorder: `NIGHTJAR_DATA`, or `nightjar` below the XDG data directory."""
    named = os.environ.get(DATA_VARIABLE)
    if named:
        return Path(named)
    share = os.environ.get("XDG_DATA_HOME") or Path.home() / ".local" / "share"
    return Path(share) / "nightjar"


def private_directory(path: Path) -> Path:
    """Make a directory that only this user enters.

    On the target the system makes it, and the set-group bit says that the recorder's processes share it. Raises
    `UnsafeDirectory` if it is somebody else's.
    """
    path.mkdir(mode=0o700, parents=True, exist_ok=True)
    found = path.lstat()
    if stat.S_ISDIR(found.st_mode) and _is_shared(found) and not found.st_uid and not found.st_mode & stat.S_IWOTH:
        return path
    if not stat.S_ISDIR(found.st_mode) or found.st_uid != os.geteuid():
        raise UnsafeDirectory(path=path)
    if found.st_mode & 0o077:
        path.chmod(0o700)
    return path


def _is_shared(found: os.stat_result) -> bool:
    return bool(found.st_mode & stat.S_ISGID)


def file_mode(folder: Path | int, *, writing: bool = False) -> int:
    """Give the mode of a file in a folder (path or descriptor): for its owner alone, or in a shared one for its group.

    The group reads it; with `writing` it writes it as well.
    """
    if not _is_shared(os.stat(folder)):  # noqa: PTH116 - of a descriptor, too
        return 0o600
    return 0o660 if writing else 0o640


def folder_mode(folder: Path | int) -> int:
    """Give the mode of a folder in a folder."""
    return 0o770 if _is_shared(os.stat(folder)) else 0o700  # noqa: PTH116 - of a descriptor, too


@dataclass(frozen=True)
class Instance:
    """The places of one data directory. Nothing is created until asked for."""

    data: Path

    @property
    def config(self) -> Path:
        """Settings, keys and certificates."""
        return private_directory(self.data / "config")

    @property
    def state(self) -> Path:
        """What processes keep across restarts: plan, index, counters."""
        return private_directory(self.data / "state")

    @property
    def own(self) -> Path | None:
        """What this process keeps for itself alone, where the system gives it a folder; a laptop gives none."""
        named = os.environ.get(OWN_VARIABLE)
        return private_directory(Path(named)) if named else None

    @property
    def index(self) -> Path:
        """The index of all recordings: a cache of what the disks say (S3)."""
        return self.state / "index.sqlite"

    @property
    def disks(self) -> Path:
        """Below it, one directory per simulated disk; on the target, the mount points."""
        return self.data / "disks"

    @property
    def exports(self) -> Path:
        """Where exports go unless another folder is chosen."""
        return self.data / "exports"

    @property
    def run(self) -> Path:
        """Sockets and process ids of this run."""
        place = self.data.absolute() / "run"
        if len(os.fsencode(place)) + len("/decode-999.sock") <= LONGEST_SOCKET_PATH:
            return private_directory(place)
        # A deep data directory would overflow sockaddr_un; a short name made from it stands in.
        name = hashlib.sha256(os.fsencode(place)).hexdigest()[:16]
        return private_directory(Path(tempfile.gettempdir()) / f"nightjar-{os.geteuid()}-{name}")

    def socket(self, name: str) -> Path:
        """Give the path of the unix socket of a process: control, screen, web, media, reader, decode, hal, gui."""
        return self.run / f"{name}.sock"
