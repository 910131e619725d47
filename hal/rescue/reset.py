"""A reset that the recorder carries out at its next start: a flag of one word (docs/design/configuration.md)."""

import os
from contextlib import suppress
from pathlib import Path

from hal.admin.job import Run, must, run
from hal.errors import Refused
from hal.rescue.system_disk import SystemDisk
from hal.rescue.talk import Talk

TITLE = "Reset the recorder"
PLACE = Path("/run/nightjar-rescue/config")
FOLDER, FLAG = "recorder", "reset"
"""Where the recorder looks for it in the partition `config`."""
VARIANTS = {
    "settings": ("The settings", "Settings and voice files go. Users, network, events and recordings stay."),
    "everything": (
        "Everything but recordings",
        (
            "Settings, users, keys, events and the log go, and the recorder is set up anew. Recordings stay on their"
            " disks; those of encrypted pools are read with their recovery keys alone then."
        ),
    ),
}
"""The reset that takes users and leaves the keys is the administrator's: here nobody was asked for a password."""
MOUNT_S = 60.0


def reset(talk: Talk, disk: SystemDisk, place: Path = PLACE, run: Run = run) -> bool:
    """Let it be chosen what goes, and leave the flag; says whether it was. Raises `HalError`."""
    words = list(VARIANTS)
    chosen = talk.choose(TITLE, "What shall go?", [*(VARIANTS[one][0] for one in words), "Back"])
    if chosen is None or chosen == len(words):
        return False
    goes, about = VARIANTS[words[chosen]]
    if talk.choose(TITLE, f"{goes}\n\n{about}", ["Back", "Reset"]) != 1:
        return False
    flag(disk, words[chosen], place, run)
    talk.tell(TITLE, f"{goes}: it is done when the recorder starts, which it does now.")
    return True


def flag(disk: SystemDisk, word: str, place: Path = PLACE, run: Run = run) -> None:
    """Write the flag, whole or not at all; raises `Refused`, `ProgramFailed`."""
    place.mkdir(mode=0o700, parents=True, exist_ok=True)
    safe = "rw,nosuid,nodev,noexec,nosymfollow"
    must(run, ["mount", "-t", "ext4", "-o", safe, str(disk.nodes["config"]), str(place)], b"", MOUNT_S)
    try:
        _write(place, word)
    except OSError as error:
        raise Refused(f"The reset could not be noted ({error.strerror}); check the disks first") from None
    finally:
        must(run, ["umount", str(place)], b"", MOUNT_S)


def _write(place: Path, word: str) -> None:
    above = os.open(place, os.O_RDONLY | os.O_DIRECTORY | os.O_CLOEXEC)
    try:
        with suppress(FileExistsError):
            os.mkdir(FOLDER, 0o755, dir_fd=above)  # a recorder that was never started
        folder = os.open(FOLDER, os.O_RDONLY | os.O_DIRECTORY | os.O_NOFOLLOW | os.O_CLOEXEC, dir_fd=above)
        try:
            fresh = f"{FLAG}.new"
            flags = os.O_WRONLY | os.O_CREAT | os.O_TRUNC | os.O_NOFOLLOW | os.O_CLOEXEC
            file = os.open(fresh, flags, 0o644, dir_fd=folder)
            try:
                os.write(file, f"{word}\n".encode())
                os.fsync(file)
            finally:
                os.close(file)
            os.rename(fresh, FLAG, src_dir_fd=folder, dst_dir_fd=folder)
            os.fsync(folder)
        finally:
            os.close(folder)
    finally:
        os.close(above)
