"""Names of exported files that every file system takes, FAT on a USB stick included."""

import os
import re
import unicodedata
from datetime import UTC, datetime
from pathlib import Path

from recorder.playback.errors import AlreadyThere, CannotWrite

LONGEST_STEM_BYTES = 100
MOST_TRIES = 1000
# Refused by FAT and NTFS in names; "/" and NUL by Linux.
_REFUSED = re.compile(r'[<>:"/\\|?*\x00-\x1f\x7f]')
_DOS_DEVICES = {"con", "prn", "aux", "nul"} | {f"{port}{number}" for port in ("com", "lpt") for number in range(1, 10)}
_FALLBACK = "nightjar"


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
