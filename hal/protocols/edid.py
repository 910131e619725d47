"""What a monitor tells of itself: the base block of EDID (VESA E-EDID 1.4, release A2)."""

from dataclasses import dataclass

HEADER = bytes.fromhex("00ffffffffffff00")
BLOCK = 128
NAME_TAG = 0xFC


@dataclass(frozen=True)
class Edid:
    """A monitor. The preferred picture is its first detailed timing, in pixels; (0, 0) if that is none."""

    maker: str
    model: str
    preferred: tuple[int, int]


def read_edid(block: bytes) -> Edid:
    """Read the base block; raises `ValueError` with what is wrong."""
    if len(block) < BLOCK or block[:8] != HEADER:
        raise ValueError("no EDID header")
    if sum(block[:BLOCK]) % 256:
        raise ValueError("a wrong EDID checksum")
    letters = int.from_bytes(block[8:10], "big")
    maker = "".join(chr(64 + (letters >> shift & 31)) for shift in (10, 5, 0))
    model = ""
    preferred = (0, 0)
    for start in (54, 72, 90, 108):
        part = block[start : start + 18]
        if part[:3] == b"\0\0\0" and part[3] == NAME_TAG:
            text = part[5:].split(b"\n")[0].decode("ascii", errors="ignore")
            model = "".join(letter for letter in text if letter.isprintable()).strip()
        elif start == 54 and part[:2] != b"\0\0":
            preferred = part[2] | (part[4] & 0xF0) << 4, part[5] | (part[7] & 0xF0) << 4
    return Edid(maker if maker.isalpha() else "", model, preferred)
