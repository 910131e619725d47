"""The typeface files: Roboto, and for scripts it lacks whatever the system has (SDL's fonts know no fallback)."""

import struct
from contextlib import suppress
from functools import lru_cache
from importlib.util import find_spec
from pathlib import Path

import pygame
import pygame.font

from gui.toolkit.theme import Weight

SYSTEM = Path("/usr/share/fonts")
# Preferred fallbacks by the beginning of their file names: the image has WenQuanYi's, laptops have one or the other.
PREFERRED = ("NotoSans-Regular", "NotoSansArabic-Regular", "NotoSansHebrew-Regular", "NotoSansDevanagari-Regular")
ALSO = ("NotoSansThai-Regular", "NotoSansCJK", "NotoSansSC", "NotoSansJP", "DejaVuSans.", "FreeSans.", "wqy", "unifont")


@lru_cache(maxsize=8)
def roboto(weight: Weight) -> Path:
    """Give the file of a cut; raises `FileNotFoundError` if the package is not installed."""
    found = find_spec("font_roboto")
    places = list(found.submodule_search_locations or ()) if found is not None else []
    if not places:
        raise FileNotFoundError("the package font-roboto is not installed")
    return Path(places[0]) / "files" / f"Roboto-{weight}.ttf"


@lru_cache(maxsize=1)
def fallbacks() -> tuple[Path, ...]:
    """Give the fallback files of this system, best first."""
    if not SYSTEM.is_dir():
        return ()
    files = [path for path in sorted(SYSTEM.rglob("*")) if path.suffix in {".ttf", ".otf", ".ttc"}]
    return tuple(path for begin in (*PREFERRED, *ALSO) for path in files if path.name.startswith(begin))


@lru_cache(maxsize=16)
def coverage(path: Path) -> frozenset[int]:
    """Give the code points that a font file has glyphs for; empty where it cannot be read.

    Reads the `cmap` table (OpenType specification, formats 4 and 12), as SDL_ttf does not tell.
    """
    try:
        return frozenset(_code_points(path.read_bytes()))
    except (OSError, struct.error, IndexError):
        return frozenset()


def _code_points(data: bytes) -> set[int]:
    start = struct.unpack_from(">I", data, 12)[0] if data[:4] == b"ttcf" else 0
    tables = struct.unpack_from(">H", data, start + 4)[0]
    for at in range(tables):
        tag, _, offset, _ = struct.unpack_from(">4sIII", data, start + 12 + 16 * at)
        if tag == b"cmap":
            return _character_map(data, offset)
    return set()


def _character_map(data: bytes, cmap: int) -> set[int]:
    found: set[int] = set()
    for at in range(struct.unpack_from(">H", data, cmap + 2)[0]):
        platform, encoding, offset = struct.unpack_from(">HHI", data, cmap + 4 + 8 * at)
        if (platform, encoding) not in {(0, 3), (0, 4), (0, 6), (3, 1), (3, 10)}:
            continue
        table = cmap + offset
        form = struct.unpack_from(">H", data, table)[0]
        if form == 4:
            found |= _segments(data, table)
        elif form == 12:
            for group in range(min(struct.unpack_from(">I", data, table + 12)[0], 65536)):
                first, last, _ = struct.unpack_from(">III", data, table + 16 + 12 * group)
                found.update(range(first, min(last, 0x10FFFF) + 1))
    return found


def _segments(data: bytes, table: int) -> set[int]:
    count = struct.unpack_from(">H", data, table + 6)[0] // 2
    ends = struct.unpack_from(f">{count}H", data, table + 14)
    starts = struct.unpack_from(f">{count}H", data, table + 16 + 2 * count)
    return {code for first, last in zip(starts, ends, strict=True) for code in range(first, last + 1) if code != 0xFFFF}


@lru_cache(maxsize=96)
def font(path: Path, pixels: int, script: str = "") -> pygame.font.Font:
    """Open a font file at a size; with a `script` (ISO 15924) its letters are joined and run from the right."""
    if not pygame.font.get_init():
        pygame.font.init()
    made = pygame.font.Font(str(path), pixels)
    if script:
        # Where SDL was built without shaping, letters stay apart; their order is ours all the same.
        with suppress(pygame.error):
            made.set_script(script)
            made.set_direction(pygame.DIRECTION_RTL)
    return made
