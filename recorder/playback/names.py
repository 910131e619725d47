"""Names of exported files that every file system takes, FAT on a USB stick included."""

import contextlib
import os
import re
import unicodedata
from datetime import UTC, datetime
from functools import cache
from pathlib import Path

from recorder.playback.errors import AlreadyThere, CannotWrite

LONGEST_STEM_BYTES = 100
MOST_TRIES = 1000
# Refused by FAT and NTFS in names; "/" and NUL by Linux.
_REFUSED = re.compile(r'[<>:"/\\|?*\x00-\x1f\x7f]')
_DOS_DEVICES = {"con", "prn", "aux", "nul"} | {f"{port}{number}" for port in ("com", "lpt") for number in range(1, 10)}
_FALLBACK = "nightjar"
STALE_S = 24 * 3600
"""A file under way that was not written to for so long is nobody's any more."""
# ".name.PID-BOOT.nightjar-part": nothing but our own exports makes such names.
_UNDER_WAY = re.compile(r"\..{1,40}\.(?P<process>[0-9]{1,10})-(?P<boot>[0-9a-f]{8})\.nightjar-part", re.DOTALL)
_BOOT_ID = Path("/proc/sys/kernel/random/boot_id")


def safe(name: str) -> str:
    """A name made harmless: no path, no control or direction characters, no leading dot, bounded, never empty."""
    kept = "".join(one for one in unicodedata.normalize("NFC", name) if unicodedata.category(one)[0] != "C")
    kept = re.sub(r"[\s_]+", "_", _REFUSED.sub("_", kept)).strip("._ -")
    kept = kept.encode()[:LONGEST_STEM_BYTES].decode(errors="ignore").strip("._ -")
    if not kept or kept.lower().split(".")[0] in _DOS_DEVICES:
        return f"{_FALLBACK}_{kept}" if kept else _FALLBACK
    return kept


def stem(name: str, channel: int, start_us: int) -> str:
    """`name_ch1_20261121-140200`: local time of the first picture."""
    local = datetime.fromtimestamp(start_us / 1e6, UTC).astimezone()
    return f"{safe(name)}_ch{channel}_{local:%Y%m%d-%H%M%S}"


def claim(wanted: Path, *, exact: bool) -> Path:
    """Create an empty file that was not there and give its path.

    `exact` refuses another name with `AlreadyThere`; otherwise `name (2).mp4` and so on are tried.
    """
    for attempt in range(1, MOST_TRIES):
        path = wanted if attempt == 1 else wanted.with_name(f"{wanted.stem} ({attempt}){wanted.suffix}")
        try:
            os.close(os.open(path, os.O_WRONLY | os.O_CREAT | os.O_EXCL, 0o644))
        except FileExistsError:
            if exact:
                break
            continue
        except OSError as error:
            raise CannotWrite(path=wanted.parent, problem=error.strerror) from error
        return path
    raise AlreadyThere(path=wanted)


def under_way(wanted: Path) -> Path:
    """Give the hidden name, beside the wanted one, that a file has until it is whole."""
    return wanted.with_name(f".{wanted.stem[:40]}.{os.getpid()}-{_boot()}.nightjar-part")


def sweep(folder: Path, now_s: float) -> None:
    """Remove what exports that were killed left in a folder; says nothing where it cannot.

    That is plain files named by `under_way` whose process, of this boot, is gone; those of another boot, which may be
    another recorder at the same share, when nobody wrote to them for a day.
    """
    try:
        with os.scandir(folder) as found:
            left = [one.name for one in found if _is_left(one, now_s)]
    except OSError:
        return
    for name in left:
        with contextlib.suppress(OSError):
            (folder / name).unlink()


def _is_left(entry: "os.DirEntry[str]", now_s: float) -> bool:
    name = _UNDER_WAY.fullmatch(entry.name)
    if name is None:
        return False
    try:
        if not entry.is_file(follow_symlinks=False):
            return False
        if name["boot"] == _boot():
            return not Path(f"/proc/{name['process']}").exists()
        return now_s - entry.stat(follow_symlinks=False).st_mtime > STALE_S
    except OSError:
        return False


@cache
def _boot() -> str:
    try:
        return _BOOT_ID.read_text(encoding="ascii")[:8]
    except OSError:
        return "0" * 8
